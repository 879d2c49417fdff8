"""The form for the legal hold: proposing, agreeing and lifting, each confirmed by a second
person."""

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
from webapp.desk.reauthentication import check_person
from webapp.desk.staff_act import acting_on
from webapp.staff_auth import TRIAGE, require_role
from webapp.triage.report_page import redirect_to_report, render_with_error, require_opened

blueprint = Blueprint("legal_hold", __name__, url_prefix="/desk/reports/<uuid:report_id>/hold")


@blueprint.post("")
@require_role(*TRIAGE)
def change(report_id: UUID) -> ResponseReturnValue:
    """Takes one step of a hold: propose it, propose lifting it, agree, or refuse."""
    require_opened(report_id, alongside=True)
    typed, wanted = request.form.get("text", ""), request.form.get("step", "")
    try:
        check_person()
        with acting_on(report_id) as (act, report):
            if wanted in legal_hold.STEPS:
                legal_hold.take_step(act, report, wanted, request.form.get("seen"))
            else:
                legal_hold.propose(act, report, typed)
    except (
        ReasonMissing,
        SecondPersonNeeded,
        SignInRefused,
        StatusRefused,
        TextTooLong,
        TooManyGuesses,
    ) as problem:
        return render_with_error(report_id, "hold", typed, problem)
    return redirect_to_report(report_id, "hold", "hold")
