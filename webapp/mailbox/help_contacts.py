"""Who can help a reporter now, by the columns of the report that are in the clear.

Small on purpose: the only part of the mailbox that uses routing.
"""

from __future__ import annotations

from reports.model import Report
from reports.routing.engine import propose
from reports.routing.entries import Contact
from reports.triage.routing_facts import build_facts
from webapp.site.clock import now
from webapp.site.country_edition import find_letter, get_countries, get_letters
from webapp.site.served_countries import CountryEntry, list_countries


def find_country_entry(country: str | None) -> CountryEntry | None:
    """Returns the report's country as the doors show it, or None if it is not served."""
    if country is None or country not in get_letters().values():
        return None
    return next(place for place in list_countries() if place.letter == find_letter(country))


def list_contacts(report: Report) -> list[Contact]:
    """Returns the contact points that can be called now, without police and emergency numbers."""
    answers = {"country": report.country or "unknown", "form": report.form}
    route = propose(get_countries(), build_facts(answers, get_countries().space, now()), "help")
    found = [get_countries().find_contact(id) for id in route.ids]
    return [one for one in found if one.phones and one.category not in ("emergency", "police")]
