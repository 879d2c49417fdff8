"""The queue's filters: read from the address, offered in a form, put back into links."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from flask import request
from flask_babel import LazyString

from reports.intake.questions import FORMS
from reports.model.report import STATUSES
from reports.triage.queue import ELSEWHERE, Filters
from webapp.countries import countries
from webapp.desk import labels

URGENCIES: Final = (3, 2, 1, 0)
DOUBT: Final = {"no": False, "only": True}
Choices = Mapping[str, Sequence[tuple[str, LazyString | str]]]


def filters() -> Filters:
    """The filters of this request; a value that there is not filters nothing."""
    urgency = request.args.get("urgency", "")
    return Filters(
        status=_one_of("status", STATUSES),
        country=_one_of("country", (*countries().codes, ELSEWHERE)),
        form=_one_of("form", FORMS),
        urgency=int(urgency) if urgency in map(str, URGENCIES) else None,
        mine=request.args.get("mine") == "1",
        unverified=DOUBT.get(request.args.get("doubt", "")),
    )


def query_of(wanted: Filters) -> dict[str, str]:
    """The filters as the address carries them, without the empty ones."""
    told = {
        "status": wanted.status,
        "country": wanted.country,
        "form": wanted.form,
        "urgency": None if wanted.urgency is None else str(wanted.urgency),
        "mine": "1" if wanted.mine else None,
        "doubt": next((code for code, on in DOUBT.items() if on is wanted.unverified), None),
    }
    return {name: value for name, value in told.items() if value}


def choices() -> Choices:
    """What each filter can be, with words."""
    places = (*countries().codes, ELSEWHERE)
    return {
        "status": [(code, labels.STATUS[code]) for code in STATUSES],
        "urgency": [(str(level), labels.URGENCY[level]) for level in URGENCIES],
        "country": [(code, labels.words(labels.COUNTRY, code)) for code in places],
        "form": [(code, labels.FORM[code]) for code in FORMS],
        "doubt": [(code, labels.DOUBT[code]) for code in DOUBT],
    }


def _one_of(name: str, allowed: Sequence[str]) -> str | None:
    value = request.args.get(name, "")
    return value if value in allowed else None
