"""Whether anything leaves: the turns of the worker's jobs, and what has waited too long.

A delivery that one recipient's server refuses for days is no standstill while others leave: what
counts is the oldest one of those that came into the outbox after the newest that has left.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Literal

from sqlalchemy import func, literal, select, text
from sqlalchemy.orm import Session

from reports.db import upsert
from reports.model import Delivery, Instant, WorkerTurn
from reports.model.delivery import LEFT, WAITING

STILL_AFTER: Final = timedelta(minutes=20)
"""How long nothing may leave before it is said (docs/security-parameters.md#SP-3.11)."""

LONG_AGO: Final = datetime(1970, 1, 1, tzinfo=UTC)
"""Before any delivery."""

Cause = Literal["worker", "outbox"]
"""What stands still: no worker finishes a turn, or one does and nothing leaves."""


@dataclass(frozen=True)
class Standstill:
    """Nothing leaves, since a moment that is None where no worker has ever run."""

    cause: Cause
    since: datetime | None


def record_turn(session: Session, job: str, now: datetime) -> None:
    """Record that a worker has finished a turn of `job`: the minute of `now`.

    Of many workers one writes in each minute; for the others the row stays as it is. `job` is one
    of `WORKER_JOBS`.
    """
    minute = now.replace(second=0, microsecond=0)
    told = {"finished_at": minute}
    # Not "later than": a clock that was ahead and is put right must not silence the record.
    changed = WorkerTurn.finished_at != minute
    upsert(session, WorkerTurn, {"job": job, **told}, told, changed)


def find_standstill(session: Session, now: datetime, watched_from: datetime) -> Standstill | None:
    """Returns what stands still at `now`, or None while all is well.

    It takes one statement, which reads three entries of indexes. A worker that has never finished
    a turn is missed from `watched_from` on.
    """
    turn, oldest = _read_signs(session)
    if now - (turn or watched_from) > STILL_AFTER:
        known = [moment for moment in (turn, oldest) if moment is not None]
        return Standstill("worker", min(known, default=None))
    if oldest is not None and now - oldest > STILL_AFTER:
        return Standstill("outbox", oldest)
    return None


def _read_signs(session: Session) -> tuple[datetime | None, datetime | None]:
    """The last turn of delivering, and since when the oldest has waited that nothing overtook."""
    # The conditions are those of the indexes, word for word: with a parameter in its place SQLite
    # could not tell that an index holds every row that is asked for.
    left = select(func.max(Delivery.since)).where(text(LEFT)).scalar_subquery()
    newest_left = func.coalesce(left, literal(LONG_AGO, Instant()))
    oldest = (
        select(func.min(Delivery.since))
        .where(text(WAITING), Delivery.since > newest_left)
        .scalar_subquery()
    )
    turn = select(WorkerTurn.finished_at).where(WorkerTurn.job == "deliver").scalar_subquery()
    found = session.execute(select(turn, oldest)).one()
    return found[0], found[1]
