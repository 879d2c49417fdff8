"""The worker as a process of its own: it delivers, obeys, and loses nothing when it is killed."""

from __future__ import annotations

import shutil
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text

from reports import custody
from reports.blobs.marker import MARKER
from reports.db import make_engine, make_session_factory
from reports.settings import Settings
from reports.stores import list_stores, mark_stores
from reports.vault import Vault
from reports.vault.purposes import format_files
from reports.worker import Worker
from tests.support.cast import Instance, founded
from tests.support.key_faults import SOMEBODY
from tests.support.mail import MailServer
from tests.support.office import document_in
from tests.support.working import Process, Workplace


@pytest.fixture
def place(instance: Instance, engine: Engine, tmp_path: Path) -> Workplace:
    made = Workplace.at(instance, engine, tmp_path / "var")
    mark_stores(instance.session, list_stores(made.settings()))
    return made


@pytest.fixture
def start(tmp_path: Path, database_url: str) -> Iterator[Callable[..., Process]]:
    started: list[Process] = []

    def make(**more: str) -> Process:
        environ = {
            "WAYSIDE_DATA_DIR": str(tmp_path / "var"),
            "WAYSIDE_DATABASE_URL": database_url,
            **more,
        }
        started.append(Process(environ, tmp_path / f"worker{len(started)}.log"))
        return started[-1]

    yield make
    for process in started:
        process.end(signal.SIGKILL)


@pytest.mark.parametrize("by", [signal.SIGTERM, signal.SIGINT])
def test_the_process_delivers_and_stops_cleanly(
    place: Workplace,
    mail_server: MailServer,
    start: Callable[..., Process],
    by: signal.Signals,
) -> None:
    delivery_id = place.send()
    place.instance.session.close()
    process = start(WAYSIDE_SMTP_URL=mail_server.url)
    [mail] = mail_server.wait_for(1, timeout=180)
    assert document_in(place.office.read(mail.raw))["delivery"] == str(delivery_id)
    process.wait_for("outcome=sent")
    assert process.end(by) == 0
    assert "event=stopped" in process.log
    assert place.row(delivery_id).state == "sent"
    assert custody.verify(place.instance.session, place.instance.vault)
    assert place.office.email not in process.log


