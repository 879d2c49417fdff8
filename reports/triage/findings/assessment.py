"""The assessment: staff go through the signs of the sources, and see what follows from it.

The guides give signs in four groups and no threshold: "it is not easy to find common
denominators", and signs "confirm or refute" a worry (F:1015-1018, F:1054-1069). So the sum below
is a rule of this house, shown whole beside its result. It proposes; people decide.
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
"""The answers for each sign, from seen to unlikely, and what each adds."""
ENOUGH: Final = 4
"""Points from which passing on is proposed: two signs seen, or as much in doubtful ones."""
ENOUGH_FOR_A_CHILD: Final = 2
"""One sign that was seen: for a child no means of force are needed (B:431-436, B:453-461)."""
GROUPS_NEEDED: Final = 2
"""Signs of one group alone have more other explanations."""
LOOKED_AT: Final = 5
"""So many answers must stand there before "unlikely" is said of the whole."""


@dataclass(frozen=True)
class Assessment:
    """The answers of one staff member: sign to one of `POINTS`."""

    answers: Mapping[str, str]
    remark: str
    staff_id: UUID
    at: datetime

    def __repr__(self) -> str:
        return "Assessment(...)"


@dataclass(frozen=True)
class AssessmentDraft:
    """What somebody typed. `answers` holds only the signs that are answered otherwise than before,
    with "" for one that is answered no more; `seen` is the remark that stood there for them."""

    answers: Mapping[str, str]
    remark: str = ""
    seen: str = ""

    def __repr__(self) -> str:
        return "AssessmentDraft(...)"


@dataclass(frozen=True)
class Recommendation:
    """What is proposed and what it comes from.

    `code`: "pass_on", "ask", "unlikely" or "open". `counts` holds how often each answer was given,
    `groups` the groups with a sign that was seen or is likely, `child` that the lower bound counts.
    """

    code: str
    points: int
    needed: int
    counts: Mapping[str, int]
    groups: tuple[str, ...]
    child: bool


def find_latest(kept: Iterable[OpenFinding]) -> Assessment | None:
    """The assessment that holds: the last one that can be read."""
    found = [
        Assessment(told["answers"], told["remark"], each.staff_id, at)
        for each, told, at in sealed_findings.filter_readable(kept, KIND)
    ]
    return found[-1] if found else None


def recommend(
    answers: Mapping[str, str], facts: Mapping[str, str], taxonomy: Taxonomy = TAXONOMY
) -> Recommendation:
    """What the answers lead to; `facts` are the report's answers as staff hold them to be."""
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
    """The answers that hold when `wanted` comes upon those of `before`."""
    held = before.answers if before else {}
    return {sign: answer for sign, answer in {**held, **wanted}.items() if answer}


def assess(act: Act, report: Report, before: Assessment | None, draft: AssessmentDraft) -> bool:
    """Keep an assessment; False when it says what `before` said already.

    Raises `AssessmentRefused` for a sign or an answer that there is not, `TextTooLong`, and
    `StatusRefused` where a colleague has written another remark since it was seen.
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
