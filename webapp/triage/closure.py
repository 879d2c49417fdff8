"""The desk: closing a report. Its coded facts stay for the yearly counts, apart from it."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from reports.errors import ReasonMissing, StatisticRefused, StatusRefused, TextTooLong
from reports.statistics import collection
from reports.statistics.definitions import ASKED
from reports.triage import report_reader, status
from reports.triage.queue import queue
from webapp.desk.desk_errors import describe_error
from webapp.site import clock
from webapp.site.db import get_session, get_vault, transaction
from webapp.staff_auth import TRIAGE, get_keyring, require_role
from webapp.triage.report_page import (
    get_settings,
    redirect_to_report,
    render_report,
    require_opened,
)

blueprint = Blueprint("closure", __name__, url_prefix="/desk")


@blueprint.post("/reports/<uuid:report_id>/close")
@require_role(*TRIAGE)
def close(report_id: UUID) -> ResponseReturnValue:
    """End the work on a report; without a referral, with a written reason."""
    report, typed = require_opened(report_id), request.form.get("reason", "")
    answers = report_reader.read(get_session(), get_vault(), report, get_keyring()).judged or {}
    said = {name: request.form.get(name, "") for name in ASKED}
    try:
        with transaction() as session:
            report = queue.find(session, get_keyring(), report_id)
            status.move(
                session,
                get_vault(),
                report,
                "closed",
                clock.now(),
                staff_id=get_keyring().staff.id,
                reason=typed,
                retention_days=get_settings().retention_days,
            )
            collection.collect(session, get_vault(), report, answers, said, clock.now())
    except (ReasonMissing, StatisticRefused, TextTooLong, StatusRefused) as problem:
        again = {"close": typed} | {f"closing_{name}": value for name, value in said.items()}
        return render_report(
            report, typed=again, mistakes={"close": describe_error(problem, "close")}
        )
    return redirect_to_report(report_id, "closed")
