"""Guesses are counted one after the other and given back when they were right, on both engines."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from reports import guess_limit
from reports.db import begin_write, make_session_factory
from reports.errors import Busy, CodeRefused, TooManyGuesses
from reports.guess_limit import Transaction
from reports.model import Guess
from reports.vault import Vault
from tests.support.cast import NOW


@pytest.fixture
def transaction(session: Session) -> Transaction:
    """As the web side opens them: committed at the end, or nothing of it."""

    @contextmanager
    def opened() -> Iterator[Session]:
        begin_write(session)
        try:
            yield session
            session.commit()
        except BaseException:
            session.rollback()
            raise

    return opened


def counted(session: Session) -> int:
    session.rollback()
    session.expire_all()
    return sum(session.scalars(select(Guess.in_minute)))


def test_first_guesses_at_the_same_moment_are_all_counted(engine: Engine, vault: Vault) -> None:
    start = threading.Barrier(8)
    told: list[str] = []

    def guess() -> None:
        with make_session_factory(engine)() as session:
            start.wait()
            begin_write(session)
            try:
                guess_limit.count(session, vault, "code", "1234567", NOW)
                session.commit()
            except TooManyGuesses:
                told.append("refused")
            else:
                told.append("counted")

    visitors = [threading.Thread(target=guess) for _ in range(8)]
    for visitor in visitors:
        visitor.start()
    for visitor in visitors:
        visitor.join()
    assert sorted(told) == ["counted"] * guess_limit.A_MINUTE + ["refused"] * 3


def test_a_right_guess_is_given_back_with_what_it_opened(
    session: Session, vault: Vault, transaction: Transaction
) -> None:
    for _ in range(guess_limit.A_MINUTE + 1):
        with guess_limit.attempt(transaction, vault, "code", "1234567", NOW) as succeed:
            assert counted(session) == 1
            with succeed() as opened:
                assert opened is session
    assert counted(session) == 0


def test_a_wrong_guess_stays_counted(
    session: Session, vault: Vault, transaction: Transaction
) -> None:
    for _ in range(guess_limit.A_MINUTE):
        with (
            pytest.raises(CodeRefused),
            guess_limit.attempt(transaction, vault, "code", "1234567", NOW) as succeed,
            succeed(),
        ):
            raise CodeRefused("no mailbox opens with this code")
    with pytest.raises(TooManyGuesses):
        guess_limit.attempt(transaction, vault, "code", "1234567", NOW).__enter__()
    assert counted(session) == guess_limit.A_MINUTE


def test_a_guess_that_nobody_had_time_for_is_given_back(
    session: Session, vault: Vault, transaction: Transaction
) -> None:
    with (
        pytest.raises(Busy),
        guess_limit.attempt(transaction, vault, "code", "1234567", NOW),
    ):
        raise Busy("every slot is taken")
    assert counted(session) == 0


def test_the_slow_work_runs_outside_any_transaction(
    session: Session, vault: Vault, transaction: Transaction
) -> None:
    with guess_limit.attempt(transaction, vault, "code", "1234567", NOW):
        assert not session.in_transaction()


def test_no_minute_of_a_visit_stays(
    session: Session, vault: Vault, transaction: Transaction
) -> None:
    """Locators stand in the clear beside reports: who has the keys could join the two."""
    with (
        guess_limit.attempt(transaction, vault, "code", "1234567", NOW) as succeed,
        succeed(),
    ):
        pass
    assert session.scalars(select(Guess)).all() == []
    with transaction() as opened:
        guess_limit.count(opened, vault, "code", "1234567", NOW)
        guess_limit.purge(opened, NOW + timedelta(seconds=59 - NOW.second))
    assert session.scalars(select(Guess.minute)).one() != 0
    with transaction() as opened:
        guess_limit.purge(opened, NOW + timedelta(minutes=1))
    session.expire_all()
    row = session.scalars(select(Guess)).one()
    assert (row.minute, row.in_minute, row.in_day) == (0, 0, 1)


def test_a_right_guess_after_a_wrong_one_leaves_the_day_alone(
    session: Session, vault: Vault, transaction: Transaction
) -> None:
    with transaction() as opened:
        guess_limit.count(opened, vault, "code", "1234567", NOW)
        guess_limit.purge(opened, NOW + timedelta(minutes=1))
    later = NOW + timedelta(minutes=5)
    with guess_limit.attempt(transaction, vault, "code", "1234567", later) as succeed, succeed():
        pass
    session.expire_all()
    row = session.scalars(select(Guess)).one()
    assert (row.minute, row.in_minute, row.in_day) == (0, 0, 1)
