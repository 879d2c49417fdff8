"""Questions: what is declared of them, whole sets of answers, and the country of a report."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.intake import questions
from reports.intake.question import ChoiceField
from reports.intake.questions import AGES, FIELDS, FORMS, POLICE
from reports.intake.urgency import HIGH, NORMAL, compute_urgency
from reports.intake.urgency import NOW as AT_ONCE
from reports.routing.country import load_all


def test_no_two_questions_have_one_number_in_the_page() -> None:
    numbers = Counter(field.number for field in FIELDS.values())
    assert [number for number, count in numbers.items() if count > 1] == []
    assert 0 not in numbers, "f0 is the field that only a program fills in"


def test_no_label_answers_another_question() -> None:
    """Adults too are asked whether they are alone; what they say must not read as of a child."""
    spoken_for = {"child", "minor", "adult"}
    said = {name: spoken_for & set(field.label.lower().split()) for name, field in FIELDS.items()}
    assert {name: words for name, words in said.items() if words} == {}


def test_every_meaning_is_a_fact_that_routing_knows() -> None:
    space = load_all().space
    for name, field in FIELDS.items():
        if isinstance(field, ChoiceField) and field.meaning:
            switch = field.meaning.fact not in space.choices
            assert field.meaning.fact in space.fields, name
            assert bool(field.meaning.true_for) is switch, name
            assert set(field.meaning.true_for) <= set(field.values), name


@pytest.mark.parametrize(("name", "codes"), [("form", FORMS), ("age", AGES), ("police", POLICE)])
def test_the_codes_are_those_of_routing(name: str, codes: tuple[str, ...]) -> None:
    field = FIELDS[name]
    assert isinstance(field, ChoiceField)
    assert field.values == codes


@given(st.text(max_size=400))
def test_cleaning_keeps_the_words_and_settles(text: str) -> None:
    once = questions.clean(text)
    assert questions.clean(once) == once
    assert "\r" not in once
    assert "\x00" not in once


def test_the_desk_is_that_of_the_country_where_the_person_is_now() -> None:
    assert questions.find_country({"country": "BE"}) == "BE"
    assert questions.find_country({"country": "BE", "present": "LU"}) == "LU"
    assert questions.find_country({"country": "BE", "present": "other"}) == "BE"
    assert questions.find_country({"country": "BE", "present": "unknown"}) == "BE"


def test_a_whole_set_of_answers_has_every_field() -> None:
    whole = questions.complete({"story": "s", "form": "organs"})
    assert list(whole) == list(FIELDS)
    assert whole["form"] == "organs"
    assert questions.list_missing({"form": "organs"}) == ["story"]
    assert questions.list_missing(whole) == []


@pytest.mark.parametrize(
    ("answers", "urgency"),
    [
        ({"danger": "yes"}, AT_ONCE),
        ({"danger": "yes", "age": "minor"}, AT_ONCE),
        ({"age": "minor"}, HIGH),
        ({"age": "doubtful"}, HIGH),
        ({"kind": "self"}, HIGH),
        ({"danger": "unknown"}, NORMAL),
        ({}, NORMAL),
    ],
)
def test_danger_comes_before_childhood_and_childhood_before_the_rest(
    answers: dict[str, str], urgency: int
) -> None:
    assert compute_urgency(answers) == urgency
