"""Whose turn a report is: take, release, assign, pass over, put off, hand over to another desk."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from reports.errors import (
    HandOverRefused,
    NotAllowed,
    PutOffRefused,
    ReasonMissing,
    RosterBroken,
    SealBroken,
    TextTooLong,
    WaysideError,
)
from reports.triage import handover
from reports.triage.queue import claim, next_report
from webapp.desk import labels
from webapp.desk.desk_errors import describe_error
from webapp.desk.staff_act import acting_on
from webapp.i18n import DESK
from webapp.site import failure_log
from webapp.site.db import get_session
from webapp.staff_auth import TRIAGE, require_role
from webapp.triage.filters import build_query, read_filters
from webapp.triage.queue import (
    build_url,
    open_following,
    parse_query,
    redirect_to_following,
)
from webapp.triage.report_act import working_on
from webapp.triage.report_page import (
    redirect_to_report,
    render_with_error,
    require_opened,
)

_ = DESK.lazy_gettext
blueprint = Blueprint("assignment", __name__, url_prefix="/desk/reports/<uuid:report_id>")


@blueprint.post("/take")
@require_role(*TRIAGE)
def take(report_id: UUID) -> ResponseReturnValue:
    """Assigns the report to the signed-in person, also from a colleague.

    Returns to the queue if the form came from there.
    """
    with acting_on(report_id) as (act, report):
        claim.take_over(act, report)
    if "query" not in request.form:
        return redirect_to_report(report_id, "taken")
    place = build_query(read_filters(parse_query(request.form["query"])))
    return redirect(f"{build_url(place, 'taken')}#r{report_id.hex}", 303)


@blueprint.post("/release")
@require_role(*TRIAGE)
def release(report_id: UUID) -> ResponseReturnValue:
    """Ends the assignment of the report."""
    with working_on(report_id) as (act, report):
        claim.release(act, report)
    return redirect(url_for("queue.show_queue", done="released"), 303)


@blueprint.post("/assign")
@require_role(*TRIAGE)
def assign(report_id: UUID) -> ResponseReturnValue:
    """Assigns the report to a colleague of the desk."""
    wanted = request.form.get("person", "")
    try:
        with working_on(report_id) as (act, report):
            every = claim.list_colleagues(act.session, report.desk_id)
            chosen = next((member.id for member in every if str(member.id) == wanted), None)
            if chosen is None:
                raise NotAllowed("nobody was chosen")
            claim.assign(act, report, chosen)
    except NotAllowed as problem:
        return render_with_error(report_id, "assign", "", problem)
    return redirect_to_report(report_id, "assigned")


@blueprint.post("/skip")
@require_role(*TRIAGE)
def skip(report_id: UUID) -> ResponseReturnValue:
    """Passes the report over and opens the next one."""
    with acting_on(report_id) as (act, report):
        next_report.skip(act, report)
        claim.end_own_claim(act, report)
        following = open_following(act)
    return redirect_to_following(following, "skipped")


@blueprint.post("/later")
@require_role(*TRIAGE)
def put_off(report_id: UUID) -> ResponseReturnValue:
    """Puts the report off until a day."""
    typed = request.form.get("day", "")
    try:
        with working_on(report_id) as (act, report):
            next_report.put_off(act, report, _read_day(typed))
            claim.end_own_claim(act, report)
    except PutOffRefused as problem:
        return render_with_error(report_id, "later", typed, problem)
    return redirect_to_report(report_id, "put_off")


def _read_day(typed: str) -> date:
    try:
        return date.fromisoformat(typed.strip())
    except ValueError as problem:
        raise PutOffRefused("day") from problem


@blueprint.get("/hand-over")
@require_role(*TRIAGE)
def show_hand_over_form(report_id: UUID) -> ResponseReturnValue:
    """Shows the form for handing over: the desk and the reason."""
    return _hand_over_page(report_id)


@blueprint.post("/hand-over")
@require_role(*TRIAGE)
def hand_over(report_id: UUID) -> ResponseReturnValue:
    """Hands the report over to another desk; staff without that desk no longer see it."""
    wanted, why = request.form.get("desk", ""), request.form.get("reason", "")
    try:
        with working_on(report_id) as (act, report):
            desks = {desk.name: desk.id for desk in handover.list_other_desks(act.session, report)}
            if wanted not in desks:
                raise NotAllowed("no such desk")
            handover.hand_over(act, report, desks[wanted], why)
    except NotAllowed:
        return _hand_over_page(report_id, missing=True)
    except (HandOverRefused, ReasonMissing, TextTooLong, SealBroken, RosterBroken) as problem:
        if isinstance(problem, RosterBroken):
            failure_log.log_failure(problem)
        return _hand_over_page(report_id, problem)
    return redirect(url_for("queue.show_queue", done="handed_over"), 303)


def _hand_over_page(
    report_id: UUID, problem: WaysideError | None = None, *, missing: bool = False
) -> ResponseReturnValue:
    report = require_opened(report_id)
    mistake = describe_error(problem, "hand over") if problem else None
    page = render_template(
        "triage/hand_over.html",
        report=report,
        desks=handover.list_other_desks(get_session(), report),
        stays=handover.is_refused(get_session(), report),
        chosen=request.form.get("desk", ""),
        reason=request.form.get("reason", ""),
        missing=missing,
        mistake=mistake,
        labels=labels,
    )
    return make_response(page, 422 if mistake or missing else 200)
