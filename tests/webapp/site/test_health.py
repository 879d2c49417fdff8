"""The answers for monitors: alive, able to serve, and not a word more."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.orm import sessionmaker

from reports.blobs import Store
from reports.blobs.bucket import Bucket
from reports.blobs.folder import Folder
from reports.db import downgrade, make_engine, make_session_factory
from reports.settings import Settings
from reports.stores import list_stores, mark_stores
from reports.vault import Vault
from tests.support.cast import Instance, cheap_vault, founded
from tests.support.ports import free_port
from tests.support.postgres import PostgresServer
from tests.support.served import Served
from tests.support.walk import until_settled
from tests.support.web import put_services
from webapp.site import readiness
from webapp.site.app_services import get_services

LONG = 60.0
FRAMING = {"Content-Length", "Retry-After"}
Break = Callable[[Path], dict[str, Any]]


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """What answers is waited for on a busy machine too."""
    monkeypatch.setattr(readiness, "DEADLINE", LONG)


def fails(*_: object) -> Any:
    raise AssertionError("was asked")


# --- alive ---------------------------------------------------------------------------------------


def test_up_asks_neither_database_nor_store_nor_keys(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Folder, "require_answer", fails)
    monkeypatch.setattr(Vault, "load", fails)
    gone = create_engine("sqlite:////nowhere/at/all.db")
    event.listen(gone, "do_connect", fails)
    put_services(app, engine=gone, sessions=sessionmaker(gone), load_vault=fails)
    response = client.get("/up")
    assert (response.status_code, response.data) == (204, b"")
    gone.dispose()


# --- ready ---------------------------------------------------------------------------------------


def test_ready_while_every_part_answers(client: FlaskClient, app_instance: Instance) -> None:
    response = client.get("/ready")
    assert (response.status_code, response.data) == (204, b"")


def test_ready_looks_like_up(client: FlaskClient, app: Flask, vault: Vault) -> None:
    """A founded instance or none, the answer differs in its status and in when to come again."""
    up, ready = client.get("/up"), client.get("/ready")
    assert (ready.status_code, ready.data, ready.headers["Retry-After"]) == (503, b"", "30")
    told = [
        {name: value for name, value in each.headers.items() if name not in FRAMING}
        for each in (up, ready)
    ]
    assert told[0] == told[1]


def other_version(data_dir: Path, revision: str) -> dict[str, Any]:
    engine = make_engine(f"sqlite:///{data_dir.parent / 'wayside.db'}")
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :r"), {"r": revision})
    engine.dispose()
    return {}


def no_schema(data_dir: Path) -> dict[str, Any]:
    engine = make_engine(f"sqlite:///{data_dir.parent / 'wayside.db'}")
    downgrade(engine, "base")
    engine.dispose()
    return {}


def no_database(_data_dir: Path) -> dict[str, Any]:
    return {"engine": create_engine("sqlite:////nowhere/at/all.db?timeout=1")}


def no_connection(_data_dir: Path) -> dict[str, Any]:
    url = f"postgresql+psycopg://somebody@127.0.0.1:{free_port()}/none"
    return {"engine": create_engine(url)}


def without(name: str) -> Break:
    def remove(data_dir: Path) -> dict[str, Any]:
        (data_dir / "keys" / name).unlink()
        return {}

    return remove


def file_for_folder(data_dir: Path) -> dict[str, Any]:
    shutil.rmtree(data_dir / "blobs", ignore_errors=True)
    (data_dir / "blobs").write_text("a file where the folder should be")
    return {}


def closed_bucket(_data_dir: Path) -> dict[str, Any]:
    return {"store": Bucket.from_url(f"http://127.0.0.1:{free_port()}/kept")}


@pytest.mark.parametrize(
    ("put_wrong", "reason"),
    [
        (no_database, "part=database kind=OperationalError"),
        (no_connection, "part=database kind=OperationalError"),
        (no_schema, "part=database kind=SchemaMissing"),
        (lambda data_dir: other_version(data_dir, "9999"), "part=database kind=SchemaNewer"),
        (without("pepper"), "part=keys kind=KeysMissing"),
        (without("roster.pub"), "part=keys kind=KeysMissing"),
        (file_for_folder, "part=store kind=StoreFailed"),
        (closed_bucket, "part=store kind=StoreFailed"),
    ],
    ids=["no file", "no server", "no schema", "newer", "pepper", "roster", "folder", "bucket"],
)
def test_not_ready_without_a_part_and_the_reason_is_for_the_log_alone(
    app: Flask,
    client: FlaskClient,
    app_instance: Instance,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    put_wrong: Break,
    reason: str,
) -> None:
    app_instance.session.close()
    ours = get_services(app)
    parts = {"engine": ours.engine, "data_dir": tmp_path / "var", "store": ours.store}
    parts |= put_wrong(tmp_path / "var")
    put_services(app, readiness=readiness.prepare_readiness(**parts))
    for _ in range(3):
        response = client.get("/ready")
        assert (response.status_code, response.data) == (503, b"")
        assert response.headers["Retry-After"] == "30"
    said = [each.getMessage() for each in caplog.records if each.name == "wayside.web"]
    assert said == [f"event=unready {reason}"]


def test_a_database_that_changes_its_version_under_a_running_process_is_noticed(
    app: Flask,
    client: FlaskClient,
    app_instance: Instance,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    app_instance.session.close()
    monkeypatch.setattr(readiness, "KEPT", 0.0)
    assert client.get("/ready").status_code == 204
    other_version(tmp_path / "var", "9999")
    assert client.get("/ready").status_code == 503


def test_a_missing_folder_for_files_is_made_by_the_first_file_and_no_fault(tmp_path: Path) -> None:
    store: Store = Folder(tmp_path / "blobs")
    store.require_answer()
    store.put("ab.12", [b"x"])
    store.require_answer()


@pytest.mark.parametrize("host", ["staff.test", "site.test"])
@pytest.mark.parametrize(("path", "status"), [("/up", 204), ("/ready", 503)])
def test_both_answer_on_both_hosts(
    make_app: Callable[..., Flask], host: str, path: str, status: int
) -> None:
    client = make_app(WAYSIDE_STAFF_HOST="staff.test").test_client()
    assert client.get(path, base_url=f"https://{host}").status_code == status


# --- a database that is frozen -------------------------------------------------------------------


@pytest.fixture
def served(postgres_url: str, tmp_path: Path) -> Iterator[Served]:
    """A web server of its own over a founded instance on PostgreSQL."""
    data_dir = tmp_path / "site"
    engine = make_engine(postgres_url)
    # One process: each asks for itself, and another's answer may be some seconds older.
    one = {"WAYSIDE_PROCESSES": "1", "WAYSIDE_LANGUAGES": "en"}
    made = Served(data_dir, WAYSIDE_DATABASE_URL=postgres_url, **one)
    with make_session_factory(engine)() as session:
        founded(session, cheap_vault(data_dir))
        mark_stores(session, list_stores(Settings.from_environ(made.environ)))
    engine.dispose()
    yield made
    made.stop()


def test_monitors_of_a_frozen_database_use_up_no_thread(
    served: Served, postgres_server: PostgresServer
) -> None:
    """More questions than the server has threads, and a page that needs no database after each."""
    served.start()
    assert served.get("/ready").status == 204
    with postgres_server.frozen():
        until_status(served, 503)
        for _ in range(20):
            assert served.get("/ready").status == 503
            assert served.get("/up").status == 204
            assert served.get("/en/b1").status == 200
    until_status(served, 204)
    assert served.log.read_text().count("event=unready") == 1
    assert "part=database kind=NoAnswer" in served.log.read_text()
    assert "event=ready" in served.log.read_text()


def until_status(served: Served, status: int) -> None:
    """Ask until it is so: a result is kept for seconds."""
    for _ in until_settled(f"/ready never answered {status}"):
        if served.get("/ready").status == status:
            return


def test_a_handed_in_engine_that_never_answers_is_not_ready(
    app: Flask, client: FlaskClient, app_instance: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    app_instance.session.close()
    monkeypatch.setattr(readiness, "DEADLINE", 0.05)
    go_on = Event()

    def hang(*_: object) -> None:
        go_on.wait(LONG)

    ours = get_services(app)
    engine: Engine = make_engine(str(ours.engine.url))
    event.listen(engine, "do_connect", hang)
    put_services(app, readiness=readiness.prepare_readiness(engine, ours.load_vault, ours.store))
    for _ in range(20):
        assert client.get("/ready").status_code == 503
    assert client.get("/up").status_code == 204
    go_on.set()
    engine.dispose()
