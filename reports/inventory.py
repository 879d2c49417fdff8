"""What lies in the stores outside the database, held against the rows: known, unknown, missing.

Nothing here erases. What no row knows is told, and a person decides (`files-check`); what rows miss
is loss. The rows are read before and after the listing, and what came or went meanwhile is neither.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from reports import tombstones
from reports.attachments import objects
from reports.blobs import Store
from reports.db import end_reading
from reports.delivery.transports import folder
from reports.model import Attachment, Delivery
from reports.tombstones import FILES, MAIL

OLD: Final = timedelta(hours=24)
"""From this age on an unknown object may be erased: longer than any form or backup takes."""
LARGEST_SHARE: Final = 10
"""More than one in so many is no leftover: then it is rather the database that is the wrong one."""
_FILE_NAME: Final = re.compile(r"[0-9a-f]{32}\.[0-9a-f]{16}(\.half)?")
_MAIL_NAME: Final = re.compile(
    r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.(eml|[0-9a-f]{32}\.new)"
)


@dataclass(frozen=True)
class Owners:
    """What rows say of one place: `needed` objects with their rows, and `beginnings` of names.

    An object whose name has such a beginning is known: its row is there, or a tombstone dooms it.
    """

    needed: Mapping[str, UUID]
    beginnings: frozenset[str]

    def has(self, name: str) -> bool:
        """Whether a row or a tombstone knows this object."""
        return name in self.needed or f"{name.partition('.')[0]}." in self.beginnings


@dataclass(frozen=True)
class Inventory:
    """What was found in one place. `unknown` tells when each came, `missing` the rows without.

    Those of `ours` bear a name that this software gives; the others of `unknown` are somebody's.
    """

    known: int
    unknown: Mapping[str, datetime]
    ours: frozenset[str]
    missing: frozenset[UUID]

    def list_old(self, now: datetime) -> set[str]:
        """Returns the unknown objects with a name of ours that are older than `OLD`."""
        return {name for name in self.ours if self.unknown[name] <= now - OLD}

    def is_too_much(self, names: set[str]) -> bool:
        """Whether these are more than one in `LARGEST_SHARE` of all objects."""
        return len(names) * LARGEST_SHARE > self.known + len(self.unknown)


def check_files(session: Session, store: Store) -> Inventory:
    """Returns what the store of files holds. Ends a transaction that only reads.

    Raises `StoreFailed`.
    """
    return _compare(session, store, _read_file_owners, _FILE_NAME)


def check_mails(session: Session, mails: Store) -> Inventory:
    """Returns what the folder of mails holds, as `check_files` does.

    A file that lacks is loss only where its row has the mail no more: else it can be written anew.
    """
    return _compare(session, mails, _read_mail_owners, _MAIL_NAME)


def _compare(
    session: Session,
    store: Store,
    read_owners: Callable[[Session], Owners],
    name_of_ours: re.Pattern[str],
) -> Inventory:
    before = read_owners(session)
    end_reading(session)
    found = store.read_times()
    after = read_owners(session)
    end_reading(session)
    unknown = {name: at for name, at in found.items() if not (before.has(name) or after.has(name))}
    missing = {
        id
        for name, id in before.needed.items()
        if name not in found and after.needed.get(name) == id
    }
    return Inventory(
        known=len(found) - len(unknown),
        unknown=unknown,
        ours=frozenset(filter(name_of_ours.fullmatch, unknown)),
        missing=frozenset(missing),
    )


def _read_file_owners(session: Session) -> Owners:
    needed: dict[str, UUID] = {}
    beginnings = set(map(objects.make_beginning, tombstones.list_rows(session, FILES)))
    query = select(Attachment.id, Attachment.blob, Attachment.original_blob)
    for row in session.execute(query):
        needed.update({name: row.id for name in (row.blob, row.original_blob) if name})
        if not row.blob:
            beginnings.add(objects.make_beginning(row.id))
    return Owners(needed, frozenset(beginnings))


def _read_mail_owners(session: Session) -> Owners:
    ids = {*session.scalars(select(Delivery.id)), *tombstones.list_rows(session, MAIL)}
    nowhere_else = select(Delivery.id).where(Delivery.state == "folder", Delivery.packet.is_(None))
    needed = {folder.make_name(id): id for id in session.scalars(nowhere_else)}
    return Owners(needed, frozenset(map(folder.make_beginning, ids)))
