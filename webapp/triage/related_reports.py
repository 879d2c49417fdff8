"""Reports about the same people: what staff add for finding them, and what they say of two."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from reports.errors import CorrectionRefused, LinkRefused, TextTooLong
from reports.model import Report
from reports.triage import links, report_reader
from reports.triage.findings import added_identifiers
from reports.triage.identifiers import KINDS
from reports.triage.queue import queue
from webapp.desk.desk_errors import describe_error
from webapp.site import clock
from webapp.site.db import get_vault, transaction
from webapp.staff_auth import TRIAGE, get_keyring, require_role
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
    """Keep what staff say of two reports."""
    report, state = require_opened(report_id), request.form.get("state", "")
    try:
        with transaction() as session:
            found = queue.find(session, get_keyring(), report_id)
            links.decide(session, get_vault(), get_keyring(), found, other_id, state, clock.now())
    except LinkRefused as problem:
        return render_with_error(report, "link", "", problem)
    return redirect_to_report(
        report_id, "linked" if state == "confirmed" else "not_linked", "links"
    )


@blueprint.post("/traces")
@require_role(*TRIAGE)
def add_identifier(report_id: UUID) -> ResponseReturnValue:
    """Keep a plate, a phone, an address, an advert or a name that staff have learned of."""
    report, now, staff_id = require_opened(report_id), clock.now(), get_keyring().staff.id
    wanted = {kind: request.form.get(kind, "") for kind in KINDS}
    try:
        with transaction() as session:
            found = queue.find(session, get_keyring(), report_id)
            opened = report_reader.read(session, get_vault(), found, get_keyring())
            facts, have = opened.judged or {}, opened.added
            added_identifiers.add(
                session, get_vault(), found, facts, have, wanted, now, staff_id=staff_id
            )
            _note_down(session, found)
    except (CorrectionRefused, TextTooLong) as problem:
        typed = {f"t-{kind}": value for kind, value in wanted.items()}
        return render_report(report, typed=typed, mistakes={"trace": describe_error(problem)})
    return redirect_to_report(report_id, "", "facts")


@blueprint.post("/traces/<uuid:trace_id>")
@require_role(*TRIAGE)
def remove_identifier(report_id: UUID, trace_id: UUID) -> ResponseReturnValue:
    """Erase a trace that staff added; twice is once."""
    require_opened(report_id)
    with transaction() as session:
        found, now = queue.find(session, get_keyring(), report_id), clock.now()
        if added_identifiers.remove(
            session, get_vault(), found, trace_id, now, staff_id=get_keyring().staff.id
        ):
            _note_down(session, found)
    return redirect_to_report(report_id, "", "facts")


def _note_down(session: Session, report: Report) -> None:
    """Make the tokens by which the report is linked what its traces say now."""
    links.update_tokens(
        session, get_keyring(), report_reader.read(session, get_vault(), report, get_keyring())
    )
