"""The routing engine: turns facts into an ordered list of contact points, each with its reason.

It is pure and knows no country: the rules and their effects are in the country files. The first
country is where the person is, else where the exploitation was; the second country is where the
exploitation was, when both are known and differ.
"""

from dataclasses import dataclass

from reports.routing.country import Countries, Country
from reports.routing.facts import Facts, Mode
from reports.routing.rules import Rule, Situation, add_hours, build_situation


@dataclass(frozen=True, slots=True)
class Recipient:
    """One proposed contact point, with the rule that placed it, its reason and its source."""

    id: str
    rule: str
    why: str
    source: str


@dataclass(frozen=True, slots=True)
class Route:
    """The engine's ordered proposal, without duplicates. `flags` are codes for what to point
    out."""

    recipients: tuple[Recipient, ...]
    flags: tuple[str, ...]

    @property
    def ids(self) -> tuple[str, ...]:
        """The contact ids, in order."""
        return tuple(recipient.id for recipient in self.recipients)


def propose(countries: Countries, facts: Facts, mode: Mode) -> Route:
    """Returns who can help now (`help`), or who should receive the report (`refer`), in order."""
    situation = build_situation(facts, countries.derived)
    present = _real(countries, facts.present_country)
    exploitation = _real(countries, facts.exploitation_country)
    first = present or exploitation or countries.common
    second = exploitation if present is not None and exploitation is not present else None
    emergency = present or countries.common

    here = add_hours(situation, first.office_hours, facts)
    flags: list[str] = []
    listed = _run(emergency, "emergency", here, flags)
    listed += _run(first, mode, here, flags)
    if second is not None:
        there = add_hours(situation, second.office_hours, facts)
        listed += _run(second, f"second_{mode}", there, flags)
    listed += _run(countries.common, f"always_{mode}", here, flags)

    once: dict[str, Recipient] = {}
    for recipient in listed:
        once.setdefault(recipient.id, recipient)
    return Route(tuple(once.values()), tuple(dict.fromkeys(flags)))


def _real(countries: Countries, code: str) -> Country | None:
    """Returns the country with this code; None for elsewhere, unknown and the common file."""
    country = countries.by_code.get(code)
    return None if country is None or country.common else country


def _run(country: Country, section: str, situation: Situation, flags: list[str]) -> list[Recipient]:
    """Returns the list of one section; appends the flags that its rules raise to `flags`."""
    listed: list[Recipient] = []
    for block in country.sections[section]:
        for rule in block.select_rules(situation):
            listed = _apply(rule, listed)
            flags.extend(rule.flag)
    return listed


def _apply(rule: Rule, listed: list[Recipient]) -> list[Recipient]:
    """Returns the list after one rule: first `drop`, then `front`, `after` and `add`."""
    kept = listed
    if rule.drop:
        kept = [recipient for recipient in listed if recipient.id not in rule.drop]
    if rule.front:
        kept = [*_recipients(rule, rule.front), *kept]
    if rule.after is not None:
        anchor = rule.after.anchor
        at = next((n for n, entry in enumerate(kept, 1) if entry.id == anchor), len(kept))
        kept[at:at] = _recipients(rule, rule.after.ids)
    return [*kept, *_recipients(rule, rule.add)]


def _recipients(rule: Rule, ids: tuple[str, ...]) -> list[Recipient]:
    return [Recipient(name, rule.id, rule.why, rule.source) for name in ids]
