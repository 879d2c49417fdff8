"""Named leases: one process among many does a piece of work that needs doing once.

The same statement on SQLite and PostgreSQL. `now` must come from one clock for all processes: the
database's where there are several machines.

Small on purpose: one statement, which knows nothing of the work that it is for.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import or_
from sqlalchemy.orm import Session

from reports.db import upsert
from reports.model import Lease


def acquire(session: Session, name: str, owner: UUID, now: datetime, length: timedelta) -> bool:
    """Whether `owner` now has the lease `name`, until `now + length`.

    It is taken when nobody has it, when it has run out, or when it is already the owner's; and when
    it lies further ahead than any lease of that length can: then a clock wrote it that was ahead.
    """
    held = {"owner": owner, "until": now + length}
    free = or_(Lease.until <= now, Lease.until > now + 2 * length, Lease.owner == owner)
    return upsert(session, Lease, {"name": name, **held}, held, free) is not None
