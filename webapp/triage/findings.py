"""Forms for correcting the facts of a report and for the assessment of the signs."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from flask import Blueprint, make_response, render_template, request
from flask.typing import ResponseReturnValue

from reports.act import Act
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
from reports.triage.findings.assessment import AssessmentDraft
from reports.triage.findings.corrections import CorrectionDraft
from reports.triage.findings.judgement import Judgement
from reports.triage.queue import claim
from reports.triage.report_reader import OpenReport
from webapp.desk import fact_labels, labels
from webapp.desk.desk_errors import describe_error
from webapp.staff_auth import TRIAGE, require_role
from webapp.triage.report_act import working_on
from webapp.triage.report_page import (
    find_report,
    read_opened,
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
    """Stores corrections; the queue and the route follow at once."""
    reason, wanted = request.form.get("reason", ""), _read_facts()
    typed = {"correct": reason} | {f"c-{field}": value for field, value in wanted.items()}
    draft = CorrectionDraft(wanted, wanted.pop(fact_labels.URGENCY, ""), reason)
    try:
        with working_on(report_id) as (act, report):
            done = corrections.correct(act, report, _judge(act, report), draft)
    except (*REFUSED, ReasonMissing) as problem:
        mistakes = {"correct": describe_error(problem, "correct")}
        return render_report(report_id, typed=typed, mistakes=mistakes)
    return redirect_to_report(report_id, done, "facts")


@blueprint.get("/assessment")
@require_role(*TRIAGE)
def show_assessment_form(report_id: UUID) -> ResponseReturnValue:
    """Shows the signs, with earlier answers."""
    opened = read_opened(require_opened(report_id))
    return _signs(opened, {}, opened.assessment.remark if opened.assessment else "")


@blueprint.post("/assessment")
@require_role(*TRIAGE)
def assess(report_id: UUID) -> ResponseReturnValue:
    """Stores the assessment; if a colleague has claimed the report, the form comes back
    complete."""
    answers = {sign.id: request.form.get(sign.id, "") for sign in TAXONOMY.signs}
    wanted = {sign: answer for sign, answer in answers.items() if answer != _shown(sign)}
    draft = AssessmentDraft(wanted, request.form.get("text", ""), _shown("text"))
    try:
        with working_on(report_id, alongside=True) as (act, report):
            _assess(act, report, draft)
    except (*REFUSED, ClaimedByAnother, StatusRefused) as problem:
        return _signs(read_opened(find_report(report_id)), wanted, draft.remark, problem)
    return redirect_to_report(report_id, "assessed", "assessment")


def _assess(act: Act, report: Report, draft: AssessmentDraft) -> None:
    """Stores the assessment for the claim holder, first taking the claim over if that was
    pressed."""
    if request.form.get("take"):
        claim.take_over(act, report)
    claim.acquire(act, report)
    assessment.assess(act, report, _whole(act, report).assessment, draft)


def _read_facts() -> dict[str, str]:
    """Returns the facts that the form changes, and the urgency."""
    facts = (*corrections.list_allowed(), fact_labels.URGENCY)
    return {field: request.form[field] for field in facts if _changed(field)}


def _changed(field: str) -> bool:
    """Whether the value differs from what the form showed.

    A form that was open for long also sends unchanged facts of its time, which must not overwrite
    what a colleague corrected since.
    """
    return bool(request.form.get(field)) and request.form[field] != _shown(field)


def _shown(field: str) -> str:
    """Returns the value that the field had when the page was built."""
    return request.form.get(f"was-{field}", "")


def _judge(act: Act, report: Report) -> Judgement:
    """Returns the answers that hold, with a lock on the report. Raises `SealBroken` if they cannot
    be read."""
    act.lock(report)
    found = _whole(act, report).judgement
    if found is None:
        raise SealBroken("the report's body is damaged")
    return found


def _whole(act: Act, report: Report) -> OpenReport:
    """Returns the decrypted report. Raises `SealBroken` if its answers cannot be read."""
    opened = report_reader.read(act.session, act.vault, report, act.keyring)
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
