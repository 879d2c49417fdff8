"""Named leases: one of many, and another one when it dies."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import Engine

from reports import lease
from reports.db import begin_write, make_session_factory
from tests.support.cast import NOW

LENGTH = timedelta(minutes=3)
FIRST, SECOND = uuid4(), uuid4()


def take(engine: Engine, owner: UUID, now: datetime = NOW, name: str = "purge") -> bool:
    with make_session_factory(engine)() as session:
        begin_write(session)
        taken = lease.acquire(session, name, owner, now, LENGTH)
        session.commit()
    return taken


def test_the_first_takes_it_and_the_second_does_not(engine: Engine) -> None:
    assert take(engine, FIRST)
    assert not take(engine, SECOND)


def test_the_owner_keeps_it(engine: Engine) -> None:
    assert take(engine, FIRST)
    assert take(engine, FIRST, NOW + LENGTH / 2)
    assert not take(engine, SECOND, NOW + LENGTH)
    assert take(engine, SECOND, NOW + LENGTH * 1.5)


def test_it_passes_on_when_the_owner_dies(engine: Engine) -> None:
    assert take(engine, FIRST)
    assert not take(engine, SECOND, NOW + LENGTH - timedelta(microseconds=1))
    assert take(engine, SECOND, NOW + LENGTH)
    assert not take(engine, FIRST, NOW + LENGTH)


def test_each_name_is_a_lease_of_its_own(engine: Engine) -> None:
    assert take(engine, FIRST)
    assert take(engine, SECOND, name="remind")


def test_a_lease_that_a_clock_ahead_wrote_is_free_once_the_clock_is_right(engine: Engine) -> None:
    assert take(engine, FIRST, NOW + timedelta(days=365))
    assert take(engine, SECOND)
