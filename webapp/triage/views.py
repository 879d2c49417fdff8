"""The page of a report: opening it, confirming one in doubt, replying, and notes.

A report is opened by a POST, because custody records it; afterwards it can be read during the
session, and reading changes nothing.
"""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from reports.errors import RosterBroken, TextEmpty, TextTooLong
from reports.triage import notes, reply, report_reader
from reports.triage.queue import claim
from webapp.desk import labels
from webapp.desk.staff_act import acting_on
from webapp.i18n import get_known_languages
from webapp.site import failure_log
from webapp.staff_auth import TRIAGE, require_role
from webapp.triage import report_opening
from webapp.triage.report_act import working_on
from webapp.triage.report_page import (
    redirect_to_report,
    render_report,
    render_with_error,
)

blueprint = Blueprint("triage", __name__, url_prefix="/desk")


@blueprint.post("/reports/<uuid:report_id>/open")
@require_role(*TRIAGE)
def open_report(report_id: UUID) -> ResponseReturnValue:
    """Records that the report is opened, then redirects to its page."""
    with acting_on(report_id) as (act, report):
        begun = report_reader.has_opened(act.session, report, act.staff_id, act.sitting)
        if not begun or report_reader.has_news(act.session, report, act.staff_id):
            report_opening.record(act, report)
        claim.try_acquire(act, report)
    report_opening.look_through(report_id)
    return redirect(url_for("triage.show_report", report_id=report_id), 303)


@blueprint.get("/reports/<uuid:report_id>")
@require_role(*TRIAGE)
def show_report(report_id: UUID) -> ResponseReturnValue:
    """Shows the report, or its cover if this person has not opened it in this session."""
    return render_report(report_id, done=labels.DONE.get(request.args.get("done", "")))


@blueprint.post("/reports/<uuid:report_id>/verify")
@require_role(*TRIAGE)
def verify(report_id: UUID) -> ResponseReturnValue:
    """Marks a report in doubt as genuine."""
    with working_on(report_id) as (act, report):
        report_reader.verify(act, report)
    return redirect_to_report(report_id, "verified")


@blueprint.post("/reports/<uuid:report_id>/reply")
@require_role(*TRIAGE)
def send_reply(report_id: UUID) -> ResponseReturnValue:
    """Sends a message to the reporter."""
    typed, once = request.form.get("text", ""), request.form.get("once", "").encode()
    try:
        with working_on(report_id) as (act, report):
            reply.reply(act, report, typed, once=once, language=_written_in())
    except (TextEmpty, TextTooLong) as problem:
        return render_with_error(report_id, "reply", typed, problem)
    except RosterBroken as problem:
        failure_log.log_failure(problem)
        return render_with_error(report_id, "reply", typed, problem)
    return redirect_to_report(report_id, "replied", "thread")


@blueprint.post("/reports/<uuid:report_id>/note")
@require_role(*TRIAGE)
def add_note(report_id: UUID) -> ResponseReturnValue:
    """Adds a note for the desk."""
    typed = request.form.get("text", "")
    try:
        with working_on(report_id) as (act, report):
            notes.add(act, report, typed)
    except (TextEmpty, TextTooLong) as problem:
        return render_with_error(report_id, "note", typed, problem)
    return redirect_to_report(report_id, "noted", "notes")


def _written_in() -> str:
    """Returns the language that staff say they wrote in, or "" for an unknown one."""
    tag = request.form.get("language", "")
    return tag if tag in get_known_languages() else ""
