"""A translation beside the original, made on this server and kept nowhere."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from reports.db import make_session_factory
from tests.support.cast import Instance, founded
from tests.support.desk import Browser
from tests.support.engine import install
from tests.support.web import Clock
from webapp.site.app_services import get_services


@pytest.fixture
def app(make_app: Callable[..., Flask], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """The application with an engine."""
    folder = tmp_path / "engine"
    folder.mkdir()
    install(folder, monkeypatch)
    return make_app(WAYSIDE_TRANSLATE="parrot")


@pytest.mark.parametrize(
    ("story", "language", "status", "words"),
    [
        ("twee huizen", "nl", 200, "two houses"),
        ("deux", "fr", 422, "does not know these two languages"),
        ("kaput", "nl", 422, "The engine on this server has failed."),
    ],
)
def test_the_original_stands_beside_the_translation_or_a_sentence(
    app: Flask, clock: Clock, story: str, language: str, status: int, words: str
) -> None:
    with make_session_factory(get_services(app).engine)() as session:
        instance: Instance = founded(session, get_services(app).vault)
        report_id = instance.send(language=language, story=story).report_id
        bela = Browser(app, instance, clock).at_desk("Bela")
        assert "Translate, on this server" in bela.open(report_id).text
        answer = bela.post(f"/desk/reports/{report_id}/translate")
    assert answer.status_code == status
    assert words in answer.text
    assert story in answer.text


def test_without_an_engine_nothing_is_offered(make_app: Callable[..., Flask], clock: Clock) -> None:
    plain = make_app()
    with make_session_factory(get_services(plain).engine)() as session:
        instance = founded(session, get_services(plain).vault)
        report_id = instance.send().report_id
        bela = Browser(plain, instance, clock).at_desk("Bela")
        assert "Translate" not in bela.open(report_id).text
        answer = bela.post(f"/desk/reports/{report_id}/translate")
    assert answer.status_code == 422
