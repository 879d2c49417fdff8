"""Who can help a reporter now, by what the report's row tells in the clear."""

from __future__ import annotations

from reports.model import Report
from reports.routing.engine import propose
from reports.routing.entries import Contact
from reports.triage.routing_facts import build_facts
from webapp.clock import now
from webapp.countries import countries, letter_of, letters
from webapp.places import Place, places


def place_of(country: str | None) -> Place | None:
    """The country of the report as the doors show it; None where it is none of ours."""
    if country is None or country not in letters().values():
        return None
    return next(place for place in places() if place.letter == letter_of(country))


def helpers(report: Report) -> list[Contact]:
    """The contact points that can be called now; the police are among the emergency numbers."""
    answers = {"country": report.country or "unknown", "form": report.form}
    route = propose(countries(), build_facts(answers, countries().space, now()), "help")
    found = [countries().contact(id) for id in route.ids]
    return [one for one in found if one.phones and one.category not in ("emergency", "police")]
