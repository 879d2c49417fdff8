"""The worker: what is due leaves, what cannot leave waits, and a stop loses nothing."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine, select, text, update
from sqlalchemy.orm import Session

from reports import lease, worker, worker_log
from reports.db import begin_write
from reports.delivery.channels.mail.mail_channel import MailChannel
from reports.delivery.outbox import ClaimedDelivery
from reports.model import Delivery, Draft, Lease, Referral, Report
from reports.stores import list_stores, mark_stores
from tests.support.cast import Instance
from tests.support.mail import MailServer
from tests.support.office import PAG_ASA, Office, document_in
from tests.support.working import STORY, Workplace

PRODUCTION = {"WAYSIDE_ENV": "production", "WAYSIDE_MAIL_FROM": "desk@wayside.example"}


@pytest.fixture
def place(instance: Instance, engine: Engine, tmp_path: Path) -> Workplace:
    return Workplace.at(instance, engine, tmp_path / "var")


def test_what_is_due_reaches_the_mail_server_and_is_written_down(
    place: Workplace, mail_server: MailServer
) -> None:
    delivery_id = place.send()
    place.worker(WAYSIDE_SMTP_URL=mail_server.url).deliver()
    [mail] = mail_server.wait_for(1)
    assert mail.recipients == (place.office.email,)
    assert mail.message["Message-ID"] == f"<{delivery_id}@localhost>"
    assert document_in(place.office.read(mail.raw))["answers"]["story"] == STORY
    assert (place.row(delivery_id).state, place.row(delivery_id).packet) == ("sent", None)
    place.worker(WAYSIDE_SMTP_URL=mail_server.url).deliver()
    assert len(mail_server.mails) == 1


@pytest.mark.parametrize("refusal", ["message", "recipient"])
def test_later_means_later_with_the_same_message_id(
    place: Workplace,
    mail_server: MailServer,
    refusal: str,
) -> None:
    delivery_id = place.send()
    refuse = {"message": mail_server.refuse, "recipient": mail_server.refuse_recipient}[refusal]
    refuse("451 later", times=2)
    for attempt in (1, 2):
        place.worker(WAYSIDE_SMTP_URL=mail_server.url).deliver()
        waiting = place.row(delivery_id)
        assert (waiting.state, waiting.problem) == ("due", "smtp_451")
        assert waiting.attempts == attempt
        assert waiting.next_at is not None
        wait = waiting.next_at - datetime.now(UTC)
        assert timedelta(seconds=55) < wait / 2 ** (attempt - 1) < timedelta(seconds=75)
        place.due_now()
    place.worker(WAYSIDE_SMTP_URL=mail_server.url).deliver()
    [mail] = mail_server.wait_for(1)
    assert str(delivery_id) in mail.message["Message-ID"]
    assert place.row(delivery_id).state == "sent"


@pytest.mark.parametrize(
    "change",
    [{"recipient": "eve@example.org"}, {"packet": b"From: a\r\n\r\nhello"}, {"packet": None}],
)
def test_what_somebody_changed_in_the_database_never_leaves(
    place: Workplace, mail_server: MailServer, change: dict[str, object]
) -> None:
    delivery_id = place.send()
    session = place.instance.session
    session.execute(update(Delivery).values(**change))
    session.commit()
    place.worker(WAYSIDE_SMTP_URL=mail_server.url).deliver()
    failed = place.row(delivery_id)
    assert (failed.state, failed.problem) == ("failed", "changed")
    assert mail_server.mails == []


def test_never_means_never_and_stays_visible(place: Workplace, mail_server: MailServer) -> None:
    delivery_id = place.send()
    mail_server.refuse_recipient("550 no such mailbox")
    place.worker(WAYSIDE_SMTP_URL=mail_server.url).deliver()
    failed = place.row(delivery_id)
    assert (failed.state, failed.problem) == ("failed", "smtp_550")
    assert failed.packet is not None
    place.due_now()
    place.worker(WAYSIDE_SMTP_URL=mail_server.url).deliver()
    assert mail_server.mails == []


def test_one_trouble_does_not_hold_up_the_others(place: Workplace, mail_server: MailServer) -> None:
    ids = {place.send() for _ in range(3)}
    mail_server.refuse_recipient("550 no such mailbox")
    place.worker(WAYSIDE_SMTP_URL=mail_server.url).deliver()
    assert sorted(place.row(id).state for id in ids) == ["failed", "sent", "sent"]


def test_without_a_mail_server_it_becomes_a_file_that_nobody_has_received(place: Workplace) -> None:
    delivery_id = place.send()
    place.worker().deliver()
    delivered = place.row(delivery_id)
    assert (delivered.state, delivered.problem) == ("folder", None)
    [file] = place.settings().mail_folder.iterdir()
    assert file.name == f"{delivery_id}.eml"
    assert file.read_bytes() == delivered.packet
    assert STORY.encode() not in file.read_bytes()
    assert document_in(place.office.read(file.read_bytes()))["answers"]["story"] == STORY


def test_in_production_without_a_mail_server_it_waits(
    place: Workplace, mail_server: MailServer
) -> None:
    delivery_id = place.send()
    place.worker(**PRODUCTION).deliver()
    waiting = place.row(delivery_id)
    assert (waiting.state, waiting.attempts) == ("due", 0)
    assert not place.settings().mail_folder.exists()
    place.worker(**PRODUCTION, WAYSIDE_SMTP_URL=mail_server.url).deliver()
    assert place.row(delivery_id).state == "sent"


class Slow:
    """A transport that says when it has begun and waits until it may go on."""

    outcome: Literal["sent"] = "sent"
    codes = frozenset[str]()

    def __init__(self, before_return: Callable[[], None] = lambda: None) -> None:
        self.carried: list[UUID] = []
        self.begun = threading.Event()
        self.go_on = threading.Event()
        self._before_return = before_return

    def send(self, claim: ClaimedDelivery) -> None:
        self.begun.set()
        assert self.go_on.wait(120)
        self.carried.append(claim.id)
        self._before_return()


def carry_by(transport: Slow, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every mail goes by this transport."""
    monkeypatch.setattr(MailChannel, "choose_transport", lambda _channel, _settings: transport)


