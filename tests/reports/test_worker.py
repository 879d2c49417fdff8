"""The worker: what is due leaves, what cannot leave waits, and a stop loses nothing."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine, select, text, update

from reports import custody, lease, worker
from reports.db import begin_write
from reports.delivery.outbox import Claim
from reports.errors import ChannelFailed
from reports.model import Delivery, Draft, Lease, Referral, Report
from reports.settings import Settings
from reports.vault import Vault
from reports.worker import Worker
from tests.support.cast import Instance
from tests.support.mail import MailServer
from tests.support.office import PAG_ASA, PAYOKE, Office, document_in, refer
from tests.support.site import ROOT

STORY = "zxqv-eleven-men"
PRODUCTION = {"WAYSIDE_ENV": "production", "WAYSIDE_MAIL_FROM": "desk@wayside.example"}


@pytest.fixture
def office(instance: Instance) -> Office:
    made = Office()
    made.confirm(instance)
    return made


@pytest.fixture
def settings_for(tmp_path: Path, database_url: str) -> Callable[..., Settings]:
    def make(**environ: str) -> Settings:
        return Settings.from_environ(environ_for(tmp_path, database_url, environ))

    return make


def environ_for(tmp_path: Path, database_url: str, more: Mapping[str, str]) -> dict[str, str]:
    return {
        "WAYSIDE_DATA_DIR": str(tmp_path / "var"),
        "WAYSIDE_DATABASE_URL": database_url,
        **more,
    }


@pytest.fixture
def make_worker(engine: Engine, vault: Vault) -> Callable[[Settings], Worker]:
    return lambda settings: Worker(settings, vault, engine)


def send(instance: Instance, settings: Settings, contact_id: str = PAYOKE) -> UUID:
    """A report that is referred now, by this machine's clock; its delivery."""
    receipt = instance.send(story=STORY)
    [made] = refer(instance, receipt, settings, contact_id, now=datetime.now(UTC))
    # On SQLite an open reader keeps every writer from committing.
    instance.session.rollback()
    return made


def row(instance: Instance, delivery_id: UUID) -> Delivery:
    instance.session.rollback()
    instance.session.expire_all()
    found = instance.session.get_one(Delivery, delivery_id)
    instance.session.expunge(found)
    instance.session.rollback()
    return found


def due_now(instance: Instance) -> None:
    """As if every wait and every lease were over."""
    past = datetime.now(UTC) - timedelta(seconds=1)
    instance.session.execute(update(Delivery).where(Delivery.state == "due").values(next_at=past))
    held = update(Delivery).where(Delivery.state == "claimed")
    instance.session.execute(held.values(lease_until=past))
    instance.session.commit()


def test_what_is_due_reaches_the_mail_server_and_is_written_down(
    instance: Instance,
    office: Office,
    mail_server: MailServer,
    settings_for: Callable[..., Settings],
    make_worker: Callable[[Settings], Worker],
) -> None:
    settings = settings_for(WAYSIDE_SMTP_URL=mail_server.url)
    delivery_id = send(instance, settings)
    make_worker(settings).deliver()
    [mail] = mail_server.wait_for(1)
    assert mail.recipients == (office.email,)
    assert mail.message["Message-ID"] == f"<{delivery_id}@localhost>"
    assert document_in(office.read(mail.raw))["answers"]["story"] == STORY
    assert (row(instance, delivery_id).state, row(instance, delivery_id).packet) == ("sent", None)
    make_worker(settings).deliver()
    assert len(mail_server.mails) == 1


@pytest.mark.parametrize("refusal", ["message", "recipient"])
def test_later_means_later_with_the_same_message_id(
    instance: Instance,
    office: Office,
    mail_server: MailServer,
    settings_for: Callable[..., Settings],
    make_worker: Callable[[Settings], Worker],
    refusal: str,
) -> None:
    settings = settings_for(WAYSIDE_SMTP_URL=mail_server.url)
    delivery_id = send(instance, settings)
    refuse = {"message": mail_server.refuse, "recipient": mail_server.refuse_recipient}[refusal]
    refuse("451 later", times=2)
    for attempt in (1, 2):
        make_worker(settings).deliver()
        waiting = row(instance, delivery_id)
        assert (waiting.state, waiting.problem) == ("due", "smtp_451")
        assert waiting.attempts == attempt
        assert waiting.next_at is not None
        wait = waiting.next_at - datetime.now(UTC)
        assert timedelta(seconds=55) < wait / 2 ** (attempt - 1) < timedelta(seconds=75)
        due_now(instance)
    make_worker(settings).deliver()
    [mail] = mail_server.wait_for(1)
    assert str(delivery_id) in mail.message["Message-ID"]
    assert row(instance, delivery_id).state == "sent"


