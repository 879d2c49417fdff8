"""The words of the questions: none is missing, in the form, the review, at the desk, in packets."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from reports.intake.form_flow import FormFlow
from reports.intake.question import ChoiceField, FormField, LanguageField, MultiChoiceField
from reports.intake.questions import FIELDS
from tests.support.made_up import SHELTER, SHELTER_WORDS
from webapp.wording.report_questions import (
    WORDS,
    find_labels,
    find_question,
    label_question,
    list_desk_labels,
)


def missing_words() -> list[str]:
    """A line for each text that a declared question lacks: its name, where, and which."""
    return [f"{name}: {lack}" for name, field in FIELDS.items() for lack in lacks(field)]


def lacks(field: FormField) -> Iterator[str]:
    coded = field.answers if isinstance(field, ChoiceField | MultiChoiceField) else {}
    codes = (field.default,) if isinstance(field, LanguageField) else tuple(coded)
    if not field.label:
        yield "packet: its label"
    yield from (f"packet: the answer {code!r}" for code in coded if not coded[code])
    if field.name not in WORDS:
        yield "form, review and desk: all of webapp.wording.report_questions.WORDS"
        return
    for door in field.doors:
        if not find_question(field.name, FormFlow.from_answers({"kind": door})):
            yield f"form and review: the question, as {door!r} reads it"
        told = find_labels(field.name, door)
        for code in codes:
            if not told.get(code):
                yield f"form and review: the answer {code!r}, as {door!r} reads it"
    if not str(label_question(field.name)):
        yield "desk: its label"
    at_desk = list_desk_labels(field.name)
    yield from (f"desk: the answer {code!r}" for code in coded if not str(at_desk.get(code, "")))


def test_every_question_has_words_for_form_review_desk_and_packet() -> None:
    assert missing_words() == []
    assert set(WORDS) == set(FIELDS), "words of a question that nobody declares"


def test_a_question_without_words_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(FIELDS, SHELTER.name, SHELTER)
    [line] = missing_words()
    assert line.startswith("shelter: form, review and desk")


@pytest.mark.parametrize(
    ("declared", "words", "line"),
    [
        (replace(SHELTER, label=""), SHELTER_WORDS, "packet: its label"),
        (replace(SHELTER, answers={"work": ""}), SHELTER_WORDS, "packet: the answer 'work'"),
        (
            replace(SHELTER, doors=("self",)),
            replace(SHELTER_WORDS, question={"witness": SHELTER_WORDS.desk}),
            "form and review: the question, as 'self' reads it",
        ),
        (
            replace(SHELTER, answers=dict(SHELTER.answers) | {"car": "in a car"}, doors=("self",)),
            replace(SHELTER_WORDS, desk_answers=dict.fromkeys("car", SHELTER_WORDS.desk)),
            "form and review: the answer 'car', as 'self' reads it",
        ),
        (SHELTER, replace(SHELTER_WORDS, desk=""), "desk: its label"),
        (SHELTER, replace(SHELTER_WORDS, desk_answers={}), "desk: the answer 'centre'"),
    ],
)
def test_a_missing_word_is_named(
    monkeypatch: pytest.MonkeyPatch, declared: ChoiceField, words: object, line: str
) -> None:
    monkeypatch.setitem(FIELDS, "shelter", declared)
    monkeypatch.setitem(WORDS, "shelter", words)
    assert f"shelter: {line}" in missing_words()


def test_nobody_is_asked_whether_they_look_younger_than_they_say() -> None:
    age = FIELDS["age"]
    assert isinstance(age, ChoiceField)
    assert "doubtful" not in age.list_offered("self")
    assert "doubtful" in age.list_offered("professional")
