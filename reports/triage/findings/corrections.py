"""Corrections: what staff know better than the answers of the form, stored beside them.

The reporter's own answers are never changed. A correction is sealed to the desk. The columns that
the queue needs in the clear (country, form, urgency) are updated with it, and the route follows it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from reports.act import Act
from reports.errors import CorrectionRefused, ReasonMissing, TextTooLong
from reports.intake import questions
from reports.intake.urgency import NOW, compute_urgency
from reports.model import Report
from reports.territory import get_territory
from reports.triage.findings import sealed_findings
from reports.triage.findings.sealed_findings import OpenFinding
from reports.triage.notes import NOTE_LIMIT

KIND: Final = "correction"
URGENCIES: Final = ("3", "2", "1", "0")
READ_FIRST: Final = (
    *("danger", "form", "sector", "age", "people", "ongoing"),
    *("kind", "country", "region", "present", "police"),
)
"""The fields that the desk shows first, in this order."""


@dataclass(frozen=True)
class Correction:
    """One stored correction: the corrected values by field. `urgency` None leaves it unchanged."""

    values: Mapping[str, str]
    urgency: int | None
    reason: str
    staff_id: UUID
    at: datetime

    def __repr__(self) -> str:
        return "Correction(...)"


@dataclass(frozen=True)
class CorrectionDraft:
    """What somebody entered: values by field, and the urgency set by hand with its reason."""

    values: Mapping[str, str]
    urgency: str = ""
    reason: str = ""

    def __repr__(self) -> str:
        return "CorrectionDraft(...)"


def list_allowed() -> dict[str, tuple[str, ...]]:
    """Returns the fields that staff may correct, in display order, each with its allowed values."""
    fields = questions.list_correctable()
    names = questions.order_names(READ_FIRST)
    return {name: fields[name].values for name in names if name in fields}


def extract(kept: Iterable[OpenFinding]) -> tuple[Correction, ...]:
    """Returns the corrections among the findings, oldest first, leaving out damaged ones."""
    return tuple(
        Correction(told["values"], told["urgency"], told["reason"], each.staff_id, at)
        for each, told, at in sealed_findings.filter_readable(kept, KIND)
    )


def apply(
    answers: Mapping[str, str] | None, made: Iterable[Correction]
) -> Mapping[str, str] | None:
    """Returns the answers with the corrections applied; for each field the last one counts.

    None, for answers that could not be read, stays None.
    """
    if answers is None:
        return None
    whole = dict(answers)
    for correction in made:
        whole |= correction.values
    return whole


def correct(
    act: Act,
    report: Report,
    answers: Mapping[str, str],
    made: Iterable[Correction],
    draft: CorrectionDraft,
) -> bool:
    """Stores what differs from the current values; returns False when nothing does.

    `answers` are the reporter's own, `made` the corrections so far. Setting the urgency by hand
    needs a reason. Otherwise it is recomputed from the facts; once somebody has set it by hand,
    only a correction to danger raises it. Raises `CorrectionRefused` for an unknown field or value,
    `ReasonMissing`, `TextTooLong`.
    """
    made = tuple(made)
    holding = dict(apply(answers, made) or {})
    changed = {field: value for field, value in draft.values.items() if holding.get(field) != value}
    allowed = list_allowed()
    for field, value in changed.items():
        if value not in allowed.get(field, ()):
            raise CorrectionRefused(field)
    set_now = _level(draft.urgency, report)
    words = questions.clean(draft.reason)
    if set_now is not None and not words:
        raise ReasonMissing("urgency changes by hand only with a reason")
    if len(words) > NOTE_LIMIT:
        raise TextTooLong(NOTE_LIMIT, len(words))
    if not changed and set_now is None:
        return False
    told: dict[str, Any] = {"values": changed, "urgency": set_now, "reason": words}
    sealed_findings.add(act, report, KIND, told)
    detail = {"fields": ",".join((*changed, *(("urgency",) if set_now is not None else ())))}
    act.record(report, "corrected", detail)
    by_hand = any(each.urgency is not None for each in made)
    _follow(report, holding | changed, changed, set_now, by_hand=by_hand)
    return True


def _follow(
    report: Report,
    whole: Mapping[str, str],
    changed: Mapping[str, str],
    set_now: int | None,
    *,
    by_hand: bool,
) -> None:
    """Updates the report's columns in the clear after a correction."""
    if "country" in changed:
        report.country = whole["country"] if whole["country"] in get_territory().codes else None
    if "form" in changed:
        report.form = whole["form"]
    if set_now is not None:
        report.urgency = set_now
    elif changed and not by_hand:
        report.urgency = compute_urgency(whole)
    elif changed.get("danger") == "yes":
        report.urgency = NOW


def _level(urgency: str, report: Report) -> int | None:
    """Returns the chosen urgency when it differs from the report's, else None."""
    if not urgency or urgency == str(report.urgency):
        return None
    if urgency not in URGENCIES:
        raise CorrectionRefused("urgency")
    return int(urgency)
