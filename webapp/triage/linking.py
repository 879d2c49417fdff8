"""Confirming or dismissing that two reports are about the same people."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from reports.errors import LinkRefused
from reports.triage import links, queue
from webapp import clock
from webapp.db import transaction, vault
from webapp.staff_auth import TRIAGE, keyring, staff_only
from webapp.triage.page import back, refused, started

blueprint = Blueprint("linking", __name__, url_prefix="/desk/reports/<uuid:report_id>")


@blueprint.post("/links/<uuid:other_id>")
@staff_only(*TRIAGE)
def decide(report_id: UUID, other_id: UUID) -> ResponseReturnValue:
    """Keep what staff say of two reports."""
    report, state = started(report_id), request.form.get("state", "")
    try:
        with transaction() as session:
            found = queue.find(session, keyring(), report_id)
            links.decide(session, vault(), keyring(), found, other_id, state, clock.now())
    except LinkRefused as problem:
        return refused(report, "link", "", problem)
    return back(report_id, "linked" if state == "confirmed" else "not_linked", "links")
