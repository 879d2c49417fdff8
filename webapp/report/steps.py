"""The neutral codes and field names by which the page refers to steps and questions.

Names in the page reveal nothing, because a browser may remember field names.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from reports.intake.form_flow import CALL, FIRST, REVIEW, STEPS
from reports.intake.question import MultiChoiceField
from reports.intake.questions import FIELDS

CODES: Final[Mapping[str, str]] = {
    name: str(number) for number, name in enumerate((*STEPS, REVIEW, CALL), start=1)
}
"""Step to the code that stands for it in the page."""
_BY_CODE: Final = {code: name for name, code in CODES.items()}

TRAP_FIELD: Final = "f0"
"""A hidden field, named like the others; only a program fills it in."""
WORK_FIELD: Final = "w"
"""Where the page's script puts a proof of work (`reports.intake.proof_of_work`)."""

AGAIN_FIELD: Final = "n"
"""Set by the page's script when it repeats a form that was already accepted."""

CODE_FIELD: Final = "c"
"""Where the reporter types the receipt code to check it."""

HELPERS_FIELD: Final = "h"
"""Ids of the contact points that the receipt listed, for the following page."""

TRAPPED: Final = "trapped"
"""A key in the draft: the hidden field was filled in at some step."""


def find_step(code: str) -> str:
    """Returns the step for a code in the form; the first step for an unknown code."""
    return _BY_CODE.get(code, FIRST)


def is_step(code: str) -> bool:
    """Returns whether this is the code of a page that a button may lead to."""
    return code in _BY_CODE and _BY_CODE[code] != CALL


def get_field_name(question: str) -> str:
    """Returns the name of this question's field in the page."""
    return f"f{FIELDS[question].number}"


def list_repeated_names() -> frozenset[str]:
    """Returns the field names that a form sends once for each ticked box."""
    return frozenset(
        get_field_name(name)
        for name, field in FIELDS.items()
        if isinstance(field, MultiChoiceField)
    )


def read_raw_answers(step: str, form: Mapping[str, str]) -> dict[str, str]:
    """Returns the submitted fields of `step` under the domain's names, unvalidated."""
    names = {name: get_field_name(name) for name, field in FIELDS.items() if field.step == step}
    return {name: form[written] for name, written in names.items() if written in form}
