"""Saved views: named filters of the queue, encrypted for the person who saved them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from reports.errors import NotAllowed, SealBroken, TextEmpty, TextTooLong
from reports.model import SavedView
from reports.roster.keyring import Keyring
from reports.vault import derive, unwrap, wrap

NAME_LIMIT: Final = 40
AT_MOST: Final = 12
"""The most views of one person."""
_KIND: Final = "saved view"


@dataclass(frozen=True)
class QueueView:
    """One saved view: its name, and the query parameters of the queue's URL."""

    id: UUID
    name: str
    query: Mapping[str, str]


def save(session: Session, keyring: Keyring, name: str, query: Mapping[str, str]) -> None:
    """Saves filters under a name, replacing an earlier view of the same name.

    Raises `TextEmpty`, `TextTooLong`, or `NotAllowed` beyond `AT_MOST`.
    """
    told = " ".join(name.split())
    if not told:
        raise TextEmpty("a view needs a name")
    if len(told) > NAME_LIMIT:
        raise TextTooLong(NAME_LIMIT, len(told))
    mine = list_own(session, keyring)
    earlier = [view for view in mine if view.name == told]
    if len(mine) - len(earlier) >= AT_MOST:
        raise NotAllowed("too many views")
    for view in earlier:
        remove(session, keyring, view.id)
    id, staff_id = uuid4(), keyring.staff.id
    text = json.dumps({"name": told, "query": dict(query)}).encode()
    sealed = wrap(_key(keyring), text, kind=_KIND, id=id.bytes)
    session.add(SavedView(id=id, staff_id=staff_id, sealed=sealed))
    session.flush()


def list_own(session: Session, keyring: Keyring) -> list[QueueView]:
    """Returns the views of the signed-in person by name, leaving out damaged ones."""
    rows = session.scalars(select(SavedView).where(SavedView.staff_id == keyring.staff.id))
    found = filter(None, (_open(keyring, row) for row in rows))
    return sorted(found, key=lambda view: view.name.casefold())


def remove(session: Session, keyring: Keyring, view_id: UUID) -> None:
    """Deletes a view of the signed-in person; one of somebody else is left alone."""
    row = session.get(SavedView, view_id)
    if row is not None and row.staff_id == keyring.staff.id:
        session.delete(row)


def _open(keyring: Keyring, row: SavedView) -> QueueView | None:
    try:
        told = json.loads(unwrap(_key(keyring), row.sealed, kind=_KIND, id=row.id.bytes))
    except SealBroken:
        return None
    return QueueView(row.id, told["name"], told["query"])


def _key(keyring: Keyring) -> bytes:
    return derive(keyring.private, "saved views")
