"""Traces that staff add to a report: a plate heard on the phone, a name read in a file.

Like all that staff find they are sealed to the desk. Links go by them as by what the reporter
wrote; who takes one away erases it.
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
from reports.triage.identifiers import LONGEST, find_region, parse_identifier

KIND: Final = "trace"
MOST: Final = 50
"""Traces of staff's own that one report can have."""


@dataclass(frozen=True)
class AddedIdentifier:
    """One trace that staff added, as it was typed."""

    id: UUID
    kind: str
    value: str
    staff_id: UUID
    at: datetime

    def __repr__(self) -> str:
        return f"AddedTrace({self.kind})"


def extract(found: Iterable[OpenFinding]) -> tuple[AddedIdentifier, ...]:
    """The traces among what staff found, oldest first; damaged ones are left out."""
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
    """Keep what is `wanted`, kind to value, and not there yet; False when nothing is new.

    `answers` say in which country a number is. Raises `CorrectionRefused` with the kind of what
    can be no such thing, or with "full"; `TextTooLong`.
    """
    have, region = list(have), find_region(answers)
    known = {parse_identifier(each.kind, each.value, region) for each in have}
    fresh: dict[str, str] = {}
    for kind, typed in wanted.items():
        value = clean(typed)
        if len(value) > LONGEST:
            raise TextTooLong(LONGEST, len(value))
        trace = parse_identifier(kind, value, region)
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
    """Erase a trace that staff added; False when the report has none such."""
    row = act.session.get(Finding, trace_id)
    if row is None or (row.report_id, row.kind) != (report.id, KIND):
        return False
    act.session.delete(row)
    act.record(report, "trace_removed")
    return True