def test_no_transaction_is_open_while_a_transport_works(
    place: Workplace,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    delivery_id = place.send()
    transport = Slow()
    carry_by(transport, monkeypatch)
    working = threading.Thread(target=place.worker().deliver)
    working.start()
    assert transport.begun.wait(120)
    assert place.row(delivery_id).state == "claimed"
    # Another writer is not held up, on either engine.
    begin_write(place.instance.session)
    place.instance.session.execute(update(Report).values(unverified=False))
    place.instance.session.commit()
    transport.go_on.set()
    working.join(30)
    assert place.row(delivery_id).state == "sent"


def test_who_comes_back_too_late_changes_nothing(
    place: Workplace,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    delivery_id = place.send()
    transport = Slow(before_return=lambda: place.due_now())
    transport.go_on.set()
    first, second = place.worker(), place.worker()
    carry_by(transport, monkeypatch)
    monkeypatch.setattr(first, "_stopping", Once())
    with caplog.at_level(logging.INFO, "wayside.worker"):
        first.deliver()
    assert "outcome=lease_lost" in caplog.text
    assert place.row(delivery_id).state == "claimed"
    transport._before_return = lambda: None
    second.deliver()
    assert place.row(delivery_id).state == "sent"
    # Twice, as it must be, but under one id.
    assert transport.carried == [delivery_id, delivery_id]


class Once:
    """Lets a worker do one round."""

    def __init__(self) -> None:
        self._asked = 0

    def is_set(self) -> bool:
        self._asked += 1
        return self._asked > 1


def test_a_stopping_worker_finishes_what_it_has_and_begins_nothing(
    place: Workplace,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ids = {place.send() for _ in range(2)}
    transport = Slow()
    carry_by(transport, monkeypatch)
    one = place.worker()
    working = threading.Thread(target=one.deliver)
    working.start()
    assert transport.begun.wait(120)
    one.stop()
    transport.go_on.set()
    working.join(30)
    assert sorted(place.row(id).state for id in ids) == ["due", "sent"]


def test_what_is_logged_names_nobody(
    place: Workplace,
    mail_server: MailServer,
    caplog: pytest.LogCaptureFixture,
) -> None:
    delivery_id = place.send()
    mail_server.refuse(f"451 {place.office.email} is busy\tLF")
    with caplog.at_level(logging.DEBUG):
        place.worker(WAYSIDE_SMTP_URL=mail_server.url).deliver()
    # The mail server of the tests tells everything, in a log of its own.
    ours = [record.getMessage() for record in caplog.records if record.name != "mail.log"]
    assert ours == [f"event=delivery delivery={delivery_id} attempt=1 outcome=smtp_451"]


def test_a_key_that_is_not_on_the_list_is_not_logged() -> None:
    with pytest.raises(ValueError, match="recipient"):
        worker_log.log("delivery", recipient="office@example.org")


def test_one_of_many_workers_purges(place: Workplace) -> None:
    session = place.instance.session
    begin_write(session)
    another = uuid4()
    now = datetime.now(UTC)
    assert lease.acquire(session, "purge", another, now, worker.PURGE_LEASE)
    session.add(Draft(id_hash=b"x", sealed=b"", units=1, begun_minute=0, expires_at=now))
    session.commit()
    one = place.worker()
    one.purge()
    session.expire_all()
    assert session.get(Draft, b"x") is not None
    session.execute(update(Lease).values(until=datetime.now(UTC)))
    session.commit()
    one.purge()
    session.expire_all()
    assert session.get(Draft, b"x") is None
    assert session.get_one(Lease, "purge").owner == one.id


def test_the_file_of_an_erased_report_goes_with_it(place: Workplace) -> None:
    Office(PAG_ASA).confirm(place.instance)
    gone, kept = place.send(), place.send(PAG_ASA)
    one = place.worker()
    one.deliver()
    report_id = place.instance.session.scalar(
        select(Referral.report_id).join(Delivery).where(Delivery.id == gone)
    )
    over = update(Report).where(Report.id == report_id)
    yesterday = (datetime.now(UTC) - timedelta(days=1)).date()
    place.instance.session.execute(over.values(status="closed", retention_day=yesterday))
    place.instance.session.commit()
    mark_stores(place.instance.session, list_stores(place.settings()))
    one.purge()
    assert [file.name for file in place.settings().mail_folder.glob("*.eml")] == [f"{kept}.eml"]


def test_all_workers_go_by_the_databases_clock(session: Session, engine: Engine) -> None:
    now = worker.read_clock(session)
    assert now.tzinfo == UTC
    assert abs(now - datetime.now(UTC)) < timedelta(seconds=10)
    if engine.dialect.name == "postgresql":
        told = session.execute(text("SELECT clock_timestamp()")).scalar_one()
        assert abs(told - now) < timedelta(seconds=10)


def test_a_folder_that_cannot_be_written_is_tried_again(place: Workplace) -> None:
    delivery_id = place.send()
    place.settings().mail_folder.parent.mkdir(exist_ok=True)
    place.settings().mail_folder.write_text("a file where the folder should be")
    place.worker().deliver()
    waiting = place.row(delivery_id)
    assert (waiting.state, waiting.problem) == ("due", "folder_write")
