"""Erasing what is left over in the store: objects of files that are not there any more.

A row stands before its first object does, and is erased before them: so an object whose row is gone
can never be needed again, whatever was killed in between.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from reports.attachments.uploads import Upload
from reports.blobs import Store
from reports.model import Attachment

_AT_ONCE = 500


def find_orphans(session: Session, names: set[str]) -> set[str]:
    """Those of `names` that no row needs. List the names first, then ask."""
    by_row: dict[UUID | None, set[str]] = {}
    for name in names:
        by_row.setdefault(_row_of(name), set()).add(name)
    gone = by_row.pop(None, set())
    ids = [id for id in by_row if id is not None]
    for start in range(0, len(ids), _AT_ONCE):
        asked = ids[start : start + _AT_ONCE]
        query = select(Attachment.id, Attachment.blob, Attachment.original_blob)
        known = {row.id: row for row in session.execute(query.where(Attachment.id.in_(asked)))}
        for id in asked:
            row = known.get(id)
            if row is None:
                gone |= by_row[id]
            elif row.blob is not None:
                gone |= by_row[id] - {row.blob, row.original_blob or ""}
    return gone


def forget_parts(store: Store, pending: Upload) -> None:
    """Erase the parts of a file that is whole now."""
    store.delete([name for name, _length in pending.details.parts])


def _row_of(name: str) -> UUID | None:
    try:
        return UUID(hex=name.partition(".")[0])
    except ValueError:
        return None
