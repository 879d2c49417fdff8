"""Converts a report's answers into routing facts, and proposes its route."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from reports.intake.question import SAME, ChoiceField
from reports.intake.questions import FIELDS
from reports.routing.country import Countries
from reports.routing.engine import Route, propose
from reports.routing.facts import Facts, FactSpace


def build_facts(answers: Mapping[str, str], space: FactSpace, now: datetime) -> Facts:
    """Returns the routing facts of these answers, as each question declares; the rest is unknown.

    A person affected is never taken to the police by silence (F:927-942). A reporter who did not
    say whether it is about them counts as a person affected for the same reason: a skipped question
    must not decide it. Only a child can be unaccompanied, and only a witness anonymous.
    """
    kind = answers.get("kind", "unknown")
    told = dict(answers)
    if answers.get("present", SAME) == SAME:
        told["present"] = answers.get("country", "unknown")
    if kind == "unknown":
        told["kind"] = "self"
    known: dict[str, object] = {}
    for name, field in FIELDS.items():
        meaning = field.meaning if isinstance(field, ChoiceField) else None
        value = told.get(name, "unknown")
        if meaning and meaning.true_for:
            known[meaning.fact] = value in meaning.true_for or known.get(meaning.fact, False)
        elif meaning and value in space.choices[meaning.fact]:
            known[meaning.fact] = value
    if told.get("age") not in ("minor", "doubtful"):
        known["unaccompanied"] = False
    if kind != "witness":
        known["anonymous"] = False
    return Facts.parse(known, space=space, now=now)


def propose_route(countries: Countries, answers: Mapping[str, str], now: datetime) -> Route:
    """Returns the engine's proposal: the recipients for this report, in order."""
    return propose(countries, build_facts(answers, countries.space, now), "refer")