def test_a_killed_workers_mail_goes_again_under_the_same_message_id(
    place: Workplace,
    mail_server: MailServer,
    start: Callable[..., Process],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The first worker hands the mail over and dies before it can write that down."""
    delivery_id = place.send()
    first_worker = place.worker(WAYSIDE_SMTP_URL=mail_server.url)
    with monkeypatch.context() as patch:
        patch.setattr(Worker, "_settle", killed)
        with pytest.raises(Killed):
            first_worker.deliver()
    assert place.row(delivery_id).state == "claimed"
    place.due_now()
    place.instance.session.close()
    process = start(WAYSIDE_SMTP_URL=mail_server.url)
    first, second = mail_server.wait_for(2, timeout=180)
    assert first.message["Message-ID"] == second.message["Message-ID"]
    assert first.raw == second.raw
    process.wait_for("attempt=2 outcome=sent")
    assert process.end() == 0
    assert place.row(delivery_id).state == "sent"


class Killed(Exception):
    """Stands for the end of a process."""


def killed(*_arguments: Any) -> None:
    raise Killed


def test_two_processes_send_each_mail_once(
    place: Workplace,
    mail_server: MailServer,
    start: Callable[..., Process],
) -> None:
    processes = [start(WAYSIDE_SMTP_URL=mail_server.url) for _ in range(2)]
    for process in processes:
        process.wait_for("event=started")
    ids = {place.send() for _ in range(8)}
    place.instance.session.close()
    mails = mail_server.wait_for(8, timeout=180)
    assert len({mail.message["Message-ID"] for mail in mails}) == 8
    assert [process.end() for process in processes] == [0, 0]
    assert {place.row(id).state for id in ids} == {"sent"}
    assert len(mail_server.mails) == 8


def ended(process: Process) -> str:
    """What a process said that ends by itself, with 1 and without a traceback."""
    until = time.monotonic() + 120
    while process.running and time.monotonic() < until:
        time.sleep(0.05)
    assert process.end() == 1
    assert "Traceback" not in process.log
    return process.log


def test_a_process_without_an_instance_says_so(start: Callable[..., Process]) -> None:
    assert "run init first" in ended(start())


def test_a_process_refuses_the_database_of_a_newer_version(
    place: Workplace, engine: Engine, start: Callable[..., Process]
) -> None:
    place.instance.session.close()
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    said = ended(start())
    assert "The database is at revision 9999, made by a newer Wayside" in said
    assert "event=" not in said


def test_a_process_waits_for_a_database_that_does_not_answer(
    vault: Vault, tmp_path: Path, sqlite_url: str, start: Callable[..., Process]
) -> None:
    late = tmp_path / "late.db"
    late.mkdir()
    process = start(WAYSIDE_DATABASE_URL=f"sqlite:///{late}")
    process.wait_for("event=failed outcome=OperationalError")
    found_at(sqlite_url, vault)
    late.rmdir()
    shutil.copy(tmp_path / "wayside.db", late)
    process.wait_for("event=started")
    assert process.end() == 0


def test_a_process_refuses_the_keys_of_another_once_the_database_answers(
    vault: Vault, tmp_path: Path, sqlite_url: str, start: Callable[..., Process]
) -> None:
    late, outbox = tmp_path / "late.db", tmp_path / "var" / "keys" / "outbox"
    late.mkdir()
    process = start(WAYSIDE_DATABASE_URL=f"sqlite:///{late}")
    process.wait_for("event=failed outcome=OperationalError")
    found_at(sqlite_url, vault)
    outbox.write_bytes(format_files(b"o" * 32)["outbox"])
    late.rmdir()
    shutil.copy(tmp_path / "wayside.db", late)
    said = ended(process)
    assert f"{outbox} is not the one of the instance in the database" in said
    assert "event=started" not in said


def found_at(url: str, vault: Vault) -> None:
    """Put a founded instance with the keys of `vault` and marked stores into the database."""
    engine = make_engine(url)
    environ = {"WAYSIDE_DATA_DIR": str(vault.key_folder.path.parent), "WAYSIDE_DATABASE_URL": url}
    with make_session_factory(engine)() as session:
        founded(session, vault)
        vault.key_folder.write_purposes()
        mark_stores(session, list_stores(Settings.from_environ(environ)))
    engine.dispose()


def test_a_process_that_waits_obeys(tmp_path: Path, start: Callable[..., Process]) -> None:
    """Also where the keys are missing, which the database alone can say."""
    process = start(WAYSIDE_DATABASE_URL=f"sqlite:///{tmp_path}")
    process.wait_for("event=failed outcome=OperationalError")
    assert process.end() == 0
    assert "event=started" not in process.log


@pytest.mark.parametrize(
    ("held", "said"),
    [
        (None, "The store of files has no marker"),
        (str(SOMEBODY), "The store of files belongs to another instance"),
        ("?", "The marker of the store of files is damaged"),
    ],
)
def test_a_process_refuses_a_store_that_is_not_its_own(
    place: Workplace, start: Callable[..., Process], tmp_path: Path, held: str | None, said: str
) -> None:
    place.instance.session.close()
    marked = tmp_path / "var" / "blobs" / MARKER
    marked.unlink()
    if held is not None:
        marked.write_text(f"{held}\n")
    told = ended(start())
    assert said in told
    assert "event=" not in told


def test_a_process_delivers_while_its_store_does_not_answer(
    place: Workplace, start: Callable[..., Process], tmp_path: Path, mail_server: MailServer
) -> None:
    delivery_id = place.send()
    place.instance.session.close()
    shutil.rmtree(tmp_path / "var" / "blobs")
    (tmp_path / "var" / "blobs").write_bytes(b"no folder")
    process = start(WAYSIDE_SMTP_URL=mail_server.url)
    process.wait_for("outcome=sent")
    assert "event=failed outcome=StoreFailed" in process.log
    assert process.end() == 0
    assert place.row(delivery_id).state == "sent"