def test_never_means_never_and_stays_visible(
    instance: Instance,
    office: Office,
    mail_server: MailServer,
    settings_for: Callable[..., Settings],
    make_worker: Callable[[Settings], Worker],
) -> None:
    settings = settings_for(WAYSIDE_SMTP_URL=mail_server.url)
    delivery_id = send(instance, settings)
    mail_server.refuse_recipient("550 no such mailbox")
    make_worker(settings).deliver()
    failed = row(instance, delivery_id)
    assert (failed.state, failed.problem) == ("failed", "smtp_550")
    assert failed.packet is not None
    due_now(instance)
    make_worker(settings).deliver()
    assert mail_server.mails == []


def test_one_trouble_does_not_hold_up_the_others(
    instance: Instance,
    office: Office,
    mail_server: MailServer,
    settings_for: Callable[..., Settings],
    make_worker: Callable[[Settings], Worker],
) -> None:
    settings = settings_for(WAYSIDE_SMTP_URL=mail_server.url)
    ids = {send(instance, settings) for _ in range(3)}
    mail_server.refuse_recipient("550 no such mailbox")
    make_worker(settings).deliver()
    assert sorted(row(instance, id).state for id in ids) == ["failed", "sent", "sent"]


def test_without_a_mail_server_it_becomes_a_file_that_nobody_has_received(
    instance: Instance,
    office: Office,
    settings_for: Callable[..., Settings],
    make_worker: Callable[[Settings], Worker],
) -> None:
    settings = settings_for()
    delivery_id = send(instance, settings)
    make_worker(settings).deliver()
    delivered = row(instance, delivery_id)
    assert (delivered.state, delivered.problem) == ("folder", None)
    [file] = settings.mail_folder.iterdir()
    assert file.name == f"{delivery_id}.eml"
    assert file.read_bytes() == delivered.packet
    assert STORY.encode() not in file.read_bytes()
    assert document_in(office.read(file.read_bytes()))["answers"]["story"] == STORY


def test_in_production_without_a_mail_server_it_waits(
    instance: Instance,
    office: Office,
    mail_server: MailServer,
    settings_for: Callable[..., Settings],
    make_worker: Callable[[Settings], Worker],
) -> None:
    delivery_id = send(instance, settings_for(**PRODUCTION))
    make_worker(settings_for(**PRODUCTION)).deliver()
    waiting = row(instance, delivery_id)
    assert (waiting.state, waiting.attempts) == ("due", 0)
    assert not settings_for().mail_folder.exists()
    make_worker(settings_for(**PRODUCTION, WAYSIDE_SMTP_URL=mail_server.url)).deliver()
    assert row(instance, delivery_id).state == "sent"


class Slow:
    """A channel that says when it has begun and waits until it may go on."""

    outcome: Literal["sent"] = "sent"

    def __init__(self, before_return: Callable[[], None] = lambda: None) -> None:
        self.carried: list[UUID] = []
        self.begun = threading.Event()
        self.go_on = threading.Event()
        self._before_return = before_return

    def carry(self, claim: Claim) -> None:
        self.begun.set()
        assert self.go_on.wait(30)
        self.carried.append(claim.id)
        self._before_return()


