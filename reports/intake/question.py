"""What one question of the form is: its shape, and what it means to the form, staff and packets.

The questions themselves stand in `reports.intake.questions`, one declaration each.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass, field

from reports.intake.taxonomy import DOORS

SAME = "same"
"""The person is where it happens; the answer is wanted in the language of the form."""
UNTOLD = ("", "unknown")
"""Answers that tell nothing."""


def N_(text: str) -> str:
    """Marks a sentence for the catalogue of the desk; it is translated when a packet is made."""
    return text


UNKNOWN = N_("not known")


@dataclass(frozen=True)
class RoutingMeaning:
    """What an answer says to routing: the value of `fact`; with `true_for`, that it is true."""

    fact: str
    true_for: tuple[str, ...] = ()


@dataclass(frozen=True)
class FormField:
    """One question of the form, of a shape that a subclass gives.

    `name` is its key in every sealed body, and `number` stands for it in the page: neither ever
    changes. `step` is the page of the form that asks it, after the questions declared before it;
    `doors` are those who are asked. `label` is English, for packets. `always`: a packet says it
    even where nobody knows it. `default` is what an unanswered question stands for.
    """

    name: str
    number: int
    step: str
    label: str
    _: KW_ONLY
    doors: tuple[str, ...] = DOORS
    always: bool = False
    default: str = ""

    def is_told(self, value: str) -> bool:
        """Whether `value` answers the question with anything but "I don't know"."""
        return value not in (*UNTOLD, self.default)


@dataclass(frozen=True)
class ChoiceField(FormField):
    """A question answered with one of `answers`: code to English, for packets.

    Without `default` it must be answered. `withheld` are the codes that a door is not offered.
    `meaning` is what routing hears; `correctable`: staff may put any of the answers in its place.
    """

    answers: Mapping[str, str]
    default: str = field(default="unknown", kw_only=True)
    withheld: Mapping[str, tuple[str, ...]] = field(default_factory=dict, kw_only=True)
    meaning: RoutingMeaning | None = field(default=None, kw_only=True)
    correctable: bool = field(default=False, kw_only=True)

    @property
    def values(self) -> tuple[str, ...]:
        """The codes, in the order of the form."""
        return tuple(self.answers)

    def list_offered(self, door: str) -> tuple[str, ...]:
        """The codes that `door` can choose from."""
        return tuple(code for code in self.answers if code not in self.withheld.get(door, ()))


@dataclass(frozen=True)
class MultiChoiceField(FormField):
    """A question answered with any number of `answers`, one text with blanks between the codes."""

    answers: Mapping[str, str]

    @property
    def values(self) -> tuple[str, ...]:
        """The codes, in the order of the form."""
        return tuple(self.answers)


@dataclass(frozen=True)
class LanguageField(FormField):
    """A question answered with a language tag, or with `SAME`."""

    default: str = field(default=SAME, kw_only=True)


@dataclass(frozen=True)
class TextField(FormField):
    """A question answered in the person's own words, `limit` characters at most."""

    limit: int
    needed: bool = False
