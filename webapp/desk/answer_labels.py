"""A report's answers in words for staff: each answer given, and the signs by group."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from flask import Flask
from flask_babel import LazyString

from reports.intake.form_flow import FormFlow
from reports.intake.question import LanguageField, MultiChoiceField, TextField
from reports.intake.questions import FIELDS, split_codes
from webapp.desk.fact_labels import label_value
from webapp.desk.template_filters import format_language
from webapp.wording import taxonomy_labels
from webapp.wording.report_questions import label_question

HEAD: Final = ("danger", "form", "age", "kind", "country", "region", "place")
"""The answers shown before all others, in this order, even when unanswered."""
_ELSEWHERE: Final = frozenset({*HEAD, "story", "signs"})


@dataclass(frozen=True)
class LabelledAnswer:
    """One answer: `typed` marks the reporter's own words, `strong` what nobody may overlook."""

    label: LazyString | str
    words: str
    typed: bool
    strong: bool = False


def label_head(answers: Mapping[str, str]) -> list[LabelledAnswer]:
    """Returns the answers of `HEAD`, without an empty place, and without a region if the country
    has none."""
    steps = FormFlow.from_answers(answers).steps
    rows = [_label(name, answers.get(name, "")) for name in HEAD if FIELDS[name].step in steps]
    return [row for row in rows if row.words]


def label_answers(answers: Mapping[str, str]) -> list[LabelledAnswer]:
    """Returns the other answers that were given, in the order of the questions."""
    return [
        _label(name, answers[name])
        for name, field in FIELDS.items()
        if name not in _ELSEWHERE and field.is_told(answers.get(name, ""))
    ]


def label_signs(answers: Mapping[str, str]) -> list[tuple[LazyString, list[LazyString]]]:
    """Returns the signs that were ticked, by group."""
    return taxonomy_labels.label_by_group(split_codes(answers.get("signs", "")))


def _label(name: str, value: str) -> LabelledAnswer:
    field, label = FIELDS[name], label_question(name)
    if isinstance(field, TextField):
        return LabelledAnswer(label, value, typed=True)
    if isinstance(field, LanguageField):
        return LabelledAnswer(label, format_language(value), typed=False)
    if isinstance(field, MultiChoiceField):
        words = "; ".join(label_value(name, code) for code in split_codes(value))
        return LabelledAnswer(label, words, typed=False)
    strong = name == "danger" and value == "yes"
    return LabelledAnswer(label, label_value(name, value), typed=False, strong=strong)


def init_app(app: Flask) -> None:
    """Makes all three available to the desk's templates."""
    app.jinja_env.globals |= {
        "head_of": label_head,
        "told_by": label_answers,
        "signs_of": label_signs,
    }
