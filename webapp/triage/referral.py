"""The referral form: choose recipients and content, check what will be sent, confirm.

Nothing is stored between the steps: the form carries the choice, with a fingerprint of what was
shown. If anything has changed at the time of sending, the page is shown again and nothing is sent.
"""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, make_response, render_template, request
from flask.typing import ResponseReturnValue

from reports.act import Act
from reports.errors import (
    GateOpen,
    NoRecipient,
    PacketChanged,
    PacketTooLarge,
    PassageMissing,
    ProposalGone,
    RecipientUnready,
    SealBroken,
    SignInRefused,
    StatusRefused,
    StoreFailed,
    TextTooLong,
    TooManyGuesses,
    WaysideError,
)
from reports.model import Report
from reports.triage import status
from reports.triage.referral import compose, four_eyes, gate_answers, gates
from reports.triage.referral.compose import Selection
from reports.triage.referral.dispatch import refer
from webapp.desk import labels
from webapp.desk.desk_errors import describe_error
from webapp.desk.reauthentication import check_person
from webapp.desk.staff_act import acting_on
from webapp.i18n import DESK
from webapp.site import clock
from webapp.site.country_edition import get_countries
from webapp.site.db import get_session, get_vault
from webapp.staff_auth import TRIAGE, require_role
from webapp.triage import gate_form, referral_preview, route, whatif
from webapp.triage.referral_preview import ReferralPlan
from webapp.triage.report_page import (
    get_settings,
    read_opened,
    redirect_to_report,
    render_with_error,
    require_opened,
)

_ = DESK.lazy_gettext
blueprint = Blueprint("referral", __name__, url_prefix="/desk/reports/<uuid:report_id>")
STOPS = (NoRecipient, ProposalGone, RecipientUnready, SealBroken, StatusRefused)
"""Failures that lead back to the report, because there is nothing to show."""
AGAIN = (
    GateOpen,
    PacketChanged,
    PacketTooLarge,
    PassageMissing,
    SignInRefused,
    StoreFailed,
    TextTooLong,
    TooManyGuesses,
)
"""Failures that show the page again, with the same choice and an error."""


@blueprint.post("/what-if")
@require_role(*TRIAGE)
def try_facts(report_id: UUID) -> ResponseReturnValue:
    """Shows the route for other facts; stores nothing. To htmx only the route."""
    report = require_opened(report_id)
    opened = read_opened(report)
    tried = whatif.read_facts(request.form)
    offer = route.build_offer(
        get_session(), get_vault(), get_countries(), opened, clock.now(), otherwise=tried
    )
    return render_template(
        "triage/whatif.html",
        report=report,
        offer=offer,
        fields=whatif.list_fields({**(opened.judged or {}), **tried}),
        labels=labels,
        settings=get_settings(),
    )


@blueprint.post("/route")
@require_role(*TRIAGE)
def choose(report_id: UUID) -> ResponseReturnValue:
    """Shows what was chosen exactly as it would be sent, and marks the report as ready."""
    report = require_opened(report_id)
    try:
        page = _page(report)
        with acting_on(report_id) as (act, found):
            if found.status != "referred":
                status.move(act, found, "ready")
    except STOPS as problem:
        return render_with_error(report_id, "route", "", problem)
    return page


@blueprint.post("/refer")
@require_role(*TRIAGE)
def confirm(report_id: UUID) -> ResponseReturnValue:
    """After the password, sends exactly what was shown, or proposes it to a second person."""
    report = require_opened(report_id)
    try:
        check_person()
        made = _plan(report)
        if made.fingerprint != request.form.get("seen", ""):
            raise PacketChanged("not what was looked at")
        proposed = gates.needs_second(gate_form.list_gates(report, made.ids))
        _propose(report_id, made) if proposed else _send(report_id, made)
    except AGAIN as problem:
        return _again(report, problem)
    except STOPS as problem:
        return render_with_error(report_id, "route", "", problem)
    return redirect_to_report(report_id, "second" if proposed else "referred", "deliveries")


def _send(report_id: UUID, made: ReferralPlan) -> None:
    packed = referral_preview.pack(made)
    with acting_on(report_id) as (act, report):
        _answer_gates(act, report, made)
        refer(act, report, packed, get_settings())


def _propose(report_id: UUID, made: ReferralPlan) -> None:
    with acting_on(report_id) as (act, report):
        if report.status == "closed":
            raise StatusRefused("closed meanwhile")
        _answer_gates(act, report, made)
        four_eyes.propose(act, report, made.ids, made.selection, made.fingerprint)


def _answer_gates(act: Act, report: Report, made: ReferralPlan) -> None:
    plan = gate_answers.build_plan(act, report, made.ids, get_settings())
    gate_answers.answer(act, report, plan, gate_form.read_drafts())


def _plan(report: Report) -> ReferralPlan:
    opened = read_opened(report)
    return referral_preview.make_plan(
        opened, request.form.getlist("to"), referral_preview.read_selection(opened)
    )


def _again(report: Report, problem: WaysideError) -> ResponseReturnValue:
    try:
        return _page(report, problem)
    except STOPS as stop:
        return render_with_error(report.id, "route", "", stop)


def _page(report: Report, problem: WaysideError | None = None) -> ResponseReturnValue:
    """Returns the page that shows what would be sent.

    A choice that cannot be composed is shown without its files and redactions, with an error.
    """
    opened = read_opened(report)
    chosen, to = referral_preview.read_selection(opened), request.form.getlist("to")
    try:
        made = referral_preview.make_plan(opened, to, chosen)
    except (PassageMissing, StoreFailed, TextTooLong) as mistake:
        problem = mistake
        made = referral_preview.make_plan(opened, to, Selection(chosen.fields, chosen.messages))
    page = render_template(
        "triage/confirm.html",
        report=report,
        plan=made,
        chosen=chosen,
        telling=compose.list_optional_answers(opened),
        typed_passages=request.form.get("passages", ""),
        files=referral_preview.list_sendable_files(opened),
        messages=referral_preview.list_messages(opened),
        gates=gate_form.show_gates(opened, gate_form.list_gates(report, made.ids), problem),
        mistake=describe_error(problem) if problem else None,
        labels=labels,
    )
    return make_response(page, 422 if problem else 200)
