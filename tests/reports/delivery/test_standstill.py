"""Whether anything leaves: what is said, and what is no standstill."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine, event, func, select, update
from sqlalchemy.exc import OperationalError

from reports import lease
from reports.db import begin_write
from reports.delivery import outbox
from reports.delivery.standstill import STILL_AFTER, Standstill, find_standstill, record_turn
from reports.model import Delivery, Lease, WorkerTurn
from reports.model.delivery import WORKER_JOBS
from reports.stores import list_stores, mark_stores
from reports.worker import PURGE_LEASE
from tests.support.cast import NOW, Instance
from tests.support.mail import MailServer
from tests.support.walk import until_settled
from tests.support.working import Process, Workplace

MINUTE = timedelta(minutes=1)
JUST_LONG = STILL_AFTER + MINUTE
PRODUCTION = {"WAYSIDE_ENV": "production", "WAYSIDE_MAIL_FROM": "desk@wayside.example"}


@pytest.fixture
def place(instance: Instance, engine: Engine, tmp_path: Path) -> Workplace:
    made = Workplace.at(instance, engine, tmp_path / "var")
    mark_stores(instance.session, list_stores(made.settings()))
    return made


def turns(place: Workplace) -> dict[str, datetime]:
    session = place.instance.session
    session.rollback()
    rows = session.scalars(select(WorkerTurn)).all()
    told = {row.job: row.finished_at for row in rows}
    session.expunge_all()
    session.rollback()
    return told


def finish(place: Workplace, now: datetime, job: str = "deliver") -> None:
    """A worker finishes a turn."""
    begin_write(place.instance.session)
    record_turn(place.instance.session, job, now)
    place.instance.session.commit()


def found(place: Workplace, now: datetime, watched_from: datetime = NOW) -> Standstill | None:
    session = place.instance.session
    session.rollback()
    told = find_standstill(session, now, watched_from)
    session.rollback()
    return told


def put(place: Workplace, since: datetime, state: str, attempts: int = 0) -> UUID:
    """A delivery that came into the outbox at a moment, and is in a state."""
    made = place.send()
    change = {"since": since, "state": state, "attempts": attempts}
    place.instance.session.execute(update(Delivery).where(Delivery.id == made).values(**change))
    place.instance.session.commit()
    return made


# --- what stands still ---------------------------------------------------------------------------


def test_nothing_is_due_and_the_worker_is_well(place: Workplace) -> None:
    finish(place, NOW)
    assert found(place, NOW + STILL_AFTER) is None


def test_a_worker_that_ended_is_missed_from_its_last_turn_on(place: Workplace) -> None:
    finish(place, NOW)
    assert found(place, NOW + JUST_LONG) == Standstill("worker", NOW)


def test_a_worker_that_does_other_things_and_does_not_deliver_is_missed(place: Workplace) -> None:
    finish(place, NOW)
    for job in WORKER_JOBS[1:]:
        finish(place, NOW + JUST_LONG, job)
    assert found(place, NOW + JUST_LONG) == Standstill("worker", NOW)


def test_a_worker_that_never_ran_is_missed_from_when_somebody_looked(place: Workplace) -> None:
    assert found(place, NOW + STILL_AFTER) is None
    assert found(place, NOW + JUST_LONG) == Standstill("worker", None)
    put(place, NOW + MINUTE, "due")
    assert found(place, NOW + JUST_LONG) == Standstill("worker", NOW + MINUTE)


@pytest.mark.parametrize("state", ["due", "claimed"])
def test_what_waits_too_long_while_the_worker_is_well_is_a_standstill(
    place: Workplace, state: str
) -> None:
    put(place, NOW, state, attempts=5)
    put(place, NOW + MINUTE, state)
    finish(place, NOW + JUST_LONG)
    assert found(place, NOW + STILL_AFTER) is None
    assert found(place, NOW + JUST_LONG) == Standstill("outbox", NOW)


@pytest.mark.parametrize("state", ["sent", "delivered", "folder"])
def test_one_that_is_refused_for_days_is_none_while_others_leave(
    place: Workplace, state: str
) -> None:
    put(place, NOW - timedelta(days=2), "due", attempts=20)
    put(place, NOW, state, attempts=1)
    finish(place, NOW + JUST_LONG)
    assert found(place, NOW + JUST_LONG) is None
    put(place, NOW + MINUTE, "due", attempts=3)
    finish(place, NOW + MINUTE + JUST_LONG)
    assert found(place, NOW + MINUTE + JUST_LONG) == Standstill("outbox", NOW + MINUTE)


def test_what_never_was_in_a_workers_hands_says_nothing_of_the_outbox(place: Workplace) -> None:
    put(place, NOW, "due", attempts=5)
    put(place, NOW + MINUTE, "delivered")
    put(place, NOW + MINUTE, "to_do")
    finish(place, NOW + JUST_LONG)
    assert found(place, NOW + JUST_LONG) == Standstill("outbox", NOW)


def test_it_takes_one_statement_that_reads_indexes_alone(place: Workplace, engine: Engine) -> None:
    put(place, NOW, "due")
    put(place, NOW, "sent", attempts=1)
    said: list[tuple[str, object]] = []

    def hear(_connection: object, _cursor: object, words: str, values: object, *_: object) -> None:
        if "FROM" in words:
            said.append((words, values))

    event.listen(engine, "before_cursor_execute", hear)
    found(place, NOW)
    event.remove(engine, "before_cursor_execute", hear)
    [(words, values)] = said
    if engine.dialect.name == "sqlite":
        # On SQLite alone: a planner that goes by the table's size says nothing about a small one.
        with engine.connect() as connection:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {words}", values).fetchall()
        steps = [str(row[-1]) for row in plan]
        assert [step for step in steps if "SCAN" in step] == ["SCAN CONSTANT ROW"]
        assert "SEARCH delivery USING INDEX ix_delivery_waiting (since>?)" in steps
        assert "SEARCH delivery USING INDEX ix_delivery_left" in steps


# --- the turns on record -------------------------------------------------------------------------


def test_every_job_records_its_turn_to_the_minute(place: Workplace) -> None:
    before = datetime.now(UTC) - MINUTE
    one = place.worker()
    for job in WORKER_JOBS:
        getattr(one, job)()
    told = turns(place)
    assert set(told) == set(WORKER_JOBS)
    for moment in told.values():
        assert before < moment <= datetime.now(UTC)
        assert (moment.second, moment.microsecond) == (0, 0)


def test_a_turn_is_written_down_once_a_minute(place: Workplace, engine: Engine) -> None:
    said: list[str] = []

    def hear(_connection: object, _cursor: object, words: str, *_: object) -> None:
        if words.startswith("INSERT INTO worker_turn"):
            said.append(words)

    event.listen(engine, "before_cursor_execute", hear)
    one = place.worker()
    for _ in range(5):
        one.deliver()
    event.remove(engine, "before_cursor_execute", hear)
    assert len(said) == 1


def test_of_two_workers_one_writes_in_a_minute(place: Workplace) -> None:
    session = place.instance.session
    finish(place, NOW)
    for seconds, written in ((1, False), (59, False), (60, True), (61, False)):
        begin_write(session)
        record_turn(session, "deliver", NOW + timedelta(seconds=seconds))
        session.commit()
        assert (turns(place)["deliver"] == NOW + MINUTE) is (written or seconds > 60)
    first, second = place.worker(), place.worker()
    first.deliver()
    second.deliver()
    assert place.instance.session.scalar(select(func.count()).select_from(WorkerTurn)) == 1


def test_a_clock_that_is_put_right_does_not_silence_the_record(place: Workplace) -> None:
    finish(place, NOW + timedelta(days=365))
    finish(place, NOW)
    assert turns(place) == {"deliver": NOW}


def test_each_one_carried_is_a_turn(
    place: Workplace, mail_server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A hundred mails to a slow server take longer than `STILL_AFTER`, and leave."""
    for _ in range(2):
        place.send()
    one = place.worker(WAYSIDE_SMTP_URL=mail_server.url)
    seen: list[bool] = []
    carry = one._carry

    def look(*arguments: object) -> None:
        seen.append("deliver" in turns(place))
        carry(*arguments)  # type: ignore[arg-type]  # handed on as they came

    monkeypatch.setattr(one, "_carry", look)
    one.deliver()
    assert seen == [False, True]


