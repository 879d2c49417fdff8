"""The review before sending: every answer, and who will see the report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from reports.intake.form_flow import FormFlow
from reports.intake.questions import find_country
from reports.routing.engine import propose
from reports.triage.routing_facts import build_facts
from webapp.report import forms
from webapp.report.forms import ReviewRow
from webapp.site.clock import now
from webapp.site.country_edition import get_countries
from webapp.wording.report_answers import COUNTRY


@dataclass(frozen=True)
class ReviewPage:
    """The content of the review.

    `told` and `left`: steps with and without an answer. `desk`: the country of the desk, or "".
    `own`: the reader is the person affected. `recipients`: names of the contact points that staff
    will most likely choose, as the route proposes them. `duty`: the law obliges staff to tell the
    police.
    """

    told: list[ReviewRow]
    left: list[ReviewRow]
    desk: str
    own: bool
    police: bool
    recipients: list[str]
    duty: bool


def build_review(flow: FormFlow) -> ReviewPage:
    """Returns the content of the review for these answers."""
    answers = flow.answers
    told, left = forms.list_review_rows(flow)
    place = find_country(answers)
    return ReviewPage(
        told=told,
        left=left,
        desk=str(COUNTRY[place]) if place in get_countries() else "",
        own=flow.door == "self",
        police=answers.get("police") == "accepted",
        recipients=_recipients(answers),
        duty=_police_must_know(answers),
    )


def shorten_review(review: ReviewPage, room: int) -> ReviewPage:
    """Returns the same review, its typed words cut to `room` bytes."""
    return replace(review, told=forms.shorten_rows(review.told, room))


def _recipients(answers: Mapping[str, str]) -> list[str]:
    route = propose(get_countries(), build_facts(answers, get_countries().space, now()), "refer")
    contacts = [get_countries().find_contact(id) for id in route.ids]
    # Emergency numbers are for calls by staff; they do not receive the report.
    return [contact.name for contact in contacts if contact.category != "emergency"]


def _police_must_know(answers: Mapping[str, str]) -> bool:
    """Whether the law obliges staff to tell the police about this person."""
    return answers.get("age") in ("minor", "doubtful") and has_child_duty(answers)


def has_child_duty(answers: Mapping[str, str]) -> bool:
    """Returns whether the police must be told of a child where the person is or where it
    happens."""
    places = {answers.get("country", ""), find_country(answers)} & set(get_countries().codes)
    duties = [get_countries()[code].facts.get("minors_police_duty") for code in places]
    return any(duty is not None and duty.value is True for duty in duties)
