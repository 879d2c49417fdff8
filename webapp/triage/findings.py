"""Correcting the facts of a report, and going through the signs."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from flask import Blueprint, make_response, render_template, request
from flask.typing import ResponseReturnValue

from reports.errors import (
    AssessmentRefused,
    CorrectionRefused,
    ReasonMissing,
    SealBroken,
    TextTooLong,
    WaysideError,
)
from reports.intake.taxonomy import TAXONOMY
from reports.model import Report
from reports.triage import assessment, corrections, queue, reading
from reports.triage.reading import OpenReport
from webapp import clock, taxonomy
from webapp.db import current, transaction, vault
from webapp.desk import judged, labels
from webapp.i18n import DESK
from webapp.staff_auth import TRIAGE, keyring, staff_only
from webapp.triage.page import back, sentence, show, started

blueprint = Blueprint("findings", __name__, url_prefix="/desk/reports/<uuid:report_id>")
_ = DESK.lazy_gettext
REFUSED = (AssessmentRefused, CorrectionRefused, SealBroken, TextTooLong)
FACTS = (*corrections.ALLOWED, "urgency")
WHY = _("Write why you set the urgency by hand.")


@blueprint.post("/correct")
@staff_only(*TRIAGE)
def correct(report_id: UUID) -> ResponseReturnValue:
    """Keep what staff know better; the queue and the route follow at once."""
    report, reason = started(report_id), request.form.get("reason", "")
    wanted = {field: request.form[field] for field in FACTS if _changed(field)}
    typed = {"correct": reason} | {f"c-{field}": value for field, value in wanted.items()}
    urgency = wanted.pop("urgency", "")
    try:
        with transaction() as session:
            found = queue.find(session, keyring(), report_id)
            opened = _whole(found)
            kept = corrections.correct(
                session,
                vault(),
                found,
                opened.answers or {},
                opened.corrections,
                wanted,
                clock.now(),
                staff_id=keyring().staff.id,
                urgency=urgency,
                reason=reason,
            )
    except ReasonMissing:
        return show(report, typed=typed, mistakes={"correct": WHY})
    except REFUSED as problem:
        return show(report, typed=typed, mistakes={"correct": sentence(problem)})
    return back(report_id, "corrected" if kept else "", "facts")


@blueprint.get("/assessment")
@staff_only(*TRIAGE)
def signs(report_id: UUID) -> ResponseReturnValue:
    """The signs of the sources, with what was answered before."""
    report = started(report_id)
    opened = reading.read(current(), vault(), report, keyring())
    before = opened.assessment
    return _signs(opened, before.answers if before else {}, before.remark if before else "")


@blueprint.post("/assessment")
@staff_only(*TRIAGE)
def assess(report_id: UUID) -> ResponseReturnValue:
    """Keep the assessment."""
    report, remark = started(report_id), request.form.get("text", "")
    wanted = {sign.id: request.form[sign.id] for sign in TAXONOMY.signs if _given(sign.id)}
    try:
        with transaction() as session:
            found = queue.find(session, keyring(), report_id)
            opened = _whole(found)
            assessment.assess(
                session,
                vault(),
                found,
                opened.assessment,
                wanted,
                remark,
                clock.now(),
                staff_id=keyring().staff.id,
            )
    except REFUSED as problem:
        opened = reading.read(current(), vault(), report, keyring())
        return _signs(opened, wanted, remark, problem)
    return back(report_id, "assessed", "assessment")


def _changed(field: str) -> bool:
    """Whether the form says something else than it showed: a form that lay open for long sends the
    facts of its own time too, and must not bring them back over what a colleague found since."""
    return _given(field) and request.form[field] != request.form.get(f"was-{field}")


def _given(name: str) -> bool:
    return bool(request.form.get(name))


def _whole(report: Report) -> OpenReport:
    """The opened report. Raises `SealBroken` when there are no answers to judge."""
    opened = reading.read(current(), vault(), report, keyring())
    if opened.answers is None:
        raise SealBroken("the report's body is damaged")
    return opened


def _signs(
    opened: OpenReport,
    answers: Mapping[str, str],
    remark: str,
    problem: WaysideError | None = None,
) -> ResponseReturnValue:
    page = render_template(
        "triage/assessment.html",
        report=opened.report,
        opened=opened,
        groups=[
            (group, [sign for sign in TAXONOMY.signs if sign.group == group.id])
            for group in TAXONOMY.groups
        ],
        ticked=frozenset((opened.answers or {}).get("signs", "").split()),
        answers=answers,
        remark=remark,
        mistake=sentence(problem) if problem else "",
        said=taxonomy.said,
        judged=judged,
        points=assessment.POINTS,
        needed=assessment.ENOUGH,
        needed_for_a_child=assessment.ENOUGH_FOR_A_CHILD,
        labels=labels,
    )
    return make_response(page, 422 if problem else 200)