def test_a_turn_that_failed_is_none(place: Workplace, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OperationalError("claim", {}, Exception())

    monkeypatch.setattr(outbox, "claim", refuse)
    with pytest.raises(OperationalError):
        place.worker().deliver()
    assert turns(place) == {}


@pytest.mark.parametrize("job", ["purge", "chase"])
def test_a_worker_that_finds_another_at_it_has_done_no_turn(place: Workplace, job: str) -> None:
    session = place.instance.session
    begin_write(session)
    assert lease.acquire(session, job, uuid4(), datetime.now(UTC), PURGE_LEASE)
    session.commit()
    getattr(place.worker(), job)()
    assert turns(place) == {}
    session.execute(update(Lease).values(until=datetime.now(UTC)))
    session.commit()
    getattr(place.worker(), job)()
    assert set(turns(place)) == {job}


# --- as it happens -------------------------------------------------------------------------------


def test_a_server_that_refuses_everything_is_a_standstill_and_ends_with_the_first_that_leaves(
    place: Workplace, mail_server: MailServer
) -> None:
    first = place.send()
    mail_server.refuse("451 later", times=3)
    for _ in range(3):
        place.worker(WAYSIDE_SMTP_URL=mail_server.url).deliver()
        place.due_now()
    since = place.row(first).since
    finish(place, since + JUST_LONG)
    assert found(place, since + JUST_LONG) == Standstill("outbox", since)
    place.worker(WAYSIDE_SMTP_URL=mail_server.url).deliver()
    finish(place, since + JUST_LONG)
    assert found(place, since + JUST_LONG) is None


def test_production_without_a_mail_server_is_a_standstill(place: Workplace) -> None:
    since = place.row(place.send()).since
    place.worker(**PRODUCTION).deliver()
    finish(place, since + JUST_LONG)
    assert found(place, since + JUST_LONG) == Standstill("outbox", since)


@pytest.fixture
def start(tmp_path: Path, database_url: str) -> Iterator[Callable[..., Process]]:
    started: list[Process] = []

    def make(**more: str) -> Process:
        place = {
            "WAYSIDE_DATA_DIR": str(tmp_path / "var"),
            "WAYSIDE_DATABASE_URL": database_url,
        }
        started.append(Process({**place, **more}, tmp_path / f"worker{len(started)}.log"))
        return started[-1]

    yield make
    for process in started:
        process.end(signal.SIGKILL)


def test_a_killed_worker_is_missed_and_another_ends_it(
    place: Workplace, start: Callable[..., Process]
) -> None:
    process = start()
    for _ in until_settled("no turn on record"):
        if {"deliver", "purge"} <= set(turns(place)):
            break
    assert process.end(signal.SIGKILL) == -signal.SIGKILL
    last = turns(place)["deliver"]
    later = last + JUST_LONG
    assert found(place, later) == Standstill("worker", last)
    finish(place, later)
    assert found(place, later) is None