def test_no_transaction_is_open_while_a_channel_works(
    instance: Instance,
    office: Office,
    engine: Engine,
    settings_for: Callable[..., Settings],
    make_worker: Callable[[Settings], Worker],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings = settings_for()
    delivery_id = send(instance, settings)
    channel = Slow()
    monkeypatch.setattr(worker, "choose", lambda _settings: channel)
    working = threading.Thread(target=make_worker(settings).deliver)
    working.start()
    assert channel.begun.wait(30)
    assert row(instance, delivery_id).state == "claimed"
    # Another writer is not held up, on either engine.
    begin_write(instance.session)
    instance.session.execute(update(Report).values(unread=False))
    instance.session.commit()
    channel.go_on.set()
    working.join(30)
    assert row(instance, delivery_id).state == "sent"


def test_who_comes_back_too_late_changes_nothing(
    instance: Instance,
    office: Office,
    settings_for: Callable[..., Settings],
    make_worker: Callable[[Settings], Worker],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    settings = settings_for()
    delivery_id = send(instance, settings)
    channel = Slow(before_return=lambda: due_now(instance))
    channel.go_on.set()
    first, second = make_worker(settings), make_worker(settings)
    monkeypatch.setattr(worker, "choose", lambda _settings: channel)
    monkeypatch.setattr(first, "_stopping", Once())
    with caplog.at_level(logging.INFO, "wayside.worker"):
        first.deliver()
    assert "outcome=lease_lost" in caplog.text
    assert row(instance, delivery_id).state == "claimed"
    channel._before_return = lambda: None
    second.deliver()
    assert row(instance, delivery_id).state == "sent"
    # Twice, as it must be, but under one id.
    assert channel.carried == [delivery_id, delivery_id]


class Once:
    """Lets a worker do one round."""

    def __init__(self) -> None:
        self._asked = 0

    def is_set(self) -> bool:
        self._asked += 1
        return self._asked > 1


def test_a_stopping_worker_finishes_what_it_has_and_begins_nothing(
    instance: Instance,
    office: Office,
    settings_for: Callable[..., Settings],
    make_worker: Callable[[Settings], Worker],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings = settings_for()
    ids = {send(instance, settings) for _ in range(2)}
    channel = Slow()
    monkeypatch.setattr(worker, "choose", lambda _settings: channel)
    one = make_worker(settings)
    working = threading.Thread(target=one.deliver)
    working.start()
    assert channel.begun.wait(30)
    one.stop()
    channel.go_on.set()
    working.join(30)
    assert sorted(row(instance, id).state for id in ids) == ["due", "sent"]


def test_what_is_logged_names_nobody(
    instance: Instance,
    office: Office,
    mail_server: MailServer,
    settings_for: Callable[..., Settings],
    make_worker: Callable[[Settings], Worker],
    caplog: pytest.LogCaptureFixture,
) -> None:
    settings = settings_for(WAYSIDE_SMTP_URL=mail_server.url)
    delivery_id = send(instance, settings)
    mail_server.refuse(f"451 {office.email} is busy\tLF")
    with caplog.at_level(logging.DEBUG):
        make_worker(settings).deliver()
    # The mail server of the tests tells everything, in a log of its own.
    ours = [record.getMessage() for record in caplog.records if record.name != "mail.log"]
    assert ours == [f"event=delivery delivery={delivery_id} attempt=1 outcome=smtp_451"]


def test_a_key_that_is_not_on_the_list_is_not_logged() -> None:
    with pytest.raises(ValueError, match="recipient"):
        worker.log("delivery", recipient="office@example.org")


def test_one_of_many_workers_purges(
    instance: Instance,
    settings_for: Callable[..., Settings],
    make_worker: Callable[[Settings], Worker],
) -> None:
    session = instance.session
    begin_write(session)
    another = uuid4()
    assert lease.take(session, "purge", another, datetime.now(UTC), timedelta(hours=1))
    session.add(Draft(id_hash=b"x", sealed=b"", expires_at=datetime.now(UTC)))
    session.commit()
    one = make_worker(settings_for())
    one.purge()
    session.expire_all()
    assert session.get(Draft, b"x") is not None
    session.execute(update(Lease).values(until=datetime.now(UTC)))
    session.commit()
    one.purge()
    session.expire_all()
    assert session.get(Draft, b"x") is None
    assert session.get_one(Lease, "purge").owner == one.id


def test_the_file_of_an_erased_report_goes_with_it(
    instance: Instance,
    office: Office,
    settings_for: Callable[..., Settings],
    make_worker: Callable[[Settings], Worker],
) -> None:
    Office(PAG_ASA).confirm(instance)
    settings = settings_for()
    gone, kept = send(instance, settings), send(instance, settings, PAG_ASA)
    one = make_worker(settings)
    one.deliver()
    report_id = instance.session.scalar(
        select(Referral.report_id).join(Delivery).where(Delivery.id == gone)
    )
    over = update(Report).where(Report.id == report_id)
    yesterday = (datetime.now(UTC) - timedelta(days=1)).date()
    instance.session.execute(over.values(status="closed", retention_day=yesterday))
    instance.session.commit()
    one.purge()
    assert [file.name for file in settings.mail_folder.iterdir()] == [f"{kept}.eml"]


def test_all_workers_go_by_the_databases_clock(instance: Instance, engine: Engine) -> None:
    now = worker.moment(instance.session)
    assert now.tzinfo == UTC
    assert abs(now - datetime.now(UTC)) < timedelta(seconds=10)
    if engine.dialect.name == "postgresql":
        told = instance.session.execute(text("SELECT clock_timestamp()")).scalar_one()
        assert abs(told - now) < timedelta(seconds=10)


# --- the process -------------------------------------------------------------------------------


class Process:
    """`flask --app wsgi worker`, as `make run` starts it."""

    def __init__(self, environ: Mapping[str, str], log: Path) -> None:
        self._log = log
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("WAYSIDE_")}
        with log.open("ab") as file:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "flask", "--app", "wsgi", "worker"],
                cwd=ROOT,
                env={**inherited, **environ},
                stdout=file,
                stderr=file,
            )

    @property
    def log(self) -> str:
        return self._log.read_text()

    def wait_for(self, words: str, timeout: float = 60.0) -> None:
        """Until the log says `words`."""
        until = time.monotonic() + timeout
        while words not in self.log:
            if time.monotonic() > until or self._process.poll() is not None:
                raise AssertionError(f"the worker never said {words!r}: {self.log}")
            time.sleep(0.05)

    def end(self, by: signal.Signals = signal.SIGTERM) -> int:
        """Send a signal and give the exit code."""
        if self._process.poll() is None:
            self._process.send_signal(by)
        try:
            return self._process.wait(30)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
            raise


