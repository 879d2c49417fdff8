"""Reports about the same people: adding identifiers, and confirming or dismissing links."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from reports.errors import CorrectionRefused, LinkRefused, TextTooLong
from reports.triage import links, report_reader
from reports.triage.findings import added_identifiers
from reports.triage.identifiers import KINDS
from webapp.desk.desk_errors import describe_error
from webapp.staff_auth import TRIAGE, require_role
from webapp.triage import report_opening
from webapp.triage.report_act import working_on
from webapp.triage.report_page import (
    redirect_to_report,
    render_report,
    render_with_error,
    require_opened,
)

blueprint = Blueprint("related_reports", __name__, url_prefix="/desk/reports/<uuid:report_id>")


@blueprint.post("/links/<uuid:other_id>")
@require_role(*TRIAGE)
def decide_link(report_id: UUID, other_id: UUID) -> ResponseReturnValue:
    """Stores whether two reports are linked."""
    state = request.form.get("state", "")
    try:
        with working_on(report_id) as (act, report):
            links.decide(act, report, other_id, state)
    except LinkRefused as problem:
        return render_with_error(report_id, "link", "", problem)
    return redirect_to_report(
        report_id, "linked" if state == "confirmed" else "not_linked", "links"
    )


@blueprint.post("/traces")
@require_role(*TRIAGE)
def add_identifier(report_id: UUID) -> ResponseReturnValue:
    """Adds identifiers: a plate, a phone, an address, an advert or a name."""
    wanted = {kind: request.form.get(kind, "") for kind in KINDS}
    try:
        with working_on(report_id) as (act, report):
            opened = report_reader.read(act.session, act.vault, report, act.keyring)
            facts, have = opened.judged or {}, opened.added
            added_identifiers.add(act, report, facts, have, wanted)
            report_opening.update_tokens(act, report)
    except (CorrectionRefused, TextTooLong) as problem:
        typed = {f"t-{kind}": value for kind, value in wanted.items()}
        return render_report(report_id, typed=typed, mistakes={"trace": describe_error(problem)})
    return redirect_to_report(report_id, "", "facts")


@blueprint.post("/traces/<uuid:trace_id>")
@require_role(*TRIAGE)
def remove_identifier(report_id: UUID, trace_id: UUID) -> ResponseReturnValue:
    """Deletes an identifier that staff added; repeating it has no effect."""
    with working_on(report_id) as (act, report):
        if added_identifiers.remove(act, report, trace_id):
            report_opening.update_tokens(act, report)
    return redirect_to_report(report_id, "", "facts")


@blueprint.post("/look-through")
@require_role(*TRIAGE)
def look_again(report_id: UUID) -> ResponseReturnValue:
    """Looks once more through what the reporter wrote; no claim is needed to read."""
    require_opened(report_id, alongside=True)
    report_opening.look_through(report_id, again=True)
    return redirect_to_report(report_id, "", "links")
