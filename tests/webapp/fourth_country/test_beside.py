"""A country file that comes beside a running site, or that the site knows and does not serve."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from reports.db import begin_write
from reports.roster import bootstrap
from tests.support.cast import NOW, Instance
from tests.support.desk import Browser
from tests.support.forms import Form, text
from tests.support.fourth_country import CODE, FOUR, LETTER, NAME, add_country, walk
from tests.support.web import AtSite, Clock
from webapp.site.app_services import get_services
from webapp.site.country_edition import LOOK_EVERY


def everything(app: Flask, visitor: Browser) -> dict[str, str]:
    """All public pages, and all that somebody at the desk sees; other tests check each page."""
    starts = ("/", "/en/1", "/en/5", "/en/9", "/desk/", "/desk/search", "/desk/statistics")
    pages = walk(app, *starts, cookie=visitor.cookie)
    random = re.compile(r'value="[\w.-]{20,}"|<!--.*?-->|nonce-[\w-]+', re.S)
    # An account's pages offer a new secret at each look.
    return {
        path: random.sub("", html)
        for path, html in pages.items()
        if not path.startswith("/desk/account")
    }


def test_a_file_that_comes_while_the_site_runs_changes_nothing(
    files: Path,
    make_app: Callable[..., Flask],
    monkeypatch: pytest.MonkeyPatch,
    clock: Clock,
    caplog: pytest.LogCaptureFixture,
) -> None:
    moments = iter(range(0, 10_000_000, int(LOOK_EVERY) + 1))
    monkeypatch.setattr("webapp.site.country_edition.monotonic", lambda: float(next(moments)))
    app = make_app()
    parts = get_services(app)
    vault = parts.vault
    with parts.sessions() as session:
        begin_write(session)
        made = bootstrap.create_instance(session, vault, FOUR[:3], NOW)
        session.commit()
        instance = Instance(session, vault, made.recovery_key)
        instance.accept(made.invitation, "Dana")
        instance.accept(instance.invite("Bela", "supervisor", "BE"), "Bela")
        bela = Browser(app, instance, clock).at_desk("Bela")
        before = everything(app, bela)
        add_country(files)
        assert everything(app, bela) == before
        refused = bela.post("/desk/search", q="kitchen", country=CODE)
        assert refused.status_code == 200
    form = Form(bela.client)
    form.press(f5="witness")
    assert NAME not in text(form.page)
    form.press(f1=CODE)
    assert "Please choose one of these answers." in text(form.page)
    assert "countries_" not in caplog.text


def test_even_a_broken_file_changes_nothing(
    files: Path,
    make_app: Callable[..., Flask],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    client = make_app().test_client()
    monkeypatch.setattr("webapp.site.country_edition.monotonic", lambda: 1e9)
    (files / "qf.toml").write_text("code = ", "utf-8")
    assert client.get("/en/2").status_code == 200
    assert caplog.text == ""


def test_a_country_that_is_known_and_not_served_has_no_page_and_no_desk(
    files: Path, make_app: Callable[..., Flask]
) -> None:
    add_country(files)
    app = make_app(WAYSIDE_COUNTRIES="BE")
    app.test_client_class = AtSite
    client = app.test_client()
    assert client.get(f"/en/{LETTER}0").status_code == 404
    assert NAME not in client.get("/en/2").text
    form = Form(client)
    form.press(f5="witness")
    assert NAME in text(form.page)
