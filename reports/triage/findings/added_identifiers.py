"""Identifiers that staff add to a report: a plate heard on the phone, a name read in a file.

Like all findings they are sealed to the desk. Links are suggested from them as from those that the
reporter wrote. Removing one deletes it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from reports.act import Act
from reports.errors import CorrectionRefused, TextTooLong
from reports.intake.questions import clean
from reports.model import Finding, Report
from reports.triage.findings import sealed_findings
from reports.triage.findings.sealed_findings import OpenFinding
from reports.triage.found_identifiers import read_formats
from reports.triage.identifiers import LONGEST, parse_identifier

KIND: Final = "trace"
"""The stored kind of this finding: an identifier is called a trace there."""
MOST: Final = 50
"""The largest number of identifiers that staff can add to one report."""


@dataclass(frozen=True)
class AddedIdentifier:
    """One identifier that staff added; `value` is as typed."""

    id: UUID
    kind: str
    value: str
    staff_id: UUID
    at: datetime

    def __repr__(self) -> str:
        return f"AddedTrace({self.kind})"


def extract(found: Iterable[OpenFinding]) -> tuple[AddedIdentifier, ...]:
    """Returns the identifiers among the findings, oldest first, leaving out damaged ones."""
    return tuple(
        AddedIdentifier(each.id, told["kind"], told["value"], each.staff_id, at)
        for each, told, at in sealed_findings.filter_readable(found, KIND)
    )


def add(
    act: Act,
    report: Report,
    answers: Mapping[str, str],
    have: Iterable[AddedIdentifier],
    wanted: Mapping[str, str],
) -> bool:
    """Stores the identifiers in `wanted` (kind to value) that are new; returns False when none is.

    `answers` give the country for phone numbers without a prefix. Raises `TextTooLong`, and
    `CorrectionRefused` with the kind of an invalid value, or with "full" beyond `MOST`.
    """
    have, formats = list(have), read_formats(answers)
    known = {parse_identifier(each.kind, each.value, formats) for each in have}
    fresh: dict[str, str] = {}
    for kind, typed in wanted.items():
        value = clean(typed)
        if len(value) > LONGEST:
            raise TextTooLong(LONGEST, len(value))
        trace = parse_identifier(kind, value, formats)
        if value and trace is None:
            raise CorrectionRefused(kind)
        if value and trace not in known:
            fresh[kind] = value
    if len(have) + len(fresh) > MOST:
        raise CorrectionRefused("full")
    for kind, value in fresh.items():
        sealed_findings.add(act, report, KIND, {"kind": kind, "value": value})
    if fresh:
        act.record(report, "trace_added", {"fields": ",".join(fresh)})
    return bool(fresh)


def remove(act: Act, report: Report, trace_id: UUID) -> bool:
    """Deletes an identifier that staff added; returns False when the report has no such one."""
    row = act.session.get(Finding, trace_id)
    if row is None or (row.report_id, row.kind) != (report.id, KIND):
        return False
    act.session.delete(row)
    act.record(report, "trace_removed")
    return True
