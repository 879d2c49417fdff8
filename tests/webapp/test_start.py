"""The web server compares the schema before it answers; without an answer, once there is one."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, text

from reports.db import get_head_revision, make_engine, upgrade
from reports.vault import Vault
from tests.support.forms import Form, carried
from tests.support.once import worked_out_once
from tests.support.second import PutNext
from tests.support.web import AtSite
from webapp import create_app, serve
from webapp.config import Config
from webapp.site import db
from webapp.site.app_services import get_services

NONE = "There is no schema in the database: run `flask --app wsgi init`\n"
OLDER = "The database is at revision {}, this Wayside needs {}: run `flask --app wsgi init`\n"
NEWER = "The database is at revision 9999, made by a newer Wayside; this one knows none after "

Serve = Callable[[str], Any]


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Flask]]:
    """Every application that the process made, also where it went no further."""
    apps: list[Flask] = []

    def make(config: Config) -> Flask:
        with worked_out_once():
            apps.append(create_app(config))
        return apps[-1]

    monkeypatch.setattr(serve, "create_app", make)
    yield apps
    for app in apps:
        get_services(app).engine.dispose()


@pytest.fixture
def start(made: list[Flask], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Serve]:
    """Start the web server's process over a database; what it answers with, or its exit code."""
    served: list[Flask] = []

    def run(url: str) -> FlaskClient | int:
        monkeypatch.setenv("WAYSIDE_DATA_DIR", str(tmp_path / "var"))
        monkeypatch.setenv("WAYSIDE_DATABASE_URL", url)
        code = serve.main()
        assert (code == 0) == bool(served)
        return visitor(served.pop()) if served else code

    def answer(app: Flask, **_: object) -> int:
        served.append(app)
        return 0

    monkeypatch.setenv("WAYSIDE_LANGUAGES", "en")
    monkeypatch.setattr(serve, "run_checks", lambda _edition: [])
    monkeypatch.setattr(serve, "serve", answer)
    before = os.umask(0o077)
    yield run
    os.umask(before)


def stamp(url: str, revision: str) -> None:
    engine = make_engine(url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :r"), {"r": revision})
    engine.dispose()


def visitor(app: Flask) -> FlaskClient:
    app.test_client_class = AtSite
    return app.test_client()


def test_a_database_of_our_revision_is_served(start: Serve, sqlite_url: str) -> None:
    client = start(sqlite_url)
    assert client.get("/up").status_code == 204


def test_one_without_a_schema_is_not(
    start: Serve, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert start(f"sqlite:///{tmp_path / 'none.db'}") == 2
    assert capsys.readouterr().err == NONE


def test_an_older_one_is_not_until_it_is_brought_to_ours(
    start: Serve, sqlite_url: str, put_next: PutNext, capsys: pytest.CaptureFixture[str]
) -> None:
    ours, needed = get_head_revision(), put_next()
    assert start(sqlite_url) == 2
    assert capsys.readouterr().err == OLDER.format(ours, needed)
    engine = make_engine(sqlite_url)
    upgrade(engine)
    engine.dispose()
    assert start(sqlite_url).get("/up").status_code == 204


def test_a_newer_one_is_not(
    start: Serve, database_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    stamp(database_url, "9999")
    assert start(database_url) == 2
    assert capsys.readouterr().err.startswith(NEWER)


def test_no_request_compares_again(
    start: Serve, sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[Engine] = []
    monkeypatch.setattr(db, "require_head", compared.append)
    client = start(sqlite_url)
    for _ in range(3):
        client.get("/up")
    assert len(compared) == 1


@pytest.fixture
def silent(tmp_path: Path) -> Path:
    """Where there will be a database, which does not answer yet."""
    place = tmp_path / "late.db"
    place.mkdir()
    return place


def test_while_the_database_does_not_answer_information_is_served(
    start: Serve, silent: Path, sqlite_template: Path, caplog: pytest.LogCaptureFixture
) -> None:
    client = start(f"sqlite:///{silent}")
    assert "event=trouble kind=OperationalError" in caplog.text
    assert client.get("/up").status_code == 503
    assert client.get("/en/b1").status_code == 200
    silent.rmdir()
    shutil.copy(sqlite_template, silent)
    assert client.get("/up").status_code == 204


def test_one_that_answers_late_and_is_another_is_never_used(
    start: Serve, silent: Path, sqlite_template: Path, vault: Vault
) -> None:
    client = start(f"sqlite:///{silent}")
    silent.rmdir()
    shutil.copy(sqlite_template, silent)
    stamp(f"sqlite:///{silent}", "9999")
    assert client.get("/up").status_code == 503
    assert client.get("/en/b1").status_code == 200
    page = Form(client).press(f1="BE")
    assert page.status_code == 503
    assert carried(page)["t"]
