"""Search over a desk's reports: each request searches one batch and reports the progress.

With script, htmx sends the next request automatically; without, a button does. The words are in the
form and never in a URL, and nothing decrypted is kept between requests.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from flask import Blueprint, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import LazyString
from htmx_flask import request as htmx_request
from sqlalchemy import select

from reports.intake.questions import FORMS, clean
from reports.model import Report
from reports.model.report import STATUSES
from reports.triage.search import report_search
from reports.triage.search.query import QUERY_LIMIT, SearchQuery
from reports.triage.search.report_search import SearchBatch, SearchCursor, SearchStep
from webapp.desk import labels
from webapp.desk.staff_act import acting
from webapp.i18n import DESK
from webapp.site import clock
from webapp.site.country_edition import get_countries
from webapp.site.db import get_session, get_vault
from webapp.staff_auth import TRIAGE, get_keyring, require_role

_ = DESK.lazy_gettext
blueprint = Blueprint("search", __name__, url_prefix="/desk/search")
MOST: Final = 100
"""The most hits; with more, the search has to be narrowed."""
WITHOUT_SCRIPT: Final = 5 * report_search.BATCH
"""Reports in one request when each needs a press of the button."""
FIELDS: Final = ("q", "status", "country", "form", "since")
SINCE: Final = {"7": _("7 days"), "30": _("30 days"), "365": _("1 year")}
WHERE: Final = {
    "story": _("Story"),
    "answers": _("Facts"),
    "messages": _("Mailbox"),
    "notes": _("Notes of the desk"),
    "name": _("Its name"),
}


@dataclass(frozen=True)
class SearchForm:
    """One form as submitted: the query, the progress of the search, and the hits so far."""

    wanted: SearchQuery
    after: SearchCursor | None
    searched: int
    damaged: int
    found: dict[UUID, list[str]]


@blueprint.get("")
@require_role(*TRIAGE)
def show_form() -> ResponseReturnValue:
    """Shows the form."""
    return _page({})


@blueprint.post("")
@require_role(*TRIAGE)
def find() -> ResponseReturnValue:
    """Searches one batch and shows all hits so far."""
    sent = _sent()
    if not sent.wanted.words:
        return _page({}, _("Write at least 2 letters."))
    count = report_search.count_reports(get_session(), get_keyring(), sent.wanted)
    if sent.after is None:
        with acting() as act:
            report_search.record(act, count)
    size = report_search.BATCH if htmx_request.htmx else WITHOUT_SCRIPT
    batch = report_search.search_batch(
        get_session(), get_vault(), get_keyring(), sent.wanted, SearchStep(sent.after, size)
    )
    for each in batch.found:
        sent.found[each.report_id] = list(each.where)
    return _page(_progress(sent, batch, count))


def _sent() -> SearchForm:
    form = request.form
    days = form.get("since", "")
    since = clock.now().date() - timedelta(days=int(days)) if days in SINCE else None
    wanted = SearchQuery(
        clean(form.get("q", ""))[:QUERY_LIMIT],
        status=_one_of("status", STATUSES),
        country=_one_of("country", get_countries().codes),
        form=_one_of("form", FORMS),
        since=since,
    )
    return SearchForm(
        wanted,
        SearchCursor.parse(form.get("after", "")),
        _number("searched"),
        _number("damaged"),
        dict(filter(None, map(_hit, form.getlist("hit")[:MOST]))),
    )


def _one_of(name: str, allowed: tuple[str, ...]) -> str | None:
    value = request.form.get(name, "")
    return value if value in allowed else None


def _number(name: str) -> int:
    value = request.form.get(name, "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 9 else 0


def _hit(text: str) -> tuple[UUID, list[str]] | None:
    id, *where = text.split(".")
    try:
        return UUID(id), [name for name in where if name in WHERE]
    except ValueError:
        return None


def _progress(sent: SearchForm, batch: SearchBatch, count: int) -> dict[str, Any]:
    """Returns the progress of the search for the page, or its end."""
    full = len(sent.found) >= MOST
    desks = get_keyring().list_desk_ids(get_session())
    query = select(Report).where(Report.id.in_(sent.found), Report.desk_id.in_(desks))
    order = Report.received_day.desc(), Report.id.desc()
    return {
        "searched": min(sent.searched + batch.searched, count),
        "count": count,
        "damaged": sent.damaged + batch.damaged,
        "rows": list(get_session().scalars(query.order_by(*order).limit(MOST))),
        "hits": sent.found,
        "following": None if full else batch.following,
        "full": full and batch.following is not None,
    }


def _page(result: dict[str, Any], mistake: LazyString | str = "") -> ResponseReturnValue:
    page = render_template(
        "triage/searched.html" if htmx_request.htmx and result else "triage/search.html",
        result=result,
        mistake=mistake,
        typed={name: clean(request.form.get(name, "")) for name in FIELDS},
        choices={
            "status": [(code, labels.STATUS[code]) for code in STATUSES],
            "country": [(code, labels.COUNTRY[code]) for code in get_countries().codes],
            "form": [(code, labels.FORM[code]) for code in FORMS],
            "since": list(SINCE.items()),
        },
        where=WHERE,
        most=MOST,
        labels=labels,
    )
    return make_response(page, 422 if mistake else 200)
