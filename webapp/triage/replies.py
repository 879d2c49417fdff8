"""Replies without writing: standing messages and quick questions, in the reporter's language."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from reports.errors import QuestionRefused, RosterBroken
from reports.triage import reply
from webapp.site import failure_log
from webapp.staff_auth import TRIAGE, require_role
from webapp.triage.report_act import working_on
from webapp.triage.report_page import redirect_to_report, render_with_error

blueprint = Blueprint("replies", __name__, url_prefix="/desk/reports/<uuid:report_id>")


@blueprint.post("/standing")
@require_role(*TRIAGE)
def send_standing_message(report_id: UUID) -> ResponseReturnValue:
    """Adds a standing message to the mailbox."""
    code, once = request.form.get("code", ""), request.form.get("once", "").encode()
    try:
        with working_on(report_id) as (act, report):
            reply.send_standing_message(act, report, code, once=once)
    except (QuestionRefused, RosterBroken) as problem:
        return _refused(report_id, "standing", problem)
    return redirect_to_report(report_id, "replied", "thread")


@blueprint.post("/ask")
@require_role(*TRIAGE)
def ask_questions(report_id: UUID) -> ResponseReturnValue:
    """Adds quick questions to the mailbox, each answered with one press."""
    codes, once = request.form.getlist("code"), request.form.get("once", "").encode()
    try:
        with working_on(report_id) as (act, report):
            reply.ask(act, report, codes, once=once)
    except (QuestionRefused, RosterBroken) as problem:
        return _refused(report_id, "ask", problem)
    return redirect_to_report(report_id, "asked", "thread")


def _refused(
    report_id: UUID, field: str, problem: QuestionRefused | RosterBroken
) -> ResponseReturnValue:
    if isinstance(problem, RosterBroken):
        failure_log.log_failure(problem)
    return render_with_error(report_id, field, "", problem)
