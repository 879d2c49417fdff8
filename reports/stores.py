"""The stores of one instance, files and mails: whose they are, compared and marked."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from reports import blobs, inventory
from reports.blobs import Store, marker
from reports.blobs.folder import Folder
from reports.db import end_reading
from reports.errors import NotFounded, StoreEmptied, StoreFilled
from reports.instance import read_instance_id
from reports.settings import Settings
from reports.tombstones import FILES, MAIL

SAID: Final = {FILES: "store of files", MAIL: "mail folder"}
"""What each place is called where people are told of it."""
CHECKS: Final = {FILES: inventory.check_files, MAIL: inventory.check_mails}


def list_stores(settings: Settings) -> dict[str, Store]:
    """Returns the stores of the instance with these settings, each by its place."""
    return {FILES: blobs.choose(settings), MAIL: Folder(settings.mail_folder)}


def list_instance_ids(session: Session) -> tuple[UUID, ...]:
    """Returns the id of the instance in this database, or nothing where there is none yet."""
    try:
        return (read_instance_id(session),)
    except NotFounded:
        return ()


def require_stores(session: Session, stores: Mapping[str, Store]) -> None:
    """Return when each of these belongs to the instance of this database.

    Returns too where there is no instance yet, whose stores they could be. Ends a transaction that
    only reads. Raises as `marker.require`.
    """
    ids = list_instance_ids(session)
    end_reading(session)
    for instance_id in ids:
        for place, store in stores.items():
            marker.require(store, SAID[place], instance_id)


def require_free(stores: Mapping[str, Store], ours: Collection[UUID] = ()) -> None:
    """Return when each belongs to nobody, or to one of `ours`, and can be written.

    Raises as `marker.require_free` and `marker.require_writable`.
    """
    for place, store in stores.items():
        marker.require_free(store, SAID[place], ours)
        marker.require_writable(store, SAID[place])


def mark_stores(
    session: Session,
    stores: Mapping[str, Store],
    *,
    before: Collection[UUID] = (),
    may_lack_files: bool = False,
) -> None:
    """Marks each as that of this instance, where it is or can only be that.

    One without a marker is ours when every object in it is known here, and it is not empty where
    rows need objects, unless `may_lack_files`. Those that were marked for an instance `before` this
    one in the same database are ours too. Ends a transaction that only reads.

    Raises `NotFounded`, `StoreFilled`, `StoreEmptied`, and as `marker.require` and
    `marker.require_writable`; what came earlier in `stores` is marked then.
    """
    instance_id = read_instance_id(session)
    end_reading(session)
    for place, store in stores.items():
        found = marker.read(store, SAID[place])
        if found is None:
            _require_known(session, place, store, may_lack_files=may_lack_files)
        elif found not in before:
            marker.require(store, SAID[place], instance_id)
        marker.require_writable(store, SAID[place])
        marker.write(store, instance_id)


def _require_known(session: Session, place: str, store: Store, *, may_lack_files: bool) -> None:
    held = CHECKS[place](session, store)
    if held.unknown:
        raise StoreFilled(SAID[place])
    if held.missing and not held.known and not may_lack_files:
        raise StoreEmptied(SAID[place])
