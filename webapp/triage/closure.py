"""Closing a report. Its coded facts are kept separately for the yearly statistics."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from reports.errors import ReasonMissing, StatisticRefused, StatusRefused, TextTooLong
from reports.statistics import collection
from reports.statistics.definitions import ASKED
from reports.triage import report_reader, status
from webapp.desk.desk_errors import describe_error
from webapp.staff_auth import TRIAGE, require_role
from webapp.triage.report_act import working_on
from webapp.triage.report_page import (
    get_settings,
    redirect_to_report,
    render_report,
)

blueprint = Blueprint("closure", __name__, url_prefix="/desk")


@blueprint.post("/reports/<uuid:report_id>/close")
@require_role(*TRIAGE)
def close(report_id: UUID) -> ResponseReturnValue:
    """Closes a report; without a referral a written reason is required."""
    typed, said = request.form.get("reason", ""), {n: request.form.get(n, "") for n in ASKED}
    try:
        with working_on(report_id) as (act, report):
            opened = report_reader.read(act.session, act.vault, report, act.keyring)
            status.close(act, report, typed, retention_days=get_settings().retention_days)
            collection.collect(act, report, opened.judged or {}, said)
    except (ReasonMissing, StatisticRefused, TextTooLong, StatusRefused) as problem:
        again = {"close": typed} | {f"closing_{name}": value for name, value in said.items()}
        return render_report(
            report_id, typed=again, mistakes={"close": describe_error(problem, "close")}
        )
    return redirect_to_report(report_id, "closed")
