"""Which reports were erased, on record where no backup is: in the store of files.

A backup holds what was erased after it was made. So whoever erases a report writes its id down in
the same transaction, the worker turns that into an object of the store whose name is a keyed hash
of the id, and a restore erases again what it finds such an object for. The object says that
something was erased, and nothing of what.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from reports.blobs import Store
from reports.blobs.marker import ERASED
from reports.errors import ObjectMissing
from reports.model import ErasedReport
from reports.vault import Vault

AT_ONCE: Final = 50
"""Reports put on record between two transactions."""
HASH_BYTES: Final = 16


def write(session: Session, report_id: UUID) -> None:
    """Writes that this report is erased, in the transaction that erases it."""
    session.add(ErasedReport(id=report_id))
    session.flush()


def list_next(session: Session) -> list[UUID]:
    """Returns at most `AT_ONCE` reports that are not on record in the store yet."""
    return list(session.scalars(select(ErasedReport.id).order_by(ErasedReport.id).limit(AT_ONCE)))


def put_on_record(store: Store, vault: Vault, ids: Iterable[UUID]) -> None:
    """Puts these on record; once more is no failure. Raises `StoreFailed`."""
    for each in ids:
        store.put(make_name(vault, each), [b"\n"])


def remove(session: Session, ids: Iterable[UUID]) -> None:
    """Removes what is on record in the store by now."""
    session.execute(delete(ErasedReport).where(ErasedReport.id.in_(list(ids))))


def is_on_record(store: Store, vault: Vault, report_id: UUID) -> bool:
    """Whether the store says that this report was erased. Raises `StoreFailed`."""
    try:
        list(store.get(make_name(vault, report_id)))
    except ObjectMissing:
        return False
    return True


def make_name(vault: Vault, report_id: UUID) -> str:
    """Returns the name of the object that says so."""
    return ERASED + vault.compute_mac("erased report", report_id.bytes)[:HASH_BYTES].hex()
