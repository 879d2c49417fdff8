"""Tables as they are: what should, or should not, be there, and what is damaged on purpose."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from reports.db import begin_write
from reports.model import Attachment, Base, Message, Proposal
from tests.support.cast import Instance

Row = TypeVar("Row")


def rows(instance: Instance, table: type[Row]) -> Sequence[Row]:
    """All of a table, as the database has it now."""
    instance.session.expire_all()
    found = instance.session.scalars(select(table)).all()
    instance.session.expunge_all()
    instance.session.rollback()
    return found


def damage(instance: Instance, table: type[Attachment | Message | Proposal]) -> None:
    """The last byte of what the first row keeps sealed is another one from now on."""
    begin_write(instance.session)
    row = instance.session.scalars(select(table)).first()
    assert row is not None
    assert row.sealed is not None
    row.sealed = row.sealed[:-1] + bytes([row.sealed[-1] ^ 1])
    instance.session.commit()


def places_of(session: Session, id: UUID) -> set[str]:
    """Every `table.column` that holds the id, as such or in a text."""
    found = set()
    for table in Base.metadata.sorted_tables:
        for row in session.execute(select(table)).mappings():
            for name, value in row.items():
                whole = value in (id, id.bytes)
                if whole or (isinstance(value, str) and str(id) in value):
                    found.add(f"{table.name}.{name}")
    session.rollback()
    return found
