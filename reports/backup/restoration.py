"""The way back: a backup's rows, files and keys into an instance that nobody uses yet."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from reports import custody, erased_reports, outer_layer, retention, tombstones
from reports.attachments import objects
from reports.backup import archive, older, rows
from reports.backup.older import Piece, upgrade_rows
from reports.backup.snapshot import FORMAT
from reports.blobs import Store
from reports.blobs.folder import Folder
from reports.custody import CustodyEntry
from reports.db import get_head_revision, list_revisions
from reports.errors import BackupDamaged, BackupOfAnotherVersion
from reports.instance import (
    find_wrong_key,
    has_right_keys,
    record_checks,
    require_same_or_none,
    stop_writers,
)
from reports.model import Attachment, ErasedReport, Organisation, Report, Tombstone
from reports.patience import RESTORE, allow_time
from reports.roster import bootstrap
from reports.stores import list_instance_ids, mark_stores
from reports.tombstones import FILES, MAIL
from reports.triage.turns import begun_turns
from reports.vault import KEPT_BESIDE, PEPPER, ROSTER, Marker, Vault, find_key_folder

Owed = Mapping[str, set[UUID]]
"""The rows whose objects must still go, by the place that they lie in."""
_AT_ONCE: Final = 500
"""Reports of an earlier version whose turns are found in one go."""


@dataclass(frozen=True)
class Restored:
    """How many rows are back, and how many reports were erased again."""

    rows: int
    erased: int


def restore(session: Session, data_dir: Path, store: Store, path: Path, now: datetime) -> Restored:
    """Put the backup `path` into the empty instance of `session`; returns what is back.

    What `store` says was erased since the backup is erased again.

    The caller commits. Files and keys are in place before that, so that an instance which
    holds reports always has theirs; once it is over, database, keys folder and stores say that they
    belong together. A backup of an earlier version is brought to our schema. Raises
    `AlreadyFounded` when somebody uses this instance, `KeysOfAnother` or `MarkerDamaged` when the
    data folder holds keys that would be lost, `StoreUnfit` when the store or the folder of mails is
    another's, `BackupDamaged` when the file is not whole, `BackupOfAnotherVersion` when a newer
    version made it; nothing was changed then.
    """
    digests = archive.verify(path)
    revision = _read_revision(path)
    keys = _read_keys(path)
    allow_time(session.connection(), RESTORE)
    stop_writers(session)
    replaceable = has_right_keys(session, data_dir)
    before = list_instance_ids(session)
    unsaid = list(session.scalars(select(ErasedReport.id)))
    bootstrap.undo(session)
    owed = _read_owed(session)
    session.execute(delete(Tombstone))
    older.remove_leftovers(data_dir)
    if revision == get_head_revision():
        count = _load_all(session, _read_rows(path))
    else:
        with upgrade_rows(_read_rows(path), revision, data_dir) as pieces:
            count = _load_all(session, pieces)
    organisation = session.get(Organisation, 1)
    if organisation is None:
        raise BackupDamaged("organisation")
    _settle(session, owed)
    folder = find_key_folder(data_dir)
    if not replaceable:
        require_same_or_none(folder, organisation, keys)
    vault = Vault(folder.path, keys[PEPPER])
    if wrong := find_wrong_key(session, vault, keys[ROSTER]):
        raise BackupDamaged(f"keys/{wrong}")
    record_checks(organisation, vault, keys[ROSTER])
    session.flush()
    # Who is cut off from here on finds the stores marked for the backup's instance, and restores
    # again.
    stores = {FILES: store, MAIL: Folder(data_dir / "mail")}
    mark_stores(session, stores, before=before, may_lack_files=True)
    for name, data in archive.read_members(path):
        if name.startswith("files/"):
            store.put(name.removeprefix("files/"), [data])
    # Who is cut off between here and the commit finds the folder marked, and restores again.
    folder.replace_keys(keys)
    folder.write_purposes()
    folder.write_marker(Marker(organisation.instance_id))
    session.flush()
    erased_reports.put_on_record(store, vault, unsaid)
    erased = _erase_again(session, store, vault)
    while begun_turns.settle(session, vault, now, _AT_ONCE):
        continue
    custody.forget_times(session, vault, most=count)
    outer_layer.cover_found(session, vault, most=count)
    detail = {"members": str(len(digests)), "erased": str(erased)}
    custody.append(session, vault, organisation, CustodyEntry("restored", detail), now)
    return Restored(count, erased)


def _settle(session: Session, owed: Owed) -> None:
    """Go on with what was owed to the stores, and erase what no form can open any more.

    Drafts and mailbox visits stay out of a backup, and so do the files of forms that were not sent.
    """
    for place, rows_gone in owed.items():
        tombstones.write(session, place, rows_gone)
    objects.erase_rows(session, Attachment.report_id.is_(None))


def _read_owed(session: Session) -> Owed:
    return {place: tombstones.list_rows(session, place) for place in (FILES, MAIL)}


def _erase_again(session: Session, store: Store, vault: Vault) -> int:
    """Erase what was erased after the backup; how many. The worker takes their files."""
    gone = [
        each
        for each in session.scalars(select(Report.id)).all()
        if erased_reports.is_on_record(store, vault, each)
    ]
    for each in gone:
        retention.erase(session, each)
    return len(gone)


def _read_revision(path: Path) -> str:
    """The schema that the backup was made with, which this version knows."""
    name, data = next(archive.read_members(path), ("", b""))
    try:
        told: dict[str, Any] = json.loads(data)
        stated = (told["format"], told["schema"])
    except (ValueError, KeyError, TypeError) as problem:
        raise BackupDamaged(name or "wayside.json") from problem
    if stated[0] != FORMAT or stated[1] not in list_revisions():
        raise BackupOfAnotherVersion(str(stated[1]))
    return str(stated[1])


def _read_keys(path: Path) -> Mapping[str, bytes]:
    found = {
        name.removeprefix("keys/"): data
        for name, data in archive.read_members(path)
        if name.startswith("keys/")
    }
    for name in (PEPPER, ROSTER):
        if name not in found:
            raise BackupDamaged(f"keys/{name}")
    return {name: data for name, data in found.items() if name in (PEPPER, ROSTER, *KEPT_BESIDE)}


def _read_rows(path: Path) -> Iterator[Piece]:
    for name, data in archive.read_members(path):
        kind, _, rest = name.partition("/")
        if kind == "tables":
            yield rest.partition("/")[0], data


def _load_all(session: Session, pieces: Iterable[Piece]) -> int:
    tables = {table.name: table for table in rows.list_tables()}
    count = 0
    connection = session.connection()
    for name, data in pieces:
        if name not in tables:
            raise BackupDamaged(name)
        rows.load(connection, tables[name], data)
        count += data.count(b"\n")
    return count
