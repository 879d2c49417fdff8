"""The last page before sending: every answer, and who will see the report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from reports.intake import doors
from reports.intake.questions import country_of
from reports.routing.engine import propose
from reports.routing.entries import Contact
from reports.triage.facts import facts_of
from webapp.answers import COUNTRY
from webapp.clock import now
from webapp.countries import countries
from webapp.report import forms
from webapp.report.forms import Row


@dataclass(frozen=True)
class Review:
    """`told` and `left`: steps with an answer and without one. `desk`: the country of our staff.

    `own`: a person affected reads this. `recipients`: whom our staff will most likely choose, as
    the route is proposed to them. `duty`: the law of the country makes us tell the police.
    """

    told: list[Row]
    left: list[Row]
    desk: str
    own: bool
    police: bool
    recipients: list[Contact]
    duty: bool


def review(answers: Mapping[str, str]) -> Review:
    """What the review shows for these answers."""
    told, left = forms.reviewed(answers)
    place = country_of(answers)
    return Review(
        told=told,
        left=left,
        desk=str(COUNTRY[place]) if place in countries() else "",
        own=doors.door_of(answers) == "self",
        police=answers.get("police") == "accepted",
        recipients=_recipients(answers),
        duty=_police_must_know(answers),
    )


def _recipients(answers: Mapping[str, str]) -> list[Contact]:
    route = propose(countries(), facts_of(answers, countries().space, now()), "refer")
    contacts = [countries().contact(id) for id in route.ids]
    return [contact for contact in contacts if contact.category != "emergency"]


def _police_must_know(answers: Mapping[str, str]) -> bool:
    """Whether the law makes us tell the police: where the person is, or where it happens."""
    if answers.get("age") not in ("minor", "doubtful"):
        return False
    places = {answers.get("country", ""), country_of(answers)} & set(countries().codes)
    duties = [countries()[code].facts.get("minors_police_duty") for code in places]
    return any(duty is not None and duty.value is True for duty in duties)
