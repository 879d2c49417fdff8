"""The steps of a report as the form knows them: order, neutral names, progress.

Names in the page say nothing: a browser may keep the name of a field in its tables.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from reports.intake import questions
from reports.intake.questions import FIRST, REVIEW, STEPS

CALL: Final = "call"
"""Not a question: the numbers to call, shown at once after "someone is in danger now"."""

STORY: Final = "story"

ORDER: Final = (*STEPS, REVIEW)
CODES: Final[Mapping[str, str]] = {
    name: str(number) for number, name in enumerate((*ORDER, CALL), start=1)
}
"""What stands in the page for each step."""
_BY_CODE: Final = {code: name for name, code in CODES.items()}
FIELD_NAMES: Final[Mapping[str, str]] = {
    field.name: f"f{number}"
    for number, field in enumerate((field for step in STEPS.values() for field in step), start=1)
}

TRAP_FIELD: Final = "f0"
"""A field that no person sees, named as the others are; only a program fills it in."""
WORK_FIELD: Final = "w"
"""Where the script of the page puts a proof of work (`reports.intake.work`)."""

CODE_FIELD: Final = "c"
"""Where the receipt code is typed back."""

TRAPPED: Final = "trapped"
"""A mark in the draft: the hidden field was filled in at some step."""
REVIEWED: Final = "reviewed"
"""A mark in the draft: the review was seen, so that a changed answer leads back to it."""


def step_of(code: str) -> str:
    """The step that a code in the form stands for; the first one for any other code."""
    return _BY_CODE.get(code, FIRST)


def is_step(code: str) -> bool:
    """Whether this is the code of a page with a place in the order."""
    return _BY_CODE.get(code) in ORDER


def raw_answers(step: str, form: Mapping[str, str]) -> dict[str, str]:
    """The fields of `step` as they came, under the names of the domain."""
    names = [field.name for field in STEPS.get(step, ())]
    return {name: form[FIELD_NAMES[name]] for name in names if FIELD_NAMES[name] in form}


def before(step: str) -> str | None:
    """The step before; None at the first."""
    if step == CALL:
        return "danger"
    place = ORDER.index(step)
    return ORDER[place - 1] if place else None


def after(step: str, answers: Mapping[str, str]) -> str:
    """Where the answers of `step` lead: the numbers to call, the next question, or the review."""
    if step == "danger" and answers.get("danger") == "yes":
        return CALL
    if answers.get(REVIEWED) and not questions.missing(answers):
        return REVIEW
    if step == REVIEW:
        return REVIEW
    return ORDER[ORDER.index("danger" if step == CALL else step) + 1]


def progress(step: str) -> tuple[int, int]:
    """Which step of how many."""
    return ORDER.index("danger" if step == CALL else step) + 1, len(ORDER)
