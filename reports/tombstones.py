"""What must go from the stores outside the database, and has not gone yet.

Nothing is erased because no row knows it: a listing of a store is only as right as the database
beside it, and that may be another one, or of yesterday. So whoever erases the row that objects
belong to writes a tombstone in the same transaction, and the worker erases what tombstones name.
What is gone already is done; what fails comes round again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from reports.model import Tombstone

FILES: Final = "files"
MAIL: Final = "mail"
AT_ONCE: Final = 50
"""Tombstones worked through between two transactions."""


def write(session: Session, place: str, row_ids: Iterable[UUID]) -> None:
    """Writes that the objects of these rows must go from `place`.

    What a row that is there needs stays, so this is right also where it is not known whether the
    row took an object or not.
    """
    session.add_all([Tombstone(id=uuid4(), place=place, row_id=row_id) for row_id in row_ids])
    session.flush()


def list_next(session: Session, place: str, after: UUID | None) -> list[Tombstone]:
    """Returns at most `AT_ONCE` tombstones of `place`, in the order of their ids, after `after`."""
    query = select(Tombstone).where(Tombstone.place == place)
    if after is not None:
        query = query.where(Tombstone.id > after)
    return list(session.scalars(query.order_by(Tombstone.id).limit(AT_ONCE)))


def list_rows(session: Session, place: str) -> set[UUID]:
    """Returns the rows whose objects must go from `place` and may still be there."""
    return set(session.scalars(select(Tombstone.row_id).where(Tombstone.place == place)))


def remove(session: Session, done: Collection[Tombstone]) -> None:
    """Removes the tombstones of what has gone; one that another worker removed is no failure."""
    session.execute(delete(Tombstone).where(Tombstone.id.in_([each.id for each in done])))


def choose_doomed(beginning: str, found: Iterable[str], needed: Collection[str]) -> set[str]:
    """Returns which objects that are `found` go with the row whose objects begin so.

    `needed` are names of objects, and beginnings of all names of a row, that rows need which are
    there: those stay.
    """
    if beginning in needed:
        return set()
    return {name for name in found if name.startswith(beginning)}.difference(needed)
