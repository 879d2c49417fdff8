"""The outer layer of a report's case key, and the slots whose keys must still be overwritten.

On SQLite the two wraps of a case key lie in one more wrap, under the key of a slot in a file
(`reports.vault.outer_keys`). Whoever erases a report writes its slot down in the same transaction;
after the commit the key is overwritten, and then the slot is free for another report. Who is cut
off in between finds the slot written down, and the worker overwrites again, at its start too.
PostgreSQL has copies of its own (a log, replicas) that no file of ours reaches: there is no outer
layer there, and `SECURITY.md` says how long they last.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from typing import Any, Final, Protocol
from uuid import UUID

from sqlalchemy import Connection, delete, func, select
from sqlalchemy.orm import Session

from reports.errors import OuterKeysMissing, SealBroken
from reports.model import Report, SpentSlot
from reports.vault import OuterKeys, Vault, unwrap, wrap

Transaction = Callable[[], AbstractContextManager[Session]]
"""Opens a transaction, which is committed at the end of the block."""

BY_DESK: Final = "outer case key by desk"
BY_CODE: Final = "outer case key by code"
AT_ONCE: Final = 50
"""Slots overwritten between two transactions."""
_TRIES: Final = 8
"""Slots looked at before the file grows: all of them taken means that most are."""


def has_layer(bind: object) -> bool:
    """Whether reports of this database get an outer key."""
    dialect = getattr(bind, "dialect", None)
    return getattr(dialect, "name", "") == "sqlite"


def choose_slot(session: Session, vault: Vault) -> int | None:
    """Returns a free slot, by chance: its number tells nothing of when a report came.

    None where reports have no outer key. The caller is in a write transaction, of which SQLite has
    one at a time. Raises `OSError` when the file cannot grow.
    """
    if not has_layer(session.get_bind()):
        return None
    count = vault.outer_keys.count()
    while True:
        for _ in range(_TRIES if count else 0):
            slot = secrets.randbelow(count)
            if not _is_taken(session, slot):
                return slot
        count = vault.outer_keys.grow()


def cover(keys: OuterKeys, slot: int | None, id: UUID, data: bytes, kind: str) -> bytes:
    """Returns `data` under the outer key of a report; as it is for one without."""
    if slot is None:
        return data
    return wrap(keys.read(slot), data, kind=kind, id=id.bytes)


def uncover(keys: OuterKeys | None, slot: int | None, id: UUID, data: bytes, kind: str) -> bytes:
    """Returns what `cover` was given. Raises `SealBroken` when the key has gone."""
    if slot is None:
        return data
    if keys is None:
        raise SealBroken("no outer keys at hand")
    return unwrap(keys.read(slot), data, kind=kind, id=id.bytes)


class CoveredWraps(Protocol):
    """A report, or as much of its row."""

    id: Any
    outer_slot: Any
    private_by_desk: Any
    private_by_code: Any


def open_by_desk(vault: Vault, report: CoveredWraps) -> bytes:
    """Returns the seal of the case key for the desk. Raises `SealBroken`."""
    slot, data = report.outer_slot, report.private_by_desk
    return uncover(vault.outer_keys, slot, report.id, data, BY_DESK)


def open_by_code(vault: Vault, report: Report) -> bytes:
    """Returns the wrap of the case key for the receipt code. Raises `SealBroken`."""
    slot, data = report.outer_slot, report.private_by_code
    return uncover(vault.outer_keys, slot, report.id, data, BY_CODE)


def set_by_desk(vault: Vault, report: Report, sealed: bytes) -> None:
    """Stores a new seal of the case key for the desk, under the outer key that the report has."""
    slot = report.outer_slot
    report.private_by_desk = cover(vault.outer_keys, slot, report.id, sealed, BY_DESK)


def cover_found(session: Session, vault: Vault, most: int) -> int:
    """Gives an outer key to at most `most` reports that have none; returns how many it gave.

    For reports of an earlier version or of a backup. What copies of them lie on the disk already
    stays readable to who has their keys.
    """
    if not has_layer(session.get_bind()):
        return 0
    bare = select(Report).where(Report.outer_slot.is_(None)).limit(most)
    reports = list(session.scalars(bare))
    keys = vault.outer_keys
    for report in reports:
        slot = choose_slot(session, vault)
        by_desk = cover(keys, slot, report.id, report.private_by_desk, BY_DESK)
        by_code = cover(keys, slot, report.id, report.private_by_code, BY_CODE)
        report.private_by_desk, report.private_by_code, report.outer_slot = by_desk, by_code, slot
        session.flush()
    return len(reports)


def strip(keys: OuterKeys, row: dict[str, object]) -> bool:
    """Takes the outer layer off a report's row, as a backup holds it.

    False where it does not open: then the row holds empty wraps, as that of an erased report.
    """
    slot, id = row["outer_slot"], row["id"]
    row["outer_slot"] = None
    if slot is None:
        return True
    assert isinstance(slot, int)
    assert isinstance(id, UUID)
    try:
        for name, kind in (("private_by_desk", BY_DESK), ("private_by_code", BY_CODE)):
            data = row[name]
            assert isinstance(data, bytes)
            row[name] = uncover(keys, slot, id, data, kind)
    except SealBroken:
        row["private_by_desk"] = row["private_by_code"] = b""
        return False
    return True


def list_there(connection: Connection, ids: Iterable[UUID]) -> list[UUID]:
    """Returns those of these reports that are there."""
    return list(connection.scalars(select(Report.id).where(Report.id.in_(list(ids)))))


def write_spent(session: Session, report_id: UUID) -> None:
    """Writes down that the outer key of a report must go, in the transaction that erases it."""
    slot = session.scalar(select(Report.outer_slot).where(Report.id == report_id))
    if slot is not None:
        session.add(SpentSlot(slot=slot))
        session.flush()


def require_all(session: Session, vault: Vault) -> None:
    """Returns when the file holds a key for every report. Raises `OuterKeysMissing`."""
    if has_layer(session.get_bind()):
        highest = session.scalar(select(func.max(Report.outer_slot)))
        if highest is not None and highest >= vault.outer_keys.count():
            raise OuterKeysMissing(vault.outer_keys.path)


def overwrite_spent(transaction: Transaction, vault: Vault) -> int:
    """Overwrites the outer keys of what was erased; returns how many. Raises `OSError`.

    Call it when the erasing is committed. To overwrite one twice is no failure: a slot is free for
    another report only when its row has gone.
    """
    done = 0
    while True:
        with transaction() as session:
            if not has_layer(session.get_bind()):
                return 0
            slots = list(session.scalars(select(SpentSlot.slot).limit(AT_ONCE)))
            if slots:
                # Inside the transaction: else another process might free the slot meanwhile, and a
                # third one store a report under it.
                vault.outer_keys.overwrite(slots)
                session.execute(delete(SpentSlot).where(SpentSlot.slot.in_(slots)))
        done += len(slots)
        if len(slots) < AT_ONCE:
            return done


def try_overwriting(transaction: Transaction, vault: Vault) -> str:
    """As `overwrite_spent`; returns the kind of failure, or "". What failed comes round again."""
    try:
        overwrite_spent(transaction, vault)
    except OSError as problem:
        return type(problem).__name__
    return ""


def _is_taken(session: Session, slot: int) -> bool:
    taken = select(Report.id).where(Report.outer_slot == slot)
    spent = select(SpentSlot.slot).where(SpentSlot.slot == slot)
    return session.scalar(taken) is not None or session.scalar(spent) is not None
