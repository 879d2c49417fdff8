"""Questions: allowed answers, limits, and what is said of a wrong one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.intake import questions
from reports.intake.questions import (
    PLACE_LIMIT,
    STEPS,
    STORY_LIMIT,
    ChoiceField,
    FormField,
    TextField,
)
from reports.intake.urgency import HIGH, NORMAL, compute_urgency
from reports.intake.urgency import NOW as AT_ONCE


def test_all_but_the_story_may_be_skipped() -> None:
    for step in STEPS:
        answers, faults = questions.read(step, {})
        assert [fault.field for fault in faults] == (["story"] if step == "story" else [])
        assert all(answers[name] in ("unknown", "same", "") for name in answers)


@pytest.mark.parametrize("field", [f for step in STEPS.values() for f in step], ids=str)
def test_a_value_that_is_not_allowed_is_named_and_kept(field: FormField) -> None:
    step = next(name for name, fields in STEPS.items() if field in fields)
    bad = "x" * (field.limit + 1) if isinstance(field, TextField) else "nowhere!"
    _, faults = questions.read(step, {field.name: bad, "story": "s"} | {field.name: bad})
    assert [(fault.field, fault.value) for fault in faults] == [(field.name, bad)]
    if isinstance(field, ChoiceField):
        assert faults[0].allowed == field.values


@pytest.mark.parametrize("text", ["", "   ", "\n\n", "\x00\x07"])
def test_a_story_of_nothing_is_empty(text: str) -> None:
    _, faults = questions.read("story", {"story": text})
    assert [fault.code for fault in faults] == ["empty"]


def test_a_story_at_its_limit_is_taken_whole() -> None:
    answers, faults = questions.read("story", {"story": "é" * STORY_LIMIT})
    assert not faults
    assert len(answers["story"]) == STORY_LIMIT
    assert questions.read("where", {"place": "p" * (PLACE_LIMIT + 1)})[1][0].limit == PLACE_LIMIT


def test_bytes_that_were_no_text_are_told_not_swallowed() -> None:
    _, faults = questions.read("story", {"story": "broken \ufffd text"})
    assert [fault.code for fault in faults] == ["not_text"]


@given(st.text(max_size=400))
def test_cleaning_keeps_the_words_and_settles(text: str) -> None:
    once = questions.clean(text)
    assert questions.clean(once) == once
    assert "\r" not in once
    assert "\x00" not in once


def test_ticks_are_kept_once_each_and_not_knowing_gives_way_to_knowing() -> None:
    assert questions.read("signs", {"signs": "debt afraid debt unknown"})[0] == {
        "signs": "debt afraid"
    }
    assert questions.read("signs", {"signs": "unknown"})[0] == {"signs": "unknown"}
    [fault] = questions.read("signs", {"signs": "debt tired"})[1]
    assert (fault.code, fault.value) == ("unknown_value", "debt tired")


@pytest.mark.parametrize("tag", ["ti", "pt-BR", "zh-Hant-TW"])
def test_an_answer_may_be_wanted_in_any_language(tag: str) -> None:
    assert questions.read("reply", {"reply_language": tag})[0]["reply_language"] == tag


def test_the_desk_is_that_of_the_country_where_the_person_is_now() -> None:
    assert questions.find_country({"country": "BE"}) == "BE"
    assert questions.find_country({"country": "BE", "present": "LU"}) == "LU"
    assert questions.find_country({"country": "BE", "present": "other"}) == "BE"
    assert questions.find_country({"country": "BE", "present": "unknown"}) == "BE"


def test_a_whole_set_of_answers_has_every_field() -> None:
    whole = questions.complete({"story": "s", "form": "organs"})
    assert set(whole) == {field.name for step in STEPS.values() for field in step}
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
