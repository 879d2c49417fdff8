"""The queue's pages, saved views, and "next for me"."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import LazyString
from htmx_flask import request as htmx_request
from werkzeug.datastructures import MultiDict

from reports.act import Act
from reports.errors import NotAllowed, TextEmpty, TextTooLong
from reports.triage.queue import (
    claim,
    counts,
    next_report,
    queue,
    saved_views,
)
from reports.triage.queue.queue import Cursor, QueueSlice
from webapp.desk import labels
from webapp.desk.desk_errors import describe_error
from webapp.desk.staff_act import acting
from webapp.site import clock
from webapp.site.db import get_session, transaction
from webapp.staff_auth import TRIAGE, get_keyring, require_role
from webapp.triage import report_opening
from webapp.triage.filters import build_query, list_choices, read_filters

blueprint = Blueprint("queue", __name__, url_prefix="/desk")


@blueprint.get("/")
@require_role(*TRIAGE)
def show_queue() -> ResponseReturnValue:
    """Shows the queue; to htmx only its rows."""
    return _queue()


def _queue(mistake: str = "", done: LazyString | None = None) -> ResponseReturnValue:
    wanted, now = read_filters(), clock.now()
    here = Cursor.parse(request.args.get("after", ""))
    page = render_template(
        "triage/rows.html" if htmx_request.htmx else "triage/queue.html",
        page=queue.list_page(get_session(), get_keyring(), QueueSlice(wanted, here), now),
        counts=counts.count_reports(get_session(), get_keyring(), now),
        most=counts.MOST,
        filters=wanted,
        choices=list_choices(),
        query=build_query(wanted),
        views=saved_views.list_own(get_session(), get_keyring()),
        here=str(here) if here else "",
        today=now.date(),
        labels=labels,
        desks=get_keyring().list_desks(get_session()),
        done=done or labels.DONE.get(request.args.get("done", "")),
        mistake=mistake,
        alone=bool(htmx_request.htmx),
    )
    return make_response(page, 422 if mistake else 200)


@blueprint.post("/views")
@require_role(*TRIAGE)
def save_view() -> ResponseReturnValue:
    """Saves the current filters under a name."""
    wanted = build_query(read_filters(parse_query(request.form.get("query", ""))))
    try:
        with transaction() as session:
            saved_views.save(session, get_keyring(), request.form.get("name", ""), wanted)
    except (NotAllowed, TextEmpty, TextTooLong) as problem:
        return _queue(describe_error(problem, "view"))
    return redirect(build_url(wanted, "saved"), 303)


@blueprint.post("/views/<uuid:view_id>/remove")
@require_role(*TRIAGE)
def remove_view(view_id: UUID) -> ResponseReturnValue:
    """Deletes a saved view; reports are not affected."""
    with transaction() as session:
        saved_views.remove(session, get_keyring(), view_id)
    return redirect(url_for("queue.show_queue", done="unsaved"), 303)


@blueprint.post("/next")
@require_role(*TRIAGE)
def open_next() -> ResponseReturnValue:
    """Opens the report that this person should work on next."""
    with acting() as act:
        report_id = open_following(act)
    return redirect_to_following(report_id)


def open_following(act: Act) -> UUID | None:
    """Opens the next report of who acts, on record, and claims it; returns its id, or None."""
    report_id = next_report.find_next(act.session, act.keyring, act.now)
    if report_id is not None:
        report = queue.find(act.session, act.keyring, report_id)
        claim.try_acquire(act, report)
        report_opening.record(act, report)
    return report_id


def redirect_to_following(report_id: UUID | None, done: str | None = None) -> ResponseReturnValue:
    """Looks through the texts of the next report and redirects to it, or to the queue when nothing
    waits; call it in no transaction."""
    if report_id is None:
        return redirect(url_for("queue.show_queue", done="nothing"), 303)
    report_opening.look_through(report_id)
    return redirect(url_for("triage.show_report", report_id=report_id, done=done), 303)


def build_url(query: Mapping[str, str], done: str) -> str:
    """Returns the URL of the queue with these filters and a confirmation of what was done."""
    return f"{url_for('queue.show_queue')}?{urlencode({**query, 'done': done})}"


def parse_query(text: str) -> MultiDict[str, str]:
    """Parses filters that a form carries as a query string."""
    return MultiDict(parse_qsl(text[:2_000]))
