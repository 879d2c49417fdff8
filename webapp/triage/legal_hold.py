"""A legal hold, as staff ask for it, agree to it and lift it: each step with a second person."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from reports.errors import (
    ReasonMissing,
    SecondPersonNeeded,
    SignInRefused,
    StatusRefused,
    TextTooLong,
    TooManyGuesses,
)
from reports.triage import legal_hold
from reports.triage.queue import queue
from webapp.desk.reauthentication import check_password
from webapp.site import clock
from webapp.site.db import get_vault, transaction
from webapp.staff_auth import TRIAGE, get_keyring, require_role
from webapp.triage.report_page import redirect_to_report, render_with_error, require_opened

blueprint = Blueprint("legal_hold", __name__, url_prefix="/desk/reports/<uuid:report_id>/hold")


@blueprint.post("")
@require_role(*TRIAGE)
def change(report_id: UUID) -> ResponseReturnValue:
    """One step of a hold: ask for it, ask for its end, agree, or refuse."""
    report, typed = require_opened(report_id, alongside=True), request.form.get("text", "")
    wanted = request.form.get("step", "")
    try:
        check_password(request.form.get("password", ""))
        with transaction() as session:
            found, now = queue.find(session, get_keyring(), report_id), clock.now()
            if wanted in legal_hold.STEPS:
                seen = request.form.get("seen")
                legal_hold.take_step(session, get_vault(), get_keyring(), found, wanted, now, seen)
            else:
                legal_hold.propose(session, get_vault(), get_keyring(), found, typed, now)
    except (
        ReasonMissing,
        SecondPersonNeeded,
        SignInRefused,
        StatusRefused,
        TextTooLong,
        TooManyGuesses,
    ) as problem:
        return render_with_error(report, "hold", typed, problem)
    return redirect_to_report(report_id, "hold", "hold")
