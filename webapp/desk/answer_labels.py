"""What the reporter told, in words for staff: each answer given, and the signs by group."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from flask import Flask
from flask_babel import LazyString

from reports.intake.questions import FIELDS, SAME, TextField, split_codes
from webapp.desk import labels
from webapp.desk.fact_labels import FIELD, VALUE
from webapp.desk.formats import format_language
from webapp.i18n import DESK
from webapp.wording import taxonomy_labels

_ = DESK.lazy_gettext

LABEL: Final[Mapping[str, LazyString]] = {
    **FIELD,
    "alone": _("Here without family"),
    "languages": _("Speaks"),
    "since": _("Since"),
    "next": _("Next time"),
    "controller": _("Who controls them"),
    "names": _("Names"),
    "vehicles": _("Vehicles"),
    "plates": _("Number plates"),
    "phones": _("Phone numbers"),
    "adverts": _("Adverts and profiles"),
    "reception": _("In a reception centre"),
    "online": _("On the internet"),
    "anonymous": _("Wants to stay unknown to the police"),
    "reply": _("We may write back"),
    "reply_language": _("Wants the answer in"),
}
_YES_NO: Final = labels.DANGER
_CODES: Final[Mapping[str, Mapping[str, LazyString]]] = {
    **VALUE,
    "alone": _YES_NO,
    "reception": _YES_NO,
    "anonymous": _YES_NO,
    "reply": _YES_NO,
    "since": {
        "days": _("some days"),
        "weeks": _("some weeks"),
        "months": _("some months"),
        "years": _("more than a year"),
    },
}
_ELSEWHERE: Final = frozenset(
    {"danger", "form", "age", "kind", "country", "region", "place", "story", "signs"}
)
"""Shown at a place of their own, whether answered or not."""


@dataclass(frozen=True)
class LabelledAnswer:
    """One answer: `typed` are the reporter's own words."""

    label: LazyString
    words: str
    typed: bool


def label_answers(answers: Mapping[str, str]) -> list[LabelledAnswer]:
    """The answers that were given, in the order of the questions."""
    return list(_rows(answers))


def label_signs(answers: Mapping[str, str]) -> list[tuple[LazyString, list[LazyString]]]:
    """The signs that were ticked, under the groups of the sources."""
    return taxonomy_labels.label_by_group(split_codes(answers.get("signs", "")))


def _rows(answers: Mapping[str, str]) -> Iterator[LabelledAnswer]:
    for name, field in FIELDS.items():
        value = answers.get(name, "")
        if name in _ELSEWHERE or value in ("", "unknown", SAME):
            continue
        if isinstance(field, TextField):
            yield LabelledAnswer(LABEL[name], value, typed=True)
        elif name == "reply_language":
            yield LabelledAnswer(LABEL[name], format_language(value), typed=False)
        else:
            yield LabelledAnswer(LABEL[name], labels.label_code(_CODES[name], value), typed=False)


def init_app(app: Flask) -> None:
    """Give the desk's templates both."""
    app.jinja_env.globals |= {"told_by": label_answers, "signs_of": label_signs}
