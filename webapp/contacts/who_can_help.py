""" "Who can help me now?": at most four questions, one per page, and a route with reasons.

Each question is a form whose buttons are the answers, so that one press leads on; earlier answers
travel in the form. Nothing is stored, and no URL reveals an answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from flask_babel import LazyString

from reports.routing.country import Country
from reports.routing.engine import propose
from reports.routing.facts import Facts
from webapp.contacts.cards import ContactCard, build_card
from webapp.contacts.directory import assign_region_letters
from webapp.i18n import MESSAGES
from webapp.site.country_edition import (
    get_countries,
    get_letters,
    list_emergency_contacts,
    translate_name,
)
from webapp.wording.contact_labels import HELP_FLAGS
from webapp.wording.report_answers import REGION

_ = MESSAGES.lazy_gettext

PLACE, AGE, ABOUT, POLICE = FIELDS = ("a", "b", "c", "d")
"""The fields in the order of the questions; their names reveal nothing."""
ELSEWHERE: Final = "x"

QUESTIONS: Final[Mapping[str, LazyString]] = {
    PLACE: _("Where are you now?"),
    AGE: _("How old are you?"),
    ABOUT: _("What is it about?"),
    POLICE: _("May the police know?"),
}
HINTS: Final[Mapping[str, LazyString]] = {
    PLACE: _("We keep no answer. Nothing stays on our computer."),
    AGE: _("Under 18 you have more rights."),
    ABOUT: _("Choose what fits best."),
    POLICE: _("You can change your mind later. Here we only choose whom to show."),
}
ANSWERS: Final[Mapping[str, Mapping[str, tuple[LazyString, Mapping[str, object]]]]] = {
    AGE: {
        "1": (_("18 or older"), {"age": "adult"}),
        "2": (_("Under 18, with a parent or guardian"), {"age": "minor"}),
        "3": (_("Under 18, without a parent or guardian"), {"age": "minor", "unaccompanied": True}),
        "4": (_("I don't want to say"), {}),
    },
    ABOUT: {
        "1": (_("Bad work: pay, hours, no papers"), {"form": "labour"}),
        "2": (_("I live in a centre for asylum seekers"), {"asylum_reception": True}),
        "3": (_("Both of these"), {"form": "labour", "asylum_reception": True}),
        "4": (_("Something else"), {}),
    },
    POLICE: {
        "1": (_("Yes"), {"police": "accepted"}),
        "2": (_("No"), {"police": "refused"}),
        "3": (_("I don't know yet"), {}),
    },
}
"""For each answer its words, and the routing facts that it sets."""


@dataclass(frozen=True, slots=True)
class HelpQuestion:
    """One question: the field that its buttons set, and the earlier answers to carry along."""

    field: str
    words: str
    hint: str
    options: tuple[tuple[str, str], ...]
    given: tuple[tuple[str, str], ...]
    number: int


@dataclass(frozen=True, slots=True)
class HelpAnswer:
    """Whom to call, in order, each with its reason; `flags` are sentences to read first."""

    emergency: list[ContactCard]
    cards: list[ContactCard]
    flags: tuple[str, ...]
    country: str
    letter: str


def read_answers(form: Mapping[str, str]) -> dict[str, str]:
    """Returns the answers so far, in order, up to the first that is missing or invalid."""
    given: dict[str, str] = {}
    for field in FIELDS:
        value = form.get(field, "")
        if value not in _options(field):
            break
        given[field] = value
    return given


def choose_next_question(given: Mapping[str, str]) -> HelpQuestion | None:
    """Returns the next question, or None when all are answered."""
    if len(given) == len(FIELDS) or given.get(PLACE) == ELSEWHERE:
        return None
    field = FIELDS[len(given)]
    return HelpQuestion(
        field=field,
        words=str(QUESTIONS[field]),
        hint=str(HINTS[field]),
        options=tuple(_options(field).items()),
        given=tuple(given.items()),
        number=len(given) + 1,
    )


def find_help(given: Mapping[str, str], now: datetime) -> HelpAnswer:
    """Returns who can help at `now`, by the rules of the country files."""
    letter, country, region = _place(given[PLACE])
    found: dict[str, object] = {}
    for field in FIELDS[1:]:
        if field in given:
            found |= ANSWERS[field][given[field]][1]
    values = {"kind": "self", "present_country": "other", **found}
    if country:
        values |= {"present_country": country.code, "region": region}
    facts = Facts.parse(values, space=get_countries().space, now=now)
    route = propose(get_countries(), facts, "help")
    urgent = (
        list_emergency_contacts(country)
        if country
        else list_emergency_contacts(get_countries().common)
    )
    listed = [(get_countries().find_contact(each.id), each.why) for each in route.recipients]
    return HelpAnswer(
        emergency=[build_card(contact, now) for contact in urgent],
        cards=[build_card(contact, now, why) for contact, why in listed if contact not in urgent],
        flags=tuple(str(HELP_FLAGS[flag]) for flag in route.flags if flag in HELP_FLAGS),
        country=translate_name(country) if country else "",
        letter=letter,
    )


def _options(field: str) -> dict[str, str]:
    """Returns value and words of each answer to a question."""
    if field == PLACE:
        return _places()
    return {value: str(words) for value, (words, _facts) in ANSWERS[field].items()}


def _places() -> dict[str, str]:
    """Returns every served country, by region if it has any, and "another country"."""
    found: dict[str, str] = {}
    for letter, code in get_letters().items():
        country = get_countries()[code]
        name = translate_name(country)
        for tail, region in assign_region_letters(country).items():
            found[letter + tail] = f"{name}: {REGION.get(region, region)}"
        found[letter] = str(_in(name)) if country.regions else name
    return {**found, ELSEWHERE: str(_("Another country"))}


def _in(name: str) -> str:
    return str(_("%(country)s, I don't know where", country=name))


def _place(value: str) -> tuple[str, Country | None, str]:
    """Returns the country's letter, the country and the region for an answer."""
    for letter, code in get_letters().items():
        country = get_countries()[code]
        tails = {"": "unknown", **assign_region_letters(country)}
        if value.removeprefix(letter) in tails and value.startswith(letter):
            return letter, country, tails[value.removeprefix(letter)]
    return "", None, "unknown"
