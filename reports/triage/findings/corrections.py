"""Corrections: what staff know better than the answers of the form, stored beside them.

The reporter's own answers are never changed. A correction is sealed to the desk. The columns that
the queue needs in the clear (country, form, urgency) are updated with it, and the route follows it.
One that protects the person less waits for a second person (`reports.triage.findings.judgement`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

from reports.act import Act
from reports.errors import CorrectionRefused, LoweringUnexplained, ReasonMissing, TextTooLong
from reports.intake import questions
from reports.intake.urgency import NOW, compute_urgency
from reports.model import Report
from reports.territory import get_territory
from reports.triage.findings import sealed_findings
from reports.triage.findings.judgement import CORRECTION, LOWERING, Judgement
from reports.triage.notes import NOTE_LIMIT

URGENCIES: Final = ("3", "2", "1", "0")
READ_FIRST: Final = (
    *("danger", "form", "sector", "age", "people", "ongoing"),
    *("kind", "country", "region", "present", "police"),
)
"""The fields that the desk shows first, in this order."""
CorrectionOutcome: TypeAlias = Literal["", "corrected", "lowering"]
"""Nothing differed; all of it took effect; or some of it waits for a second person."""


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


def correct(
    act: Act, report: Report, judged: Judgement, draft: CorrectionDraft
) -> CorrectionOutcome:
    """Stores what differs from the current values, and says what became of it.

    `judged` is what holds so far. What protects the person less than that is stored as a lowering,
    which waits for a second person; everything else takes effect at once. Setting the urgency by
    hand needs a reason, and so does a lowering. Otherwise the urgency is recomputed from the facts;
    once somebody has set it by hand, only a correction to danger raises it. Raises
    `CorrectionRefused` for an unknown field or value, `LoweringUnexplained`, `ReasonMissing`,
    `TextTooLong`.
    """
    act.lock(report)
    changed = {
        field: value for field, value in draft.values.items() if judged.values.get(field) != value
    }
    allowed = list_allowed()
    for field, value in changed.items():
        if value not in allowed.get(field, ()):
            raise CorrectionRefused(field)
    set_now = _level(draft.urgency, report)
    words = questions.clean(draft.reason)
    low = judged.list_lowered(changed)
    if low and not words:
        raise LoweringUnexplained("less protection only with a reason")
    if set_now is not None and not words:
        raise ReasonMissing("urgency changes by hand only with a reason")
    if len(words) > NOTE_LIMIT:
        raise TextTooLong(NOTE_LIMIT, len(words))
    waits = {item for each in judged.waiting for item in judged.list_standing(each).items()}
    fresh = {field: value for field, value in low.items() if (field, value) not in waits}
    at_once = {field: value for field, value in changed.items() if field not in low}
    at = judged.get_moment(act.now)
    if at_once or set_now is not None:
        told = {"values": at_once, "urgency": set_now, "reason": words, "at": at}
        _store(act, report, CORRECTION, told)
        follow(report, judged, at_once, set_now)
    if fresh:
        told = {"values": fresh, "urgency": None, "reason": words, "at": at}
        _store(act, report, LOWERING, told)
    if low:
        return "lowering"
    return "corrected" if at_once or set_now is not None else ""


def follow(
    report: Report, judged: Judgement, changed: Mapping[str, str], set_now: int | None = None
) -> None:
    """Updates the report's columns in the clear after `changed` has taken effect on `judged`."""
    whole = {**judged.values, **changed}
    if "country" in changed:
        report.country = whole["country"] if whole["country"] in get_territory().codes else None
    if "form" in changed:
        report.form = whole["form"]
    if set_now is not None:
        report.urgency = set_now
    elif changed and "urgency" not in judged.made:
        report.urgency = compute_urgency(whole)
    elif changed.get("danger") == "yes":
        report.urgency = NOW


def _store(act: Act, report: Report, kind: str, told: Mapping[str, Any]) -> None:
    sealed_findings.add(act, report, kind, told)
    fields = (*told["values"], *(("urgency",) if told["urgency"] is not None else ()))
    line = "corrected" if kind == CORRECTION else "lowering_proposed"
    act.record(report, line, {"fields": ",".join(fields)})


def _level(urgency: str, report: Report) -> int | None:
    """Returns the chosen urgency when it differs from the report's, else None."""
    if not urgency or urgency == str(report.urgency):
        return None
    if urgency not in URGENCIES:
        raise CorrectionRefused("urgency")
    return int(urgency)
