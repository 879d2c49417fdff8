"""Four eyes at the desk: shows a proposal to the second person, who agrees or declines."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, make_response, render_template, request
from flask.typing import ResponseReturnValue

from reports.errors import (
    GateOpen,
    NoRecipient,
    PacketChanged,
    PacketTooLarge,
    PassageMissing,
    ProposalGone,
    RecipientUnready,
    SealBroken,
    SecondPersonNeeded,
    SignInRefused,
    StatusRefused,
    StoreFailed,
    TextTooLong,
    TooManyGuesses,
    WaysideError,
)
from reports.model import Proposal, Report, Staff
from reports.triage.referral import four_eyes, gate_answers
from reports.triage.referral.dispatch import refer
from reports.triage.referral.four_eyes import OpenProposal
from webapp.desk import labels
from webapp.desk.desk_errors import describe_error
from webapp.desk.reauthentication import check_person
from webapp.desk.staff_act import acting_on
from webapp.site.db import get_session, get_vault
from webapp.staff_auth import TRIAGE, get_keyring, require_role
from webapp.triage import gate_form, referral_preview
from webapp.triage.referral_preview import ReferralPlan
from webapp.triage.report_act import working_on
from webapp.triage.report_page import (
    get_settings,
    read_opened,
    redirect_to_report,
    render_with_error,
    require_opened,
)

blueprint = Blueprint("proposals", __name__, url_prefix="/desk/reports/<uuid:report_id>/proposal")
CHANGED = (NoRecipient, PassageMissing, RecipientUnready, SealBroken, StoreFailed)
"""Failures that mean nobody can agree to the proposal any more."""
STOPS = (*CHANGED, PacketChanged, PacketTooLarge, SecondPersonNeeded, StatusRefused)


@blueprint.get("")
@require_role(*TRIAGE)
def show_proposal(report_id: UUID) -> ResponseReturnValue:
    """Shows the proposal as it would be sent."""
    report = require_opened(report_id)
    try:
        return _page(report)
    except ProposalGone as problem:
        return render_with_error(report_id, "route", "", problem)


@blueprint.post("/agree")
@require_role(*TRIAGE)
def agree(report_id: UUID) -> ResponseReturnValue:
    """Records the second person's consent and sends exactly what was proposed."""
    report = require_opened(report_id, alongside=True)
    try:
        try:
            check_person()
            _agree(report)
        except (GateOpen, SignInRefused, TextTooLong, TooManyGuesses) as problem:
            return _page(report, problem)
    except (ProposalGone, *STOPS) as problem:
        return render_with_error(report_id, "route", "", problem)
    return redirect_to_report(report_id, "referred", "deliveries")


@blueprint.post("/end")
@require_role(*TRIAGE)
def end(report_id: UUID) -> ResponseReturnValue:
    """Withdraws one's own proposal, or declines somebody else's."""
    try:
        with working_on(report_id, alongside=True) as (act, report):
            four_eyes.end(act, report, _asked())
    except ProposalGone as problem:
        return render_with_error(report_id, "route", "", problem)
    return redirect_to_report(report_id, "declined", "route")


def _agree(report: Report) -> None:
    held = _held(report)
    if held.id != _asked():
        raise ProposalGone("another proposal stands there now")
    if held.staff_id == get_keyring().staff.id:
        raise SecondPersonNeeded("somebody else must agree")
    made = _plan(report, held)
    if made.fingerprint != held.fingerprint:
        raise PacketChanged("not what was proposed")
    packed = referral_preview.pack(made)
    with acting_on(report.id) as (act, found):
        by = four_eyes.agree(act, found, held.id)
        plan = gate_answers.build_plan(act, found, held.to, get_settings(), by)
        gate_answers.answer(act, found, plan, gate_form.read_drafts())
        refer(act, found, packed, get_settings(), proposed_by=by)


def _held(report: Report) -> OpenProposal:
    held = four_eyes.read(get_session(), get_vault(), get_keyring(), report)
    if held is None:
        raise ProposalGone("it is no longer there")
    return held


def _asked() -> UUID:
    try:
        return UUID(request.form.get("proposal", ""))
    except ValueError as problem:
        raise ProposalGone("no such proposal") from problem


def _plan(report: Report, held: OpenProposal) -> ReferralPlan:
    return referral_preview.make_plan(read_opened(report), held.to, held.selection)


def _page(report: Report, problem: WaysideError | None = None) -> ResponseReturnValue:
    """Returns the proposal, and why nobody can agree to it if so; a damaged one can still be
    ended."""
    row, made, changed, shown = get_session().get(Proposal, report.id), None, None, None
    if row is None:
        raise ProposalGone("it is no longer there")
    try:
        held = _held(report)
        made = _plan(report, held)
        if made.fingerprint != held.fingerprint:
            raise PacketChanged("since it was proposed")
        found = gate_form.list_gates(report, held.to, row.staff_id)
        shown = gate_form.show_gates(made.opened, found, problem)
    except (PacketChanged, *CHANGED) as mistake:
        changed = describe_error(mistake)
    page = render_template(
        "triage/proposal.html",
        report=report,
        held=row,
        plan=made,
        gates=shown,
        changed=changed,
        by=get_session().get_one(Staff, row.staff_id).name,
        own=row.staff_id == get_keyring().staff.id,
        mistake=describe_error(problem) if problem else None,
        labels=labels,
    )
    return make_response(page, 422 if problem else 200)
