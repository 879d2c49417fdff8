"""The steps of a report as the form knows them: neutral names, what follows what, progress.

Names in the page say nothing: a browser may keep the name of a field in its tables.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from reports.intake import form_flow, questions
from reports.intake.form_flow import STORY
from reports.intake.questions import FIELDS, FIRST, REVIEW, STEPS, MultiChoiceField

CALL: Final = "call"
"""Not a question: the numbers to call, shown at once after "someone is in danger now"."""

CODES: Final[Mapping[str, str]] = {
    name: str(number) for number, name in enumerate((*STEPS, REVIEW, CALL), start=1)
}
"""What stands in the page for each step."""
_BY_CODE: Final = {code: name for name, code in CODES.items()}
_FIRST_FIELDS: Final = (
    *("country", "region", "place", "form", "kind", "age", "danger", "story"),
    *FIELDS,
)
FIELD_NAMES: Final[Mapping[str, str]] = {
    name: f"f{number}" for number, name in enumerate(dict.fromkeys(_FIRST_FIELDS), start=1)
}
SEVERAL: Final = frozenset(
    FIELD_NAMES[name] for name, field in FIELDS.items() if isinstance(field, MultiChoiceField)
)
"""Fields that a form sends once for each box that is ticked."""

TRAP_FIELD: Final = "f0"
"""A field that no person sees, named as the others are; only a program fills it in."""
WORK_FIELD: Final = "w"
"""Where the script of the page puts a proof of work (`reports.intake.proof_of_work`)."""

AGAIN_FIELD: Final = "n"
"""A mark of the script of the page: it has sent this form before, and it was taken."""

CODE_FIELD: Final = "c"
"""Where the receipt code is typed back."""

HELPERS_FIELD: Final = "h"
"""The contact points that the receipt named, for the page that follows."""

TRAPPED: Final = "trapped"
"""A mark in the draft: the hidden field was filled in at some step."""
REVIEWED: Final = "reviewed"
"""A mark in the draft: the review was seen, so that a changed answer leads back to it."""


def find_step(code: str) -> str:
    """The step that a code in the form stands for; the first one for any other code."""
    return _BY_CODE.get(code, FIRST)


def is_step(code: str) -> bool:
    """Whether this is the code of a page that a button may lead to."""
    return code in _BY_CODE and _BY_CODE[code] != CALL


def read_raw_answers(step: str, form: Mapping[str, str]) -> dict[str, str]:
    """The fields of `step` as they came, under the names of the domain."""
    names = [field.name for field in STEPS.get(step, ())]
    return {name: form[FIELD_NAMES[name]] for name in names if FIELD_NAMES[name] in form}


def find_previous(step: str, answers: Mapping[str, str]) -> str | None:
    """The step before; None at the first."""
    if step == CALL:
        return "danger"
    way = form_flow.list_steps(answers)
    place = _place(step, way)
    return way[place - 1] if place else None


def find_next(step: str, answers: Mapping[str, str], *, to_the_end: bool = False) -> str:
    """Where the answers of `step` lead: the numbers to call, the next question, or the review.

    `to_the_end`: the person leaves out what is left; without a story that leads to the story.
    """
    if step == "danger" and answers.get("danger") == "yes":
        return CALL
    way = form_flow.list_steps(answers)
    following = way[min(_place("danger" if step == CALL else step, way) + 1, len(way) - 1)]
    opened = following == "region" and not answers.get("region")
    if to_the_end or (answers.get(REVIEWED) and not opened):
        return STORY if questions.list_missing(answers) else REVIEW
    return following


def count_progress(step: str, answers: Mapping[str, str]) -> tuple[int, int, bool] | None:
    """Which step of how many in its part of the way, and whether that is the second part.

    None on the review, where nothing is left to answer.
    """
    if step == REVIEW:
        return None
    first, second = form_flow.split_steps(answers)
    step = "danger" if step == CALL else step
    more = step in second
    part = second[:-1] if more else first
    return _place(step, part) + 1, len(part), more


def may_end(step: str, answers: Mapping[str, str]) -> bool:
    """Whether the report can go without this question and all that follow it."""
    return step in form_flow.split_steps(answers)[1] and step != REVIEW


def _place(step: str, way: tuple[str, ...]) -> int:
    """The place of a step in a way; one that an answer made needless counts as the first."""
    return way.index(step) if step in way else 0
