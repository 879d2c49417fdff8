"""Named leases: one process among many does a piece of work that needs doing once.

The same statement on SQLite and PostgreSQL. `now` must come from one clock for all processes: the
database's where there are several machines.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import or_
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from reports.model import Lease


def acquire(session: Session, name: str, owner: UUID, now: datetime, length: timedelta) -> bool:
    """Whether `owner` now has the lease `name`, until `now + length`.

    It is taken when nobody has it, when it has run out, or when it is already the owner's.
    """
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    values = insert(Lease).values(name=name, owner=owner, until=now + length)
    statement = values.on_conflict_do_update(
        index_elements=[Lease.name],
        set_={"owner": values.excluded.owner, "until": values.excluded.until},
        where=or_(Lease.until <= now, Lease.owner == owner),
    ).returning(Lease.name)
    return session.execute(statement).first() is not None
