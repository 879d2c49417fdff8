"""The rule language of the country files, and matching. Nothing here knows a country.

A file has sections; a section is a list of blocks; a block takes its `first` fitting rule or
`all` fitting rules, in order. A rule's `when` names conditions, and all must hold; a condition
is one value or a list of allowed values. A rule may `add` contact points at the end, put them
in `front`, place them directly `after` another, `drop` some, and raise a `flag`.
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

# What a proposal says besides its list; the pages and the desk have words for each.
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
    """Holds when the fact named has one of the values allowed."""

    fact: str
    allowed: frozenset[RuleValue]


Conditions = tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class DerivedFact:
    """A yes-or-no fact that follows from others: true when any of `cases` holds."""

    name: str
    cases: tuple[Conditions, ...]

    def holds(self, situation: Situation) -> bool:
        return any(fits(case, situation) for case in self.cases)


@dataclass(frozen=True, slots=True)
class After:
    """Contact points to place directly after another one."""

    anchor: str
    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: when it fits, what it does, why in plain words, and where that is written."""

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
    """Rules read together: the first that fits, or every one that fits."""

    id: str
    take: Take
    rules: tuple[Rule, ...]

    def select_rules(self, situation: Situation) -> list[Rule]:
        """The rules of this block that act in this situation, in order."""
        found: list[Rule] = []
        for rule in self.rules:
            if fits(rule.when, situation):
                found.append(rule)
                if self.take == "first":
                    break
        return found


def fits(conditions: Conditions, situation: Situation) -> bool:
    """Whether every condition holds; no condition at all always fits."""
    for condition in conditions:  # the engine's inner loop: all() takes twice the time
        if situation[condition.fact] not in condition.allowed:
            return False
    return True


def build_situation(facts: Facts, derived: tuple[DerivedFact, ...]) -> dict[str, RuleValue]:
    """The facts as rules read them, with what follows from them; office hours are added later."""
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
    """The situation as one country sees it: are its offices open at that moment?"""
    return {**situation, "office_hours": hours.is_open_at(facts.at) is True}
