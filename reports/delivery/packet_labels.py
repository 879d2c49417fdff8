"""The labels of questions and answers in a packet, in the recipient's language.

The English is in the declaration of each question (`reports.intake.questions`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from reports.delivery.packet_content import PacketLanguage
from reports.intake.question import (
    N_,
    SAME,
    UNKNOWN,
    ChoiceField,
    LanguageField,
    MultiChoiceField,
)
from reports.intake.questions import FIELDS, order_names, split_codes

READ_FIRST: Final = (
    *("danger", "country", "region", "place", "present", "form", "kind", "age", "alone"),
    *("people", "languages"),
)
"""The answers that come first, in this order."""
PLACE_NAMES: Final = ("country", "present", "region")
"""The questions whose answers come from the country files."""


def list_names(answers: Mapping[str, str]) -> list[str]:
    """Returns the names of all answers that a packet can contain, in its order; unknown names come
    last."""
    known = order_names(READ_FIRST)
    return [*known, *(name for name in answers if name not in known)]


def is_said(name: str, value: str) -> bool:
    """Returns whether a packet shows this answer: it is known, or the question is always shown."""
    field = FIELDS.get(name)
    return value not in ("", "unknown") or (field is not None and field.always)


def label_field(name: str, words: PacketLanguage) -> str:
    """Returns the label of the question, or the name itself for an unknown question."""
    field = FIELDS.get(name)
    return words.say(field.label if field else name.replace("_", " "))


def label_answer(name: str, value: str, words: PacketLanguage) -> str | None:
    """Returns the answer in words, or None for one in the reporter's own words."""
    field, say = FIELDS.get(name), words.say
    if isinstance(field, ChoiceField):
        # A place without a country file keeps its code: "not known" would be untrue.
        unnamed = value if name in PLACE_NAMES else UNKNOWN
        return say(field.answers.get(value, unnamed))
    if isinstance(field, MultiChoiceField):
        codes = [code for code in split_codes(value) if code in field.answers and code != "unknown"]
        return "; ".join(say(field.answers[code]).rstrip(".") for code in codes) or say(UNKNOWN)
    if isinstance(field, LanguageField):
        return say(N_("that of the form")) if value == SAME else words.tongue(value)
    return None
