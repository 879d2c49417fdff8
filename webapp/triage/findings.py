"""Correcting the facts of a report, and going through the signs."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from flask import Blueprint, make_response, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from reports.errors import (
    AssessmentRefused,
    ClaimedByAnother,
    CorrectionRefused,
    ReasonMissing,
    SealBroken,
    StatusRefused,
    TextTooLong,
    WaysideError,
)
from reports.intake.taxonomy import TAXONOMY
from reports.model import Report
from reports.triage import report_reader
from reports.triage.findings import assessment, corrections
from reports.triage.queue import claim, queue
from reports.triage.report_reader import OpenReport
from webapp.desk import fact_labels, labels
from webapp.desk.desk_errors import describe_error
from webapp.site import clock
from webapp.site.db import get_session, get_vault, transaction
from webapp.staff_auth import TRIAGE, get_keyring, require_role
from webapp.triage.report_page import (
    redirect_to_report,
    render_report,
    require_opened,
)
from webapp.wording import taxonomy_labels

blueprint = Blueprint("findings", __name__, url_prefix="/desk/reports/<uuid:report_id>")
REFUSED = (AssessmentRefused, CorrectionRefused, SealBroken, TextTooLong)


@blueprint.post("/correct")
@require_role(*TRIAGE)
def correct(report_id: UUID) -> ResponseReturnValue:
    """Keep what staff know better; the queue and the route follow at once."""
    report, reason = require_opened(report_id), request.form.get("reason", "")
    wanted = _read_facts()
    typed = {"correct": reason} | {f"c-{field}": value for field, value in wanted.items()}
    urgency = wanted.pop(fact_labels.URGENCY, "")
    try:
        with transaction() as session:
            found = queue.find(session, get_keyring(), report_id)
            opened = _whole(found)
            kept = corrections.correct(
                session,
                get_vault(),
                found,
                opened.answers or {},
                opened.corrections,
                wanted,
                clock.now(),
                staff_id=get_keyring().staff.id,
                urgency=urgency,
                reason=reason,
            )
    except (*REFUSED, ReasonMissing) as problem:
        mistakes = {"correct": describe_error(problem, "correct")}
        return render_report(report, typed=typed, mistakes=mistakes)
    return redirect_to_report(report_id, "corrected" if kept else "", "facts")


@blueprint.get("/assessment")
@require_role(*TRIAGE)
def show_assessment_form(report_id: UUID) -> ResponseReturnValue:
    """The signs of the sources, with what was answered before."""
    report = require_opened(report_id)
    opened = report_reader.read(get_session(), get_vault(), report, get_keyring())
    return _signs(opened, {}, opened.assessment.remark if opened.assessment else "")


@blueprint.post("/assessment")
@require_role(*TRIAGE)
def assess(report_id: UUID) -> ResponseReturnValue:
    """Keep the assessment; where a colleague has the report in hand, nothing of it is lost."""
    report, remark = require_opened(report_id, alongside=True), request.form.get("text", "")
    answers = {sign.id: request.form.get(sign.id, "") for sign in TAXONOMY.signs}
    wanted = {sign: answer for sign, answer in answers.items() if answer != _shown(sign)}
    try:
        with transaction() as session:
            _assess(session, queue.find(session, get_keyring(), report_id), wanted, remark)
    except (*REFUSED, ClaimedByAnother, StatusRefused) as problem:
        opened = report_reader.read(get_session(), get_vault(), report, get_keyring())
        return _signs(opened, wanted, remark, problem)
    return redirect_to_report(report_id, "assessed", "assessment")


def _assess(session: Session, found: Report, wanted: Mapping[str, str], remark: str) -> None:
    """Keep it for who has the report in hand, or takes it over with the same press."""
    staff_id, now = get_keyring().staff.id, clock.now()
    if request.form.get("take"):
        claim.take_over(session, get_vault(), found, staff_id, now)
    claim.acquire(session, found, staff_id, now)
    before, seen = _whole(found).assessment, _shown("text")
    assessment.assess(
        session, get_vault(), found, before, wanted, remark, now, staff_id=staff_id, seen=seen
    )


def _read_facts() -> dict[str, str]:
    """The facts that the form changes, and the urgency."""
    facts = (*corrections.list_allowed(), fact_labels.URGENCY)
    return {field: request.form[field] for field in facts if _changed(field)}


def _changed(field: str) -> bool:
    """Whether the form says something else than it showed: a form that lay open for long sends the
    facts of its own time too, and must not bring them back over what a colleague found since."""
    return bool(request.form.get(field)) and request.form[field] != _shown(field)


def _shown(field: str) -> str:
    """What stood in a field when the page was made."""
    return request.form.get(f"was-{field}", "")


def _whole(report: Report) -> OpenReport:
    """The opened report. Raises `SealBroken` when there are no answers to judge."""
    opened = report_reader.read(get_session(), get_vault(), report, get_keyring())
    if opened.answers is None:
        raise SealBroken("the report's body is damaged")
    return opened


def _signs(
    opened: OpenReport,
    wanted: Mapping[str, str],
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
        answers=assessment.merge_answers(opened.assessment, wanted),
        before=opened.assessment,
        remark=remark,
        late=isinstance(problem, StatusRefused),
        taken=isinstance(problem, ClaimedByAnother),
        mistake=describe_error(problem) if problem else "",
        said=taxonomy_labels.label_entry,
        judged=fact_labels,
        points=assessment.POINTS,
        needed=assessment.ENOUGH,
        needed_for_a_child=assessment.ENOUGH_FOR_A_CHILD,
        labels=labels,
    )
    code = 409 if isinstance(problem, ClaimedByAnother) else 422
    return make_response(page, code if problem else 200)
