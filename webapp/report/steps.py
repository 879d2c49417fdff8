"""The steps and questions of a report as the page names them: by neutral codes.

Names in the page say nothing: a browser may keep the name of a field in its tables.
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
"""What stands in the page for each step."""
_BY_CODE: Final = {code: name for name, code in CODES.items()}

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


def find_step(code: str) -> str:
    """Returns the step that a code in the form stands for; the first one for any other code."""
    return _BY_CODE.get(code, FIRST)


def is_step(code: str) -> bool:
    """Tells whether this is the code of a page that a button may lead to."""
    return code in _BY_CODE and _BY_CODE[code] != CALL


def get_field_name(question: str) -> str:
    """Returns what stands in the page for this question."""
    return f"f{FIELDS[question].number}"


def list_repeated_names() -> frozenset[str]:
    """Returns the names that a form sends once for each box that is ticked."""
    return frozenset(
        get_field_name(name)
        for name, field in FIELDS.items()
        if isinstance(field, MultiChoiceField)
    )


def read_raw_answers(step: str, form: Mapping[str, str]) -> dict[str, str]:
    """Returns the fields of `step` as they came, under the names of the domain."""
    names = {name: get_field_name(name) for name, field in FIELDS.items() if field.step == step}
    return {name: form[written] for name, written in names.items() if written in form}
