"""From a report's answers to the facts that routing goes by."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from reports.intake.questions import SAME
from reports.routing.country import Countries
from reports.routing.engine import Route, propose
from reports.routing.facts import Facts, FactSpace


def build_facts(answers: Mapping[str, str], space: FactSpace, now: datetime) -> Facts:
    """The facts that these answers tell; what routing does not know counts as unknown.

    A person affected is never taken to the police by silence (F:927-942). Who did not say whether
    it is about them counts as a person affected for the same reason: a skipped question must not
    decide it. Only a child can be unaccompanied.
    """
    kind = answers.get("kind", "unknown")
    country = answers.get("country", "unknown")
    present = answers.get("present", SAME)
    told = {
        "present_country": country if present == SAME else present,
        "exploitation_country": country,
        "region": answers.get("region", "unknown"),
        "form": answers.get("form", "unknown"),
        "age": answers.get("age", "unknown"),
        "police": answers.get("police", "unknown"),
        "kind": "self" if kind == "unknown" else kind,
    }
    known: dict[str, object] = {
        field: value for field, value in told.items() if value in space.choices[field]
    }
    young = told["age"] in ("minor", "doubtful")
    known["danger"] = answers.get("danger") == "yes"
    known["unaccompanied"] = young and answers.get("alone") == "yes"
    known["asylum_reception"] = answers.get("reception") == "yes"
    known["anonymous"] = kind == "witness" and answers.get("anonymous") == "yes"
    return Facts.parse(known, space=space, now=now)


def propose_route(countries: Countries, answers: Mapping[str, str], now: datetime) -> Route:
    """To whom this report should go, in order, as the engine proposes it."""
    return propose(countries, build_facts(answers, countries.space, now), "refer")
