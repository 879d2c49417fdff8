"""Every question that staff may correct says itself which of its answers protect more."""

from __future__ import annotations

import pytest

from reports.intake import questions
from reports.intake.question import ChoiceField

CORRECTABLE = questions.list_correctable()


@pytest.mark.parametrize("field", CORRECTABLE.values(), ids=list(CORRECTABLE))
def test_a_question_that_staff_may_correct_says_which_answers_protect(field: ChoiceField) -> None:
    assert field.protects is not None, f"{field.name} does not say whether it protects"
    ranked = [code for group in field.protects for code in group]
    assert not ranked or sorted(ranked) == sorted(field.values), f"{field.name}: all, each once"
    assert field.protects == () or len(field.protects) > 1, f"{field.name}: one group ranks nothing"


def test_what_protects_is_known_by_name() -> None:
    """Who adds or drops a protection reads the security parameters and changes them with this."""
    protecting = {name for name, field in CORRECTABLE.items() if field.protects}
    assert protecting == {"kind", "danger", "age", "police", "help", "abroad"}


@pytest.mark.parametrize(
    ("name", "more", "less"),
    [
        ("kind", "self", "unknown"),
        ("kind", "unknown", "witness"),
        ("kind", "witness", "professional"),
        ("danger", "yes", "no"),
        ("age", "minor", "adult"),
        ("age", "doubtful", "unknown"),
        ("police", "refused", "unknown"),
        ("police", "unknown", "accepted"),
        ("help", "no", "yes"),
        ("abroad", "no", "unknown"),
        ("abroad", "unknown", "yes"),
    ],
)
def test_less_is_lower_and_more_is_not(name: str, more: str, less: str) -> None:
    assert CORRECTABLE[name].is_lower(less, more)
    assert not CORRECTABLE[name].is_lower(more, less)
    assert not CORRECTABLE[name].is_lower(more, more)


def test_an_answer_that_there_is_not_counts_as_none() -> None:
    police = CORRECTABLE["police"]
    assert police.is_lower("accepted", "")
    assert not police.is_lower("", "unknown")
    assert not CORRECTABLE["country"].is_lower("NL", "BE")
