"""The rule language of the country files, and its evaluation. Nothing here knows a country.

A file has sections; a section is a list of blocks; a block applies its `first` matching rule or
`all` matching rules, in order. A rule's `when` names conditions, which must all hold; a condition
is one value or a list of allowed values. A rule may `add` contact points at the end, put them in
`front`, place them directly `after` another, `drop` some, and raise a `flag`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from reports.routing.entries import Hours
from reports.routing.facts import Facts

Take = Literal["first", "all"]
RuleValue = str | bool
Situation = Mapping[str, RuleValue]

TAKES = ("first", "all")
SECTIONS = ("emergency", "help", "refer", "second_help", "second_refer")
COMMON_SECTIONS = ("emergency", "help", "refer", "always_help", "always_refer")
REFER_ONLY = ("kind",)

# What a proposal points out besides its list; the pages and the desk have words for each.
FLAGS = (
    "ask_country",
    "emergency_calls",
    "minor_police_duty",
    "only_police_at_night",
    "age_unknown",
    "age_doubtful",
    "withheld",
)


@dataclass(frozen=True, slots=True)
class Condition:
    """Holds when the named fact has one of the allowed values."""

    fact: str
    allowed: frozenset[RuleValue]


Conditions = tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class DerivedFact:
    """A boolean fact derived from others: true when any of `cases` holds."""

    name: str
    cases: tuple[Conditions, ...]

    def holds(self, situation: Situation) -> bool:
        """Returns whether the fact is true in this situation."""
        return any(fits(case, situation) for case in self.cases)


@dataclass(frozen=True, slots=True)
class After:
    """Contact points to place directly after another one."""

    anchor: str
    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: its conditions and effects, the reason in plain words, and the source."""

    id: str
    when: Conditions
    why: str
    source: str
    add: tuple[str, ...] = ()
    front: tuple[str, ...] = ()
    after: After | None = None
    drop: tuple[str, ...] = ()
    flag: tuple[str, ...] = ()

    @property
    def placed(self) -> tuple[str, ...]:
        """Every contact point that this rule can put on a list."""
        return (*self.add, *self.front, *(self.after.ids if self.after else ()))


@dataclass(frozen=True, slots=True)
class RuleBlock:
    """Rules evaluated together: the first that matches, or every one that matches."""

    id: str
    take: Take
    rules: tuple[Rule, ...]

    def select_rules(self, situation: Situation) -> list[Rule]:
        """Returns the rules of this block that apply in this situation, in order."""
        found: list[Rule] = []
        for rule in self.rules:
            if fits(rule.when, situation):
                found.append(rule)
                if self.take == "first":
                    break
        return found


def fits(conditions: Conditions, situation: Situation) -> bool:
    """Returns whether every condition holds; always true without conditions."""
    for condition in conditions:  # the engine's inner loop: all() takes twice the time
        if situation[condition.fact] not in condition.allowed:
            return False
    return True


def build_situation(facts: Facts, derived: tuple[DerivedFact, ...]) -> dict[str, RuleValue]:
    """Returns the facts as rules read them, with derived facts; `add_hours` adds office hours."""
    situation: dict[str, RuleValue] = {
        "present_country": facts.present_country,
        "exploitation_country": facts.exploitation_country,
        "region": facts.region,
        "form": facts.form,
        "age": facts.age,
        "police": facts.police,
        "kind": facts.kind,
        "unaccompanied": facts.unaccompanied,
        "danger": facts.danger,
        "asylum_reception": facts.asylum_reception,
        "anonymous": facts.anonymous,
    }
    for fact in derived:
        situation[fact.name] = fact.holds(situation)
    return situation


def add_hours(situation: Situation, hours: Hours, facts: Facts) -> dict[str, RuleValue]:
    """Returns the situation with `office_hours`: whether these offices are open at that moment."""
    return {**situation, "office_hours": hours.is_open_at(facts.at) is True}