@pytest.fixture
def start(tmp_path: Path, database_url: str) -> Iterator[Callable[..., Process]]:
    started: list[Process] = []

    def make(**more: str) -> Process:
        environ = environ_for(tmp_path, database_url, more)
        started.append(Process(environ, tmp_path / f"worker{len(started)}.log"))
        return started[-1]

    yield make
    for process in started:
        process.end(signal.SIGKILL)


@pytest.mark.parametrize("by", [signal.SIGTERM, signal.SIGINT])
def test_the_process_delivers_and_stops_cleanly(
    instance: Instance,
    office: Office,
    mail_server: MailServer,
    settings_for: Callable[..., Settings],
    start: Callable[..., Process],
    by: signal.Signals,
) -> None:
    delivery_id = send(instance, settings_for())
    instance.session.close()
    process = start(WAYSIDE_SMTP_URL=mail_server.url)
    [mail] = mail_server.wait_for(1, timeout=60)
    assert document_in(office.read(mail.raw))["delivery"] == str(delivery_id)
    process.wait_for("outcome=sent")
    assert process.end(by) == 0
    assert "event=stopped" in process.log
    assert row(instance, delivery_id).state == "sent"
    assert custody.verify(instance.session, instance.vault)
    assert office.email not in process.log


def test_a_killed_workers_mail_goes_again_under_the_same_message_id(
    instance: Instance,
    office: Office,
    mail_server: MailServer,
    settings_for: Callable[..., Settings],
    start: Callable[..., Process],
    make_worker: Callable[[Settings], Worker],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The first worker hands the mail over and dies before it can write that down."""
    settings = settings_for(WAYSIDE_SMTP_URL=mail_server.url)
    delivery_id = send(instance, settings)
    first_worker = make_worker(settings)
    with monkeypatch.context() as patch:
        patch.setattr(Worker, "_settle", killed)
        with pytest.raises(Killed):
            first_worker.deliver()
    assert row(instance, delivery_id).state == "claimed"
    due_now(instance)
    instance.session.close()
    process = start(WAYSIDE_SMTP_URL=mail_server.url)
    first, second = mail_server.wait_for(2, timeout=60)
    assert first.message["Message-ID"] == second.message["Message-ID"]
    assert first.raw == second.raw
    process.wait_for("attempt=2 outcome=sent")
    assert process.end() == 0
    assert row(instance, delivery_id).state == "sent"


class Killed(Exception):
    """Stands for the end of a process."""


def killed(*_arguments: Any) -> None:
    raise Killed


def test_two_processes_send_each_mail_once(
    instance: Instance,
    office: Office,
    mail_server: MailServer,
    settings_for: Callable[..., Settings],
    start: Callable[..., Process],
) -> None:
    processes = [start(WAYSIDE_SMTP_URL=mail_server.url) for _ in range(2)]
    for process in processes:
        process.wait_for("event=started")
    ids = {send(instance, settings_for()) for _ in range(8)}
    instance.session.close()
    mails = mail_server.wait_for(8, timeout=60)
    assert len({mail.message["Message-ID"] for mail in mails}) == 8
    assert [process.end() for process in processes] == [0, 0]
    assert {row(instance, id).state for id in ids} == {"sent"}
    assert len(mail_server.mails) == 8


def test_a_process_without_an_instance_says_so(start: Callable[..., Process]) -> None:
    process = start()
    until = time.monotonic() + 30
    while process._process.poll() is None and time.monotonic() < until:
        time.sleep(0.05)
    assert process.end() == 1
    assert "run init first" in process.log
    assert "Traceback" not in process.log


def test_a_channel_failure_is_what_the_outbox_keeps(
    instance: Instance,
    office: Office,
    settings_for: Callable[..., Settings],
    make_worker: Callable[[Settings], Worker],
) -> None:
    settings = settings_for()
    delivery_id = send(instance, settings)
    settings.mail_folder.parent.mkdir(exist_ok=True)
    settings.mail_folder.write_text("a file where the folder should be")
    make_worker(settings).deliver()
    waiting = row(instance, delivery_id)
    assert (waiting.state, waiting.problem) == ("due", "folder_write")
    assert ChannelFailed("folder_write", lasting=False).code == waiting.problem
