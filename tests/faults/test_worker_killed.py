"""Kill -9 of the worker while it hands mail to a real server; and every trouble a server can make.

At-least-once: each delivery arrives under its one Message-ID, none is lost, and what the database
says of each is true.
"""

from __future__ import annotations

import random
import signal
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import Engine

from reports import custody
from reports.stores import list_stores, mark_stores
from tests.support.cast import Instance
from tests.support.length import LONG, at_length
from tests.support.mail import MailServer
from tests.support.office import document_in
from tests.support.site import START
from tests.support.working import Process, Workplace

SEED = 20_270_311
DELIVERIES = 60 if LONG else 12
KILLS = 8 if LONG else 1

Start = Callable[[str], Process]


@pytest.fixture
def place(instance: Instance, engine: Engine, tmp_path: Path) -> Workplace:
    made = Workplace.at(instance, engine, tmp_path / "var")
    mark_stores(instance.session, list_stores(made.settings()))
    return made


@pytest.fixture
def start(place: Workplace, tmp_path: Path) -> Iterator[Start]:
    """Start a worker that delivers to this address."""
    started: list[Process] = []

    def make(smtp_url: str) -> Process:
        environ = {**place.environ, "WAYSIDE_SMTP_URL": smtp_url}
        started.append(Process(environ, tmp_path / f"worker{len(started)}.log"))
        return started[-1]

    yield make
    for process in started:
        process.end(signal.SIGKILL)


def test_no_delivery_is_lost_to_kill_9_of_the_worker(
    place: Workplace, mail_server: MailServer, start: Start
) -> None:
    chance = random.Random(SEED)
    ids = [place.send() for _ in range(DELIVERIES)]
    for number in range(KILLS):
        process = start(mail_server.url)
        goal = DELIVERIES * (number + 1) // (KILLS + 1)
        mail_server.wait_for(goal)
        time.sleep(chance.uniform(0, 0.03))
        process.end(signal.SIGKILL)
        each_claims_at_most_what_it_did(place, ids)
        place.due_now()
    finish(place, start(mail_server.url), ids, sent=ids)
    arrived_once_or_more(place, mail_server, ids)


@at_length
def test_a_server_that_refuses_breaks_off_and_is_away_loses_nothing(
    place: Workplace, start: Start
) -> None:
    away = MailServer()
    away.stop()
    ids = [place.send() for _ in range(6)]
    process = start(away.url)
    process.wait_for("outcome=smtp_connection")
    process.end(signal.SIGKILL)
    place.due_now()
    server = MailServer()
    try:
        server.refuse("451 later")
        server.drop(times=2)
        server.refuse("452 full")
        server.refuse("554 not this one")
        process = start(server.url)
        process.wait_for("outcome=smtp_554")
        [refused] = [id for id in ids if place.row(id).state == "failed"]
        assert place.row(refused).problem == "smtp_554"
        assert place.row(refused).packet, "a mail that nobody took is still here"
        finish(place, process, ids, sent=[id for id in ids if id != refused])
        arrived_once_or_more(place, server, [id for id in ids if id != refused])
    finally:
        server.stop()


def each_claims_at_most_what_it_did(place: Workplace, ids: list[UUID]) -> None:
    """After a kill a delivery waits, was sent, or is held by a dead worker until its lease ends."""
    rows = [place.row(id) for id in ids]
    assert {row.state for row in rows} <= {"due", "claimed", "sent"}
    assert sum(row.state == "claimed" for row in rows) <= 1
    assert all((row.packet is None) == (row.state == "sent") for row in rows)
    assert custody.verify(place.instance.session, place.instance.vault)
    place.instance.session.rollback()


def finish(place: Workplace, process: Process, ids: list[UUID], *, sent: list[UUID]) -> None:
    """Let the worker go on, as if no wait were long, until the deliveries `sent` are sent."""
    # What was killed may have sent everything; then nothing else waits until this one has begun.
    process.wait_for("event=started")
    until = time.monotonic() + START
    while any(place.row(id).state != "sent" for id in sent):
        assert time.monotonic() < until, process.log
        place.due_now()
        time.sleep(0.5)
    assert process.end() == 0
    assert "event=failed" not in process.log
    each_claims_its_place(place, ids, sent)


def each_claims_its_place(place: Workplace, ids: list[UUID], sent: list[UUID]) -> None:
    for id in ids:
        row = place.row(id)
        assert row.state == ("sent" if id in sent else "failed")
        assert (row.owner, row.lease_until, row.next_at) == (None, None, None)
    assert custody.verify(place.instance.session, place.instance.vault)
    place.instance.session.rollback()


def arrived_once_or_more(place: Workplace, server: MailServer, ids: list[UUID]) -> None:
    """Every delivery in at least one mail; mails with one Message-ID are the same bytes."""
    mails = defaultdict(set)
    for mail in server.mails:
        mails[mail.message["Message-ID"]].add(mail.raw)
    assert all(len(copies) == 1 for copies in mails.values())
    told = [document_in(place.office.read(raw)) for copies in mails.values() for raw in copies]
    assert sorted(document["delivery"] for document in told) == sorted(map(str, ids))
