"""The assessment: staff answer each sign of exploitation, and a recommendation follows.

The guides list signs in four groups and give no threshold: "it is not easy to find common
denominators", and signs "confirm or refute" a worry (F:1015-1018, F:1054-1069). The sum below is
therefore this product's own rule, shown in full beside its result. It recommends; people decide.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from reports.act import Act
from reports.errors import AssessmentRefused, StatusRefused, TextTooLong
from reports.intake.questions import clean
from reports.intake.taxonomy import TAXONOMY, Taxonomy
from reports.model import Report
from reports.triage.findings import sealed_findings
from reports.triage.findings.sealed_findings import OpenFinding
from reports.triage.notes import NOTE_LIMIT

KIND: Final = "assessment"
POINTS: Final[Mapping[str, int]] = {"seen": 2, "likely": 1, "unclear": 0, "unlikely": -1}
"""The possible answers for a sign, and the points of each."""
ENOUGH: Final = 4
"""Points from which passing on is recommended: two signs seen, or as much in likely ones."""
ENOUGH_FOR_A_CHILD: Final = 2
"""The same for a child: one sign seen, because no means of force are needed (B:431-436,
B:453-461)."""
GROUPS_NEEDED: Final = 2
"""Signs from at least so many groups: those of a single group more often have other
explanations."""
LOOKED_AT: Final = 5
"""The least number of signs answered before "unlikely" is recommended."""


@dataclass(frozen=True)
class Assessment:
    """A stored assessment: `answers` maps a sign to one of `POINTS`."""

    answers: Mapping[str, str]
    remark: str
    staff_id: UUID
    at: datetime

    def __repr__(self) -> str:
        return "Assessment(...)"


@dataclass(frozen=True)
class AssessmentDraft:
    """What somebody entered.

    `answers` holds only the signs whose answer changed, with "" for one that was cleared. `seen` is
    the remark that the page showed, by which a colleague's change is noticed.
    """

    answers: Mapping[str, str]
    remark: str = ""
    seen: str = ""

    def __repr__(self) -> str:
        return "AssessmentDraft(...)"


@dataclass(frozen=True)
class Recommendation:
    """The recommendation and what it follows from.

    `code` is "pass_on", "ask", "unlikely" or "open". `counts` is the number of signs for each
    answer, `groups` those with a sign seen or likely; `child`: the lower threshold applies.
    """

    code: str
    points: int
    needed: int
    counts: Mapping[str, int]
    groups: tuple[str, ...]
    child: bool


def find_latest(kept: Iterable[OpenFinding]) -> Assessment | None:
    """Returns the current assessment: the last one that is readable, or None."""
    found = [
        Assessment(told["answers"], told["remark"], each.staff_id, at)
        for each, told, at in sealed_findings.filter_readable(kept, KIND)
    ]
    return found[-1] if found else None


def recommend(
    answers: Mapping[str, str], facts: Mapping[str, str], taxonomy: Taxonomy = TAXONOMY
) -> Recommendation:
    """Returns the recommendation that follows from these answers.

    `facts` are the report's answers with corrections.
    """
    known = {sign.id: sign.group for sign in taxonomy.signs}
    given = {sign: answer for sign, answer in answers.items() if sign in known}
    points = sum(POINTS.get(answer, 0) for answer in given.values())
    groups = tuple(
        group.id
        for group in taxonomy.groups
        if any(known[sign] == group.id and POINTS.get(each, 0) > 0 for sign, each in given.items())
    )
    counts = {answer: list(given.values()).count(answer) for answer in POINTS}
    child = facts.get("age") in ("minor", "doubtful")
    needed = ENOUGH_FOR_A_CHILD if child else ENOUGH
    if not given:
        code = "open"
    elif points >= needed and (child or len(groups) >= GROUPS_NEEDED):
        code = "pass_on"
    elif points <= 0 and not groups and len(given) >= LOOKED_AT:
        code = "unlikely"
    else:
        code = "ask"
    return Recommendation(code, points, needed, counts, groups, child)


def merge_answers(before: Assessment | None, wanted: Mapping[str, str]) -> dict[str, str]:
    """Returns the answers of `before` with the changes of `wanted`; "" removes an answer."""
    held = before.answers if before else {}
    return {sign: answer for sign, answer in {**held, **wanted}.items() if answer}


def assess(act: Act, report: Report, before: Assessment | None, draft: AssessmentDraft) -> bool:
    """Stores a new assessment; returns False when nothing differs from `before`.

    Raises `AssessmentRefused` for an unknown sign or answer, `TextTooLong`, and `StatusRefused`
    when a colleague has changed the remark since it was shown.
    """
    for sign, answer in draft.answers.items():
        if TAXONOMY.find_sign(sign) is None or answer not in ("", *POINTS):
            raise AssessmentRefused(sign)
    held, words = (before.remark if before else ""), clean(draft.remark)
    if len(words) > NOTE_LIMIT:
        raise TextTooLong(NOTE_LIMIT, len(words))
    if words == clean(draft.seen):
        words = held
    elif held not in (words, clean(draft.seen)):
        raise StatusRefused("another remark was written meanwhile")
    answers = merge_answers(before, draft.answers)
    if (answers, words) == (merge_answers(before, {}), held):
        return False
    sealed_findings.add(act, report, KIND, {"answers": answers, "remark": words})
    act.record(report, "assessed")
    return True
