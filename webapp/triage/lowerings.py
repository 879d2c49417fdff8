"""The form under a correction that protects the person less: a second person settles it."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from reports.errors import (
    ProposalGone,
    SealBroken,
    SecondPersonNeeded,
    SignInRefused,
    TooManyGuesses,
)
from reports.triage.findings import settlement
from webapp.desk.reauthentication import check_person
from webapp.staff_auth import TRIAGE, require_role
from webapp.triage.report_act import working_on
from webapp.triage.report_page import redirect_to_report, render_with_error, require_opened

blueprint = Blueprint("lowerings", __name__, url_prefix="/desk/reports/<uuid:report_id>/lowering")


@blueprint.post("/<uuid:lowering_id>")
@require_role(*TRIAGE)
def settle(report_id: UUID, lowering_id: UUID) -> ResponseReturnValue:
    """Agrees after the password; or takes one's own back, or declines somebody else's."""
    require_opened(report_id, alongside=True)
    agreed = request.form.get("step") == "agree"
    try:
        if agreed:
            check_person()
        with working_on(report_id, alongside=True) as (act, report):
            settlement.settle(act, report, lowering_id, agreed=agreed)
    except (
        ProposalGone,
        SealBroken,
        SecondPersonNeeded,
        SignInRefused,
        TooManyGuesses,
    ) as problem:
        return render_with_error(report_id, "lowering", "", problem)
    return redirect_to_report(report_id, "agreed" if agreed else "undone", "facts")
