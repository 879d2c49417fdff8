"""Reading the answers of a step: allowed answers, limits, and what is said of a wrong one."""

from __future__ import annotations

import pytest

from reports.intake.answers import FieldError, read_answers
from reports.intake.question import ChoiceField, FormField, TextField
from reports.intake.questions import FIELDS, PLACE_LIMIT, STORY_LIMIT


def read(**raw: str) -> tuple[dict[str, str], list[FieldError]]:
    """The answers to the questions that `raw` names, and what is wrong with them."""
    return read_answers([FIELDS[name] for name in raw], raw)


def test_all_but_the_story_may_be_skipped() -> None:
    answers, faults = read_answers(FIELDS.values(), {})
    assert [fault.field for fault in faults] == ["story"]
    assert all(value in ("unknown", "same", "") for value in answers.values())


@pytest.mark.parametrize("field", FIELDS.values(), ids=lambda field: field.name)
def test_a_value_that_is_not_allowed_is_named_and_kept(field: FormField) -> None:
    bad = "x" * (field.limit + 1) if isinstance(field, TextField) else "nowhere!"
    _, faults = read_answers(FIELDS.values(), {"story": "s"} | {field.name: bad})
    assert [(fault.field, fault.value) for fault in faults] == [(field.name, bad)]
    if isinstance(field, ChoiceField):
        assert faults[0].allowed == field.values


@pytest.mark.parametrize("text", ["", "   ", "\n\n", "\x00\x07"])
def test_a_story_of_nothing_is_empty(text: str) -> None:
    assert [fault.code for fault in read(story=text)[1]] == ["empty"]


def test_a_story_at_its_limit_is_taken_whole() -> None:
    answers, faults = read(story="é" * STORY_LIMIT)
    assert not faults
    assert len(answers["story"]) == STORY_LIMIT
    assert read(place="p" * (PLACE_LIMIT + 1))[1][0].limit == PLACE_LIMIT


def test_bytes_that_were_no_text_are_told_not_swallowed() -> None:
    assert [fault.code for fault in read(story="broken \ufffd text")[1]] == ["not_text"]


def test_ticks_are_kept_once_each_and_not_knowing_gives_way_to_knowing() -> None:
    assert read(signs="debt afraid debt unknown")[0] == {"signs": "debt afraid"}
    assert read(signs="unknown")[0] == {"signs": "unknown"}
    [fault] = read(signs="debt tired")[1]
    assert (fault.code, fault.value) == ("unknown_value", "debt tired")


@pytest.mark.parametrize("tag", ["ti", "pt-BR", "zh-Hant-TW"])
def test_an_answer_may_be_wanted_in_any_language(tag: str) -> None:
    assert read(reply_language=tag)[0]["reply_language"] == tag
