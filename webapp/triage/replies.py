"""Answering without writing: ready words in the reporter's language, questions to tap."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from reports.errors import QuestionRefused, RosterBroken
from reports.triage import reply
from reports.triage.queue import queue
from webapp.site import clock, failure_log
from webapp.site.db import get_vault, transaction
from webapp.staff_auth import TRIAGE, get_keyring, require_role
from webapp.triage.report_page import redirect_to_report, render_with_error, require_opened

blueprint = Blueprint("replies", __name__, url_prefix="/desk/reports/<uuid:report_id>")


@blueprint.post("/standing")
@require_role(*TRIAGE)
def send_standing_message(report_id: UUID) -> ResponseReturnValue:
    """Put ready words into the mailbox."""
    report, once = require_opened(report_id), request.form.get("once", "").encode()
    code = request.form.get("code", "")
    try:
        with transaction() as session:
            found = queue.find(session, get_keyring(), report_id)
            staff_id = get_keyring().staff.id
            reply.send_standing_message(
                session, get_vault(), found, code, clock.now(), staff_id=staff_id, once=once
            )
    except (QuestionRefused, RosterBroken) as problem:
        return _refused(report_id, "standing", problem)
    return redirect_to_report(report.id, "replied", "thread")


@blueprint.post("/ask")
@require_role(*TRIAGE)
def ask_questions(report_id: UUID) -> ResponseReturnValue:
    """Put questions into the mailbox that are answered with one press."""
    report, once = require_opened(report_id), request.form.get("once", "").encode()
    codes = request.form.getlist("code")
    try:
        with transaction() as session:
            found = queue.find(session, get_keyring(), report_id)
            staff_id = get_keyring().staff.id
            reply.ask(session, get_vault(), found, codes, clock.now(), staff_id=staff_id, once=once)
    except (QuestionRefused, RosterBroken) as problem:
        return _refused(report_id, "ask", problem)
    return redirect_to_report(report.id, "asked", "thread")


def _refused(
    report_id: UUID, field: str, problem: QuestionRefused | RosterBroken
) -> ResponseReturnValue:
    if isinstance(problem, RosterBroken):
        failure_log.log_failure(problem)
    return render_with_error(require_opened(report_id), field, "", problem)
