"""A country file that breaks: named at the start, and never the end of a site that runs."""

from __future__ import annotations

import logging
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from reports.routing.country import DATA
from reports.routing.faults import CountryFaults
from tests.support.web import AtSite, put_services
from webapp import serve
from webapp.commands.routing import countries_check
from webapp.site import country_edition
from webapp.site.country_edition import LOOK_EVERY, EditionCache

SERVED = ("BE", "NL", "LU")
FORTY_FIVE = "[facts.reflection_period]\nvalue = 45"


class Files:
    """Country files that a test may change; each change is seen as a newer one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._moment = 2_000_000_000

    def change(self, name: str, old: str, new: str) -> None:
        file = self.folder / name
        text = file.read_text("utf-8")
        assert old in text
        file.write_text(text.replace(old, new, 1), "utf-8")
        self._moment += 1
        os.utime(file, (self._moment, self._moment))


class Hand:
    """A steady clock that is moved by hand."""

    moment = 0.0

    def __call__(self) -> float:
        return self.moment

    def later(self) -> None:
        self.moment += LOOK_EVERY


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Files:
    shutil.copytree(DATA, tmp_path / "data")
    monkeypatch.setattr("webapp.DATA", tmp_path / "data")
    return Files(tmp_path / "data")


@pytest.fixture
def hand(monkeypatch: pytest.MonkeyPatch) -> Hand:
    clock = Hand()
    monkeypatch.setattr("webapp.site.country_edition.monotonic", clock)
    return clock


@pytest.fixture
def reader(files: Files, hand: Hand, make_app: Callable[..., Flask]) -> FlaskClient:
    app = make_app()
    app.test_client_class = AtSite
    return app.test_client()


def test_a_changed_file_is_read_while_the_site_runs(
    reader: FlaskClient, files: Files, hand: Hand
) -> None:
    assert "You can get 45 days." in reader.get("/en/b3").text
    files.change("be.toml", FORTY_FIVE, FORTY_FIVE.replace("45", "60"))
    assert "You can get 45 days." in reader.get("/en/b3").text
    hand.later()
    assert "You can get 60 days." in reader.get("/en/b3").text
    assert "60 days" in reader.get("/en/17").text


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        (FORTY_FIVE, '[facts.reflection_period]\nvalue = "', "this is no TOML file"),
        (FORTY_FIVE, "[facts.reflection_period]\nvalue = []", "reflection_period"),
        ("[facts.reflection_period]", "[facts.reflection_time]", "cannot be written"),
        ('code = "BE"', 'code = "XX"', "the file's name asks for"),
    ],
)
def test_a_broken_file_changes_nothing_and_is_named_once(
    reader: FlaskClient,
    files: Files,
    hand: Hand,
    caplog: pytest.LogCaptureFixture,
    old: str,
    new: str,
    named: str,
) -> None:
    files.change("be.toml", old, new)
    with caplog.at_level(logging.ERROR, "wayside.countries"):
        for _ in range(3):
            hand.later()
            assert "You can get 45 days." in reader.get("/en/b3").text
    assert named in caplog.text
    said = [record.getMessage() for record in caplog.records]
    assert len(said) == len(set(said))
    files.change("be.toml", new, old)
    files.change("be.toml", FORTY_FIVE, FORTY_FIVE.replace("45", "50"))
    hand.later()
    assert "You can get 50 days." in reader.get("/en/b3").text


def test_a_file_that_is_gone_is_missed_and_the_site_goes_on(
    reader: FlaskClient, files: Files, hand: Hand, caplog: pytest.LogCaptureFixture
) -> None:
    (files.folder / "nl.toml").unlink()
    hand.later()
    assert reader.get("/en/n1").status_code == 200
    assert "nl.toml" in caplog.text


def test_a_request_keeps_the_edition_that_it_began_with(app: Flask, files: Files) -> None:
    keeper = EditionCache(files.folder, SERVED)
    put_services(app, countries=keeper)
    with app.app_context():
        first = country_edition.get_edition()
        files.change("be.toml", FORTY_FIVE, FORTY_FIVE.replace("45", "60"))
        keeper.refresh(LOOK_EVERY, lambda _edition: [])
        assert keeper.present.number == 2
        assert country_edition.get_edition() is first
    with app.app_context():
        assert country_edition.get_countries()["BE"].facts["reflection_period"].number == 60


def test_two_processes_come_to_the_same_files_each_by_itself(files: Files) -> None:
    first, second = EditionCache(files.folder, SERVED), EditionCache(files.folder, SERVED)
    files.change("be.toml", FORTY_FIVE, FORTY_FIVE.replace("45", "60"))
    first.refresh(LOOK_EVERY, lambda _edition: [])
    assert (first.present.number, second.present.number) == (2, 1)
    second.refresh(LOOK_EVERY, lambda _edition: [])
    assert first.present.countries["BE"].facts == second.present.countries["BE"].facts


def test_a_broken_file_is_named_at_the_start(
    files: Files,
    make_app: Callable[..., Flask],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    files.change("lu.toml", "order = ", "ordre = ")
    with pytest.raises(CountryFaults, match=r"lu\.toml: ordre"):
        make_app()
    monkeypatch.setenv("WAYSIDE_DATA_DIR", str(tmp_path / "var"))
    monkeypatch.setenv("WAYSIDE_FACE", "public")
    assert serve.main() == 2
    assert "lu.toml: ordre: this key is not known" in capsys.readouterr().err


def test_the_check_names_a_chapter_that_lacks_its_fact(app: Flask, files: Files) -> None:
    files.change("nl.toml", "[facts.permit_period]", "[facts.permit_time]")
    told = app.test_cli_runner().invoke(countries_check_of(app), ["--folder", str(files.folder)])
    assert told.exit_code == 1
    assert "nl.toml: facts.permit_period: the chapter staying cannot be written" in told.output
    assert "permit_period" in told.output


def countries_check_of(app: Flask) -> object:
    """The command as this application holds it."""
    return app.cli.commands[countries_check.name or ""]
