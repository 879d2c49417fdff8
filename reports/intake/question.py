"""The types of form questions: the kind of answer, and how the form, staff, routing and packets use
it.

The questions themselves are declared in `reports.intake.questions`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass, field

from reports.intake.taxonomy import DOORS

SAME = "same"
"""As an answer: the person is where it happens; the reply is wanted in the language of the form."""
UNTOLD = ("", "unknown")
"""Answers that carry no information."""


def N_(text: str) -> str:
    """Marks a text for the `desk` catalogue; it is translated when a packet is made. Returns it
    unchanged."""
    return text


UNKNOWN = N_("not known")


@dataclass(frozen=True)
class RoutingMeaning:
    """How an answer sets a routing fact.

    The code becomes the value of `fact`; with `true_for`, the fact is true for these codes and
    false for others.
    """

    fact: str
    true_for: tuple[str, ...] = ()


@dataclass(frozen=True)
class FormField:
    """One question of the form; subclasses define the kind of answer.

    `name` is its key in every sealed body and `number` its key in the page: neither ever changes.
    `step` is the page that asks it, in the order of declaration, and `doors` are the doors that are
    asked. `label` is English, for packets. `always`: a packet names it even when the answer is
    unknown. `default` is the value of an unanswered question.
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
        """Returns whether `value` is a real answer: not empty, "I don't know" or the default."""
        return value not in (*UNTOLD, self.default)


@dataclass(frozen=True)
class ChoiceField(FormField):
    """A question with one answer out of `answers`, which maps each code to English for packets.

    With an empty `default` it must be answered. `withheld` maps a door to codes that it is not
    offered. `meaning` is the routing fact that it sets; `correctable`: staff may correct it.

    `protects` ranks all codes by how much they protect, the most first; codes of one group protect
    alike, and () says that none does. None says nothing, which only a question may do that staff
    cannot correct.
    """

    answers: Mapping[str, str]
    default: str = field(default="unknown", kw_only=True)
    withheld: Mapping[str, tuple[str, ...]] = field(default_factory=dict, kw_only=True)
    meaning: RoutingMeaning | None = field(default=None, kw_only=True)
    correctable: bool = field(default=False, kw_only=True)
    protects: tuple[tuple[str, ...], ...] | None = field(default=None, kw_only=True)

    @property
    def values(self) -> tuple[str, ...]:
        """The codes, in the order of the form."""
        return tuple(self.answers)

    def list_offered(self, door: str) -> tuple[str, ...]:
        """Returns the codes that `door` can choose from."""
        return tuple(code for code in self.answers if code not in self.withheld.get(door, ()))

    def is_lower(self, to: str, was: str) -> bool:
        """Returns whether the answer `to` protects less than `was`."""
        return self._rank(to) > self._rank(was)

    def _rank(self, code: str) -> int:
        """The place of a code among the groups of `protects`; one that there is not, as the
        default."""
        known = [at for at, group in enumerate(self.protects or ()) if code in group]
        return known[0] if known else (self._rank(self.default) if code != self.default else 0)


@dataclass(frozen=True)
class MultiChoiceField(FormField):
    """A question with any number of `answers`, stored as codes with a blank between them."""

    answers: Mapping[str, str]

    @property
    def values(self) -> tuple[str, ...]:
        """The codes, in the order of the form."""
        return tuple(self.answers)


@dataclass(frozen=True)
class LanguageField(FormField):
    """A question answered with a language tag or with `SAME`."""

    default: str = field(default=SAME, kw_only=True)


@dataclass(frozen=True)
class TextField(FormField):
    """A question answered in free text of at most `limit` characters; `needed` makes it
    required."""

    limit: int
    needed: bool = False
