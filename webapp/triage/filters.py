"""The queue's filters: parsed from the URL, offered in a form, and written into links."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final
from uuid import UUID

from flask import request
from flask_babel import LazyString
from werkzeug.datastructures import MultiDict

from reports.intake.questions import FORMS
from reports.model.report import STATUSES
from reports.triage.queue import claim
from reports.triage.queue.counts import COUNTED
from reports.triage.queue.queue import ELSEWHERE, NOBODY, URGENCIES, Filters
from webapp.desk import labels
from webapp.i18n import DESK
from webapp.site.country_edition import get_countries
from webapp.site.db import get_session
from webapp.staff_auth import get_keyring

_ = DESK.lazy_gettext

DOUBT: Final = {"no": False, "only": True}
SWITCHES: Final = ("files", "overdue")
ME: Final = "me"
NONE: Final = "nobody"
FilterChoices = Mapping[str, Sequence[tuple[str, LazyString | str]]]
FilterValues = MultiDict[str, str]


def read_filters(told: FilterValues | None = None) -> Filters:
    """Returns the filters in the request's URL, or in `told`; invalid values are ignored."""
    given = request.args if told is None else told
    urgency = given.get("urgency", "")
    return Filters(
        status=_one_of(given, "status", STATUSES),
        country=_one_of(given, "country", (*get_countries().codes, ELSEWHERE)),
        form=_one_of(given, "form", FORMS),
        urgency=int(urgency) if urgency in map(str, URGENCIES) else None,
        assignee=_person(given.get("who", "")),
        unverified=DOUBT.get(given.get("doubt", "")),
        turn=_one_of(given, "turn", COUNTED),
        files=given.get("files") == "1",
        overdue=given.get("overdue") == "1",
    )


def build_query(wanted: Filters) -> dict[str, str]:
    """Returns the filters as URL parameters, without empty ones."""
    told = {
        "status": wanted.status,
        "country": wanted.country,
        "form": wanted.form,
        "turn": wanted.turn,
        "urgency": None if wanted.urgency is None else str(wanted.urgency),
        "who": _name_of(wanted.assignee),
        "doubt": next((code for code, on in DOUBT.items() if on is wanted.unverified), None),
    }
    told |= {name: "1" for name in SWITCHES if getattr(wanted, name)}
    return {name: value for name, value in told.items() if value}


def list_choices() -> FilterChoices:
    """Returns the options of each filter, with labels."""
    places = (*get_countries().codes, ELSEWHERE)
    return {
        "status": [(code, labels.STATUS[code]) for code in STATUSES],
        "turn": [(code, labels.TURN[code]) for code in COUNTED],
        "urgency": [(str(level), labels.URGENCY[level]) for level in URGENCIES],
        "country": [(code, labels.label_code(labels.COUNTRY, code)) for code in places],
        "form": [(code, labels.FORM[code]) for code in FORMS],
        "who": [(ME, _("I")), (NONE, _("Nobody")), *_colleagues()],
        "doubt": [(code, labels.DOUBT[code]) for code in DOUBT],
    }


def _colleagues() -> list[tuple[str, str]]:
    """Returns id and name of everybody else at one's desks, by name."""
    found = {
        member.id.hex: member.name
        for desk_id in get_keyring().list_desk_ids(get_session())
        for member in claim.list_colleagues(get_session(), desk_id)
        if member.id != get_keyring().staff.id
    }
    return sorted(found.items(), key=lambda each: each[1].casefold())


def _person(told: str) -> UUID | None:
    """Returns the person that a value stands for; None if empty or invalid."""
    if told == ME:
        return get_keyring().staff.id
    if told == NONE:
        return NOBODY
    try:
        return UUID(hex=told) if len(told) == 32 else None
    except ValueError:
        return None


def _name_of(person: UUID | None) -> str | None:
    if person is None:
        return None
    named = {NOBODY: NONE, get_keyring().staff.id: ME}
    return named.get(person, person.hex)


def _one_of(given: FilterValues, name: str, allowed: Sequence[str]) -> str | None:
    value = given.get(name, "")
    return value if value in allowed else None
