"""Rate limits on guessing that store no address: counted per target, not per client.

A locator or a staff name is stored as a keyed hash, whether it exists or not, so that a limit
reveals nothing about existence. `attempt` counts before the slow work and uncounts on success.
Locators stand in the clear beside reports, so a count tells who knows the keys when somebody tried
a mailbox: the minute goes with a right guess, and with the next turn of purging.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime, timedelta

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from reports.db import upsert
from reports.errors import Busy, TooManyGuesses
from reports.model import Guess
from reports.vault import Vault

A_MINUTE = 5
A_DAY = 20
"""Attempts per locator, and the same for a staff name (docs/security-parameters.md#SP-2.5)."""

Transaction = Callable[[], AbstractContextManager[Session]]
"""Opens a transaction, which is committed at the end of the block."""


@contextmanager
def attempt(
    transaction: Transaction, vault: Vault, what: str, value: str, now: datetime
) -> Iterator[Transaction]:
    """Counts one guess at `value`, and lets the slow work run outside any transaction.

    Yields the transaction in which to finish when the guess was right: it uncounts the guess
    together with what is done there. Any failure stays counted, except `Busy`, where nothing was
    tried. Raises `TooManyGuesses` before anything is tried.
    """

    @contextmanager
    def succeed() -> Iterator[Session]:
        with transaction() as session:
            yield session
            give_back(session, vault, what, value)

    with transaction() as session:
        count(session, vault, what, value, now)
    try:
        yield succeed
    except Busy:
        with transaction() as session:
            give_back(session, vault, what, value)
        raise


def count(session: Session, vault: Vault, what: str, value: str, now: datetime) -> None:
    """Counts one guess at `value`. Raises `TooManyGuesses` over a limit."""
    key = vault.compute_mac(f"guess {what}", value.encode())
    minute = _count_minutes(now)
    fresh = {"key": key, "minute": minute, "in_minute": 0, "day": now.date(), "in_day": 0}
    row = None
    while row is None:  # one that was there a moment ago was given back
        # Of two concurrent first guesses the second waits here, and is counted after the first.
        upsert(session, Guess, fresh)
        row = session.get(Guess, key, with_for_update=True)
    if row.minute != minute:
        row.minute, row.in_minute = minute, 0
    if row.day != now.date():
        row.day, row.in_day = now.date(), 0
    if row.in_minute >= A_MINUTE or row.in_day >= A_DAY:
        raise TooManyGuesses(what)
    row.in_minute += 1
    row.in_day += 1


def give_back(session: Session, vault: Vault, what: str, value: str) -> None:
    """Uncounts one guess, because it was right: when it was made stands nowhere afterwards."""
    row = session.get(
        Guess, vault.compute_mac(f"guess {what}", value.encode()), with_for_update=True
    )
    if row is None:
        return
    if row.in_day <= 1:
        session.delete(row)
        return
    row.in_minute = max(0, row.in_minute - 1)
    row.in_day -= 1
    if not row.in_minute:
        row.minute = 0


def purge(session: Session, now: datetime) -> None:
    """Deletes counts from before yesterday, and forgets each minute that is over."""
    session.execute(delete(Guess).where(Guess.day < now.date() - timedelta(days=1)))
    over = update(Guess).where(Guess.minute.not_in((0, _count_minutes(now))))
    session.execute(over.values(minute=0, in_minute=0))


def _count_minutes(now: datetime) -> int:
    return int(now.timestamp()) // 60
