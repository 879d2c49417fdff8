"""The objects of a file in the store: their names, and how they go with their row.

A name begins with the id of the file's row, which stands before the first object does. The parts of
a file that comes in are named under its form's key alone, so what must go with a row is said by the
beginning that all its names have.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Session

from reports import tombstones
from reports.model import Attachment
from reports.tombstones import FILES


def make_object_name(id: UUID) -> str:
    """Returns a new name for an object of this file."""
    return f"{make_beginning(id)}{secrets.token_hex(8)}"


def make_beginning(id: UUID) -> str:
    """Returns what the names of all objects of this file begin with, half-written ones too."""
    return f"{id.hex}."


def erase_rows(session: Session, *which: ColumnElement[bool]) -> int:
    """Erases the rows of files that `which` chooses; how many. All their objects go after them."""
    erased = delete(Attachment).where(*which).returning(Attachment.id)
    ids = session.scalars(erased).all()
    tombstones.write(session, FILES, ids)
    return len(ids)


def erase_others(session: Session, id: UUID) -> None:
    """Says that what a file does not need goes: parts, copies that another try left, or all of it
    where its row has gone meanwhile. What still comes in stays."""
    tombstones.write(session, FILES, [id])


def find_needed(session: Session, ids: Iterable[UUID]) -> set[str]:
    """Returns what those of these rows need that are there.

    Of a file that is whole its one or two objects; of one that comes in everything, by the
    beginning of its names.
    """
    query = select(Attachment.id, Attachment.blob, Attachment.original_blob)
    needed: set[str] = set()
    for row in session.execute(query.where(Attachment.id.in_(list(ids)))):
        names = (row.blob, row.original_blob) if row.blob else (make_beginning(row.id),)
        needed.update(name for name in names if name)
    return needed
