"""A question that the form does not have: what a maintainer writes to add one, and no more."""

from __future__ import annotations

from typing import Final

import pytest

from reports.intake.question import UNKNOWN, ChoiceField, RoutingMeaning
from reports.intake.questions import FIELDS
from webapp.wording.report_answers import NOT_KNOWN
from webapp.wording.report_answers import UNKNOWN as I_DO_NOT_KNOW
from webapp.wording.report_questions import WORDS, QuestionWords, _, desk_text

SHELTER: Final = ChoiceField(
    "shelter",
    99,
    "people",
    "Where they sleep",
    {"work": "where they work", "centre": "in a centre", "unknown": UNKNOWN},
    doors=("witness", "professional"),
    meaning=RoutingMeaning("asylum_reception", true_for=("centre",)),
    correctable=True,
    protects=(),
)
SHELTER_WORDS: Final = QuestionWords(
    {"": _("Where does the person sleep?")},
    hint={"": _("Your best guess is enough.")},
    answers={"work": _("At work"), "centre": _("In a centre"), "unknown": I_DO_NOT_KNOW},
    desk=desk_text("Sleeps"),
    desk_answers={
        "work": desk_text("Where they work"),
        "centre": desk_text("Reception centre"),
        "unknown": NOT_KNOWN,
    },
)


def add_question(monkeypatch: pytest.MonkeyPatch) -> None:
    """Add it to the form, until the test ends."""
    monkeypatch.setitem(FIELDS, SHELTER.name, SHELTER)
    monkeypatch.setitem(WORDS, SHELTER.name, SHELTER_WORDS)
