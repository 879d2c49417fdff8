"""The way back: a backup's rows, files and keys into an instance that nobody uses yet."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from reports import custody
from reports.backup import archive, rows
from reports.backup.snapshot import FORMAT
from reports.blobs import Store
from reports.blobs.folder import Folder
from reports.custody import CustodyEntry
from reports.db import get_head_revision
from reports.errors import BackupDamaged, BackupOfAnotherVersion
from reports.model import Organisation
from reports.patience import RESTORE, allow_time
from reports.roster import bootstrap
from reports.stores import list_instance_ids, mark_stores
from reports.tombstones import FILES, MAIL
from reports.vault import Vault


def restore(session: Session, data_dir: Path, store: Store, path: Path, now: datetime) -> int:
    """Put the backup `path` into the empty instance of `session`; returns how many rows.

    The caller commits. Files and keys are in place before that, so that an instance which
    holds reports always has theirs. Raises `AlreadyFounded` when somebody uses this instance,
    `BackupDamaged` when the file is not whole, `BackupOfAnotherVersion`, `StoreUnfit` when the
    store or the folder of mails is another's; nothing was changed then.
    """
    digests = archive.verify(path)
    _same_version(path)
    allow_time(session.connection(), RESTORE)
    before = list_instance_ids(session)
    bootstrap.undo(session)
    count = _tables(session, path)
    # Who is cut off from here on finds the stores marked for the backup's instance, and restores
    # again.
    _mark_stores(session, {FILES: store, MAIL: Folder(data_dir / "mail")}, before)
    for name, data in archive.read_members(path):
        if name.startswith("files/"):
            store.put(name.removeprefix("files/"), [data])
    Vault.write_key_files(
        data_dir,
        {
            name.removeprefix("keys/"): data
            for name, data in archive.read_members(path)
            if name.startswith("keys/")
        },
    )
    session.flush()
    organisation = session.get(Organisation, 1)
    if organisation is None:
        raise BackupDamaged("organisation")
    detail = {"members": str(len(digests))}
    custody.append(
        session, Vault.load(data_dir), organisation, CustodyEntry("restored", detail), now
    )
    return count


def _mark_stores(session: Session, stores: Mapping[str, Store], before: tuple[UUID, ...]) -> None:
    if not list_instance_ids(session):
        raise BackupDamaged("organisation")
    mark_stores(session, stores, before=before, may_lack_files=True)


def _same_version(path: Path) -> None:
    name, data = next(archive.read_members(path), ("", b""))
    try:
        told: dict[str, Any] = json.loads(data)
        stated = (told["format"], told["schema"])
    except (ValueError, KeyError, TypeError) as problem:
        raise BackupDamaged(name or "wayside.json") from problem
    if stated != (FORMAT, get_head_revision()):
        raise BackupOfAnotherVersion(str(stated[1]))


def _tables(session: Session, path: Path) -> int:
    tables = {table.name: table for table in rows.list_tables()}
    count = 0
    connection = session.connection()
    for name, data in archive.read_members(path):
        kind, _, rest = name.partition("/")
        if kind != "tables":
            continue
        table = tables.get(rest.partition("/")[0])
        if table is None:
            raise BackupDamaged(name)
        rows.load(connection, table, data)
        count += data.count(b"\n")
    return count
