"""The sum behind a report's urgency: every line counts once, and danger weighs most."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from reports.intake import questions
from reports.intake.question import ChoiceField, MultiChoiceField
from reports.intake.urgency import DANGER, HIGH, NORMAL, SIGNS_AT_MOST, compute_score
from reports.intake.urgency import NOW as AT_ONCE

ANSWERS = st.fixed_dictionaries(
    {
        name: st.lists(st.sampled_from(field.values), unique=True).map(" ".join)
        if isinstance(field, MultiChoiceField)
        else st.sampled_from(field.values)
        for name, field in questions.FIELDS.items()
        if isinstance(field, ChoiceField | MultiChoiceField)
    }
)


@given(ANSWERS)
def test_the_total_is_the_sum_of_its_lines(answers: dict[str, str]) -> None:
    score = compute_score(answers)
    assert score.total == sum(part.points for part in score.parts)
    assert len({part.code for part in score.parts}) == len(score.parts)


@given(ANSWERS)
def test_only_danger_makes_a_report_urgent_now(answers: dict[str, str]) -> None:
    assert (compute_score(answers).urgency == AT_ONCE) == (answers["danger"] == "yes")


@given(ANSWERS)
def test_a_minor_and_a_person_affected_are_never_below_high(answers: dict[str, str]) -> None:
    if answers["kind"] == "self" or answers["age"] in ("minor", "doubtful"):
        assert compute_score(answers).urgency >= HIGH


def test_many_signs_of_something_that_goes_on_lift_a_report() -> None:
    signs = " ".join(questions.SIGNS[:6])
    assert compute_score({"signs": signs}).total == SIGNS_AT_MOST
    told = {"signs": signs, "ongoing": "yes", "people": "many"}
    assert compute_score(told).urgency == HIGH
    assert compute_score(told | {"ongoing": "unknown"}).urgency == NORMAL
    assert compute_score({"signs": "unknown"}).parts == ()
    assert compute_score({"danger": "yes"}).total == DANGER
