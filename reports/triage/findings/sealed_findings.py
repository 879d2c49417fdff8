"""Stores and reads findings (corrections, assessments, identifiers), sealed to the desk's key."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from reports import sealed_rows
from reports.act import Act
from reports.errors import NotAllowed, SealBroken
from reports.model import Finding, Report
from reports.roster.keyring import Keyring
from reports.vault import Vault


@dataclass(frozen=True)
class OpenFinding:
    """One decrypted finding; `told` (its content) and `at` are None when it is damaged."""

    id: UUID
    kind: str
    staff_id: UUID
    told: Mapping[str, Any] | None
    at: datetime | None

    def __repr__(self) -> str:
        return "OpenFinding(...)"


def add(act: Act, report: Report, kind: str, told: Mapping[str, Any]) -> None:
    """Seals a finding to the report's desk and stores it; the caller writes the custody line.

    `told` may say another moment (`at`) than that of the act, where an order must hold.
    """
    finding = Finding(
        id=uuid4(), report_id=report.id, staff_id=act.staff_id, kind=kind, day=act.now.date()
    )
    whole = {"at": act.now.isoformat(), **told}
    sealed_rows.say_to_desk(act, report.desk_id, finding, whole)


def read(session: Session, vault: Vault, keyring: Keyring, report: Report) -> list[OpenFinding]:
    """Returns all findings of the report, oldest first.

    One that is damaged, or was not written by this instance, has no content.
    """
    rows = session.scalars(select(Finding).where(Finding.report_id == report.id))
    opened = [_open(session, vault, keyring, row) for row in rows]
    return sorted(opened, key=lambda each: (each.at is None, each.at and each.at.isoformat()))


def filter_readable(
    found: Iterable[OpenFinding], kind: str
) -> Iterator[tuple[OpenFinding, Mapping[str, Any], datetime]]:
    """Yields the readable findings of one kind, each with its content and time."""
    for each in found:
        if each.kind == kind and each.told is not None and each.at is not None:
            yield each, each.told, each.at


def _open(session: Session, vault: Vault, keyring: Keyring, row: Finding) -> OpenFinding:
    try:
        told = sealed_rows.open_for_staff(session, vault, keyring, row)
    except (NotAllowed, SealBroken):
        return OpenFinding(row.id, row.kind, row.staff_id, None, None)
    return OpenFinding(row.id, row.kind, row.staff_id, told, datetime.fromisoformat(told["at"]))
