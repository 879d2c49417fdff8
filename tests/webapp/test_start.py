"""The web server compares schema and keys before it answers, or once the database does."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, text

from reports.blobs.folder import Folder
from reports.blobs.marker import MARKER
from reports.db import get_head_revision, make_engine, make_session_factory, upgrade
from reports.errors import KeysUnfit, StoreFailed
from reports.stores import mark_stores
from reports.tombstones import FILES
from reports.vault import Marker, Vault
from tests.support.cast import cheap_vault, founded, newly_founded
from tests.support.forms import Form, carried
from tests.support.key_faults import FAULTS, SOMEBODY, KeyFault
from tests.support.once import worked_out_once
from tests.support.second import PutNext
from tests.support.web import AtSite
from webapp import create_app, serve
from webapp.config import Config
from webapp.site import db, readiness
from webapp.site.app_services import get_services
from webapp.site.file_store import get_store

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
    """Start the web server's process over a database; what it answers with, or its exit code.

    Its data folder has keys, and what a monitor hears is never an earlier result.
    """
    cheap_vault(tmp_path / "var").pin_roster(bytes(32))
    monkeypatch.setattr(readiness, "KEPT", 0.0)
    monkeypatch.setattr(readiness, "DEADLINE", 60.0)
    served: list[Flask] = []

    def run(url: str) -> FlaskClient | int:
        monkeypatch.setenv("WAYSIDE_DATA_DIR", str(tmp_path / "var"))
        monkeypatch.setenv("WAYSIDE_DATABASE_URL", url)
        code = serve.main()
        assert (code == 0) == bool(served)
        return visitor(served.pop()) if served else code

    def answer(app: Flask, _config: Config) -> int:
        served.append(app)
        return 0

    def compare_here(compare: Callable[[], int]) -> int:
        return compare()

    monkeypatch.setenv("WAYSIDE_LANGUAGES", "en")
    monkeypatch.setenv("WAYSIDE_FACE", "both")
    monkeypatch.setattr(serve, "run_checks", lambda _edition: [])
    monkeypatch.setattr(serve, "serve", answer)
    monkeypatch.setattr(serve, "run_apart", compare_here)
    before = os.umask(0o077)
    yield run
    os.umask(before)


def stamp(url: str, revision: str) -> None:
    engine = make_engine(url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :r"), {"r": revision})
    engine.dispose()


def test_a_web_server_that_was_told_no_face_says_which_there_are(
    start: Serve,
    sqlite_url: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.delenv("WAYSIDE_FACE")
    assert start(sqlite_url) == 2
    assert "WAYSIDE_FACE: say what this web server serves: public, desk" in capsys.readouterr().err


def visitor(app: Flask) -> FlaskClient:
    app.test_client_class = AtSite
    return app.test_client()


def test_a_database_of_our_revision_is_served(start: Serve, sqlite_url: str, vault: Vault) -> None:
    found_at(sqlite_url, vault)
    assert start(sqlite_url).get("/ready").status_code == 204


def test_one_that_is_not_founded_yet_serves_information_and_is_not_ready(
    start: Serve, sqlite_url: str
) -> None:
    client = start(sqlite_url)
    assert client.get("/en/b1").status_code == 200
    assert client.get("/ready").status_code == 503


def test_one_without_a_schema_is_not(
    start: Serve, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert start(f"sqlite:///{tmp_path / 'none.db'}") == 2
    assert capsys.readouterr().err == NONE


def test_an_older_one_is_not_until_it_is_brought_to_ours(
    start: Serve,
    sqlite_url: str,
    vault: Vault,
    put_next: PutNext,
    capsys: pytest.CaptureFixture[str],
) -> None:
    found_at(sqlite_url, vault)
    ours, needed = get_head_revision(), put_next()
    assert start(sqlite_url) == 2
    assert capsys.readouterr().err == OLDER.format(ours, needed)
    engine = make_engine(sqlite_url)
    upgrade(engine)
    engine.dispose()
    assert start(sqlite_url).get("/ready").status_code == 204


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
    client.set_cookie("__Host-s", "of nobody", domain="site.test")
    for _ in range(3):
        assert client.get("/desk/").status_code == 303
    assert len(compared) == 1


@pytest.fixture
def silent(tmp_path: Path) -> Path:
    """Where there will be a database, which does not answer yet."""
    place = tmp_path / "late.db"
    place.mkdir()
    return place


def test_while_the_database_does_not_answer_information_is_served(
    start: Serve,
    silent: Path,
    sqlite_url: str,
    vault: Vault,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    client = start(f"sqlite:///{silent}")
    assert "event=trouble kind=OperationalError" in caplog.text
    assert client.get("/ready").status_code == 503
    assert client.get("/en/b1").status_code == 200
    found_at(sqlite_url, vault)
    silent.rmdir()
    shutil.copy(tmp_path / "wayside.db", silent)
    assert client.get("/ready").status_code == 204


def test_one_that_answers_late_and_is_another_is_never_used(
    start: Serve, silent: Path, sqlite_template: Path, vault: Vault
) -> None:
    client = start(f"sqlite:///{silent}")
    silent.rmdir()
    shutil.copy(sqlite_template, silent)
    stamp(f"sqlite:///{silent}", "9999")
    assert client.get("/ready").status_code == 503
    assert client.get("/en/b1").status_code == 200
    page = Form(client).press(f1="BE")
    assert page.status_code == 503
    assert carried(page)["t"]


@pytest.fixture
def store(sqlite_url: str, tmp_path: Path) -> Iterator[Folder]:
    """The marked store of a founded instance."""
    engine = make_engine(sqlite_url)
    with make_session_factory(engine)() as session:
        newly_founded(session, cheap_vault(tmp_path / "var"))
        made = Folder(tmp_path / "var" / "blobs")
        mark_stores(session, {FILES: made})
        yield made
    engine.dispose()


@pytest.mark.parametrize(
    ("held", "said"),
    [
        (None, "The store of files has no marker"),
        (str(SOMEBODY), "The store of files belongs to another instance"),
        ("?", "The marker of the store of files is damaged"),
    ],
)
def test_a_store_that_is_not_this_instances_is_not_served(
    start: Serve,
    sqlite_url: str,
    store: Folder,
    capsys: pytest.CaptureFixture[str],
    held: str | None,
    said: str,
) -> None:
    store.delete([MARKER])
    if held is not None:
        store.put(MARKER, [f"{held}\n".encode()])
    assert start(sqlite_url) == 2
    told = capsys.readouterr().err
    assert told.startswith(said)
    assert told.count("\n") == 1


def test_its_own_store_is_served_and_so_is_one_that_does_not_answer(
    start: Serve, sqlite_url: str, store: Folder, tmp_path: Path
) -> None:
    assert start(sqlite_url).get("/en/1").status_code == 200
    shutil.rmtree(tmp_path / "var" / "blobs")
    (tmp_path / "var" / "blobs").write_bytes(b"no folder")
    client = start(sqlite_url)
    assert client.get("/en/1").status_code == 200
    with client.application.app_context(), pytest.raises(StoreFailed):
        get_store()


def test_a_store_that_answers_late_is_compared_before_it_is_used(
    start: Serve, sqlite_url: str, store: Folder, tmp_path: Path
) -> None:
    blobs = tmp_path / "var" / "blobs"
    aside = blobs.rename(tmp_path / "aside")
    blobs.write_bytes(b"no folder")
    client = start(sqlite_url)
    blobs.unlink()
    aside.rename(blobs)
    with client.application.app_context():
        get_store()


def test_no_file_is_put_where_the_disk_of_the_store_is_not_mounted(
    start: Serve, sqlite_url: str, store: Folder, tmp_path: Path
) -> None:
    """Also when it goes away while the server runs; it is used again when it is back."""
    blobs = tmp_path / "var" / "blobs"
    client = start(sqlite_url)
    with client.application.app_context():
        get_store()
    aside = blobs.rename(tmp_path / "aside")
    blobs.mkdir()
    with client.application.app_context(), pytest.raises(StoreFailed):
        get_store()
    blobs.rmdir()
    aside.rename(blobs)
    with client.application.app_context():
        get_store()
    store.put(MARKER, [f"{uuid4()}\n".encode()])
    with client.application.app_context(), pytest.raises(StoreFailed):
        get_store()


def found_at(url: str, vault: Vault) -> None:
    """Put a founded instance with the keys of `vault`, and its store, where `url` says."""
    engine = make_engine(url)
    with make_session_factory(engine)() as session:
        founded(session, vault)
        mark_stores(session, {FILES: Folder(vault.key_folder.path.parent / "blobs")})
    engine.dispose()


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
def test_an_instance_without_its_keys_is_not_served(
    start: Serve,
    database_url: str,
    vault: Vault,
    capsys: pytest.CaptureFixture[str],
    fault: KeyFault,
) -> None:
    found_at(database_url, vault)
    keys = vault.key_folder.path
    fault.make(keys)
    assert start(database_url) == 2
    said = capsys.readouterr().err
    assert said.startswith(f"{keys / fault.file} ")
    assert said.count("\n") == 1


def test_a_database_without_an_instance_is_not_served_beside_the_keys_of_one(
    start: Serve, sqlite_url: str, vault: Vault, capsys: pytest.CaptureFixture[str]
) -> None:
    vault.key_folder.write_marker(Marker(SOMEBODY))
    assert start(sqlite_url) == 2
    assert "the database holds no instance" in capsys.readouterr().err


def test_under_the_keys_of_another_no_report_is_taken_until_the_right_ones_are_back(
    start: Serve, silent: Path, sqlite_url: str, vault: Vault, tmp_path: Path
) -> None:
    """The database answered late: nothing was compared at the start."""
    client, pepper = start(f"sqlite:///{silent}"), vault.key_folder.path / "pepper"
    found_at(sqlite_url, vault)
    right = pepper.read_bytes()
    silent.rmdir()
    shutil.copy(tmp_path / "wayside.db", silent)
    pepper.write_bytes(b"o" * 32)
    assert client.get("/en/b1").status_code == 200
    assert Form(client).press(f1="BE").status_code == 503
    pepper.write_bytes(right)
    assert Form(client).press(f1="BE").status_code == 200


def test_an_instance_that_is_founded_while_it_is_served_is_compared_then(
    start: Serve, sqlite_url: str, vault: Vault
) -> None:
    app = start(sqlite_url).application
    with app.app_context():
        db.get_session()
    found_at(sqlite_url, vault)
    vault.key_folder.write_keys({"roster.pub": b"o" * 32})
    with app.app_context(), pytest.raises(KeysUnfit):
        db.get_session()


def test_what_this_machine_lacks_is_said_once_and_everything_is_served(
    start: Serve,
    sqlite_url: str,
    vault: Vault,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(serve, "describe_weakness", lambda: "This machine does not offer it.")
    found_at(sqlite_url, vault)
    assert start(sqlite_url).get("/ready").status_code == 204
    assert capsys.readouterr().err.count("This machine does not offer it.\n") == 1
