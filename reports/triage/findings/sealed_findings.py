"""What staff find out about a report: corrections, assessments, traces, sealed to the desk."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from reports import row_seals
from reports.errors import NotAllowed, SealBroken
from reports.model import Finding, Report
from reports.roster import desks
from reports.roster.keyring import Keyring
from reports.vault import Vault, open_sealed, pad, seal, unpad


@dataclass(frozen=True)
class OpenFinding:
    """One finding in the clear; `told` and `at` are None when it is damaged."""

    id: UUID
    kind: str
    staff_id: UUID
    told: Mapping[str, Any] | None
    at: datetime | None

    def __repr__(self) -> str:
        return "OpenFinding(...)"


def add(
    session: Session,
    vault: Vault,
    report: Report,
    kind: str,
    told: Mapping[str, Any],
    now: datetime,
    *,
    staff_id: UUID,
) -> None:
    """Seal what staff found to the report's desk; the custody line is the caller's."""
    key = desks.load_current_key(session, vault, report.desk_id)
    finding_id = uuid4()
    text = json.dumps({"at": now.isoformat(), **told}, ensure_ascii=False).encode()
    finding = Finding(
        id=finding_id,
        report_id=report.id,
        desk_key_id=key.id,
        staff_id=staff_id,
        kind=kind,
        sealed=seal(key.public, pad(text), kind=kind, id=finding_id.bytes),
        day=now.date(),
    )
    finding.seal = row_seals.make_finding_seal(vault, finding)
    session.add(finding)


def read(session: Session, vault: Vault, keyring: Keyring, report: Report) -> list[OpenFinding]:
    """Every finding on the report, oldest first; one damaged or not written here tells nothing."""
    rows = session.scalars(select(Finding).where(Finding.report_id == report.id))
    opened = [_open(session, vault, keyring, row) for row in rows]
    return sorted(opened, key=lambda each: (each.at is None, each.at and each.at.isoformat()))


def filter_readable(
    found: Iterable[OpenFinding], kind: str
) -> Iterator[tuple[OpenFinding, Mapping[str, Any], datetime]]:
    """The findings of one kind that can be read, with what they tell and when they were kept."""
    for each in found:
        if each.kind == kind and each.told is not None and each.at is not None:
            yield each, each.told, each.at


def reseal(session: Session, vault: Vault, keyring: Keyring, report: Report, desk_id: UUID) -> None:
    """Seal every finding to the desk that the report is handed over to.

    A damaged one stays as it is. Raises as `desks.current_key` does.
    """
    key = desks.load_current_key(session, vault, desk_id)
    for row in session.scalars(select(Finding).where(Finding.report_id == report.id)):
        try:
            text = _unsealed(session, vault, keyring, row)
        except (NotAllowed, SealBroken):
            continue
        row.sealed = seal(key.public, text, kind=row.kind, id=row.id.bytes)
        row.desk_key_id = key.id
        row.seal = row_seals.make_finding_seal(vault, row)


def _unsealed(session: Session, vault: Vault, keyring: Keyring, row: Finding) -> bytes:
    row_seals.check(row.seal, row_seals.make_finding_seal(vault, row))
    private = keyring.open_desk_key(session, row.desk_key_id)
    return open_sealed(private, row.sealed, kind=row.kind, id=row.id.bytes)


def _open(session: Session, vault: Vault, keyring: Keyring, row: Finding) -> OpenFinding:
    try:
        told = json.loads(unpad(_unsealed(session, vault, keyring, row)))
    except (NotAllowed, SealBroken):
        return OpenFinding(row.id, row.kind, row.staff_id, None, None)
    return OpenFinding(row.id, row.kind, row.staff_id, told, datetime.fromisoformat(told["at"]))
