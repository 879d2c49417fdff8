"""Acts on deliveries: retry, record a bounce, deliver by hand, record an answer by phone."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from reports.act import Act
from reports.delivery import delivery_states
from reports.delivery.packet import READABLE
from reports.delivery.packet_reader import OpenPacket
from reports.errors import (
    AnswerRefused,
    NoSuchReport,
    ReasonMissing,
    SealBroken,
    StatusRefused,
    TextEmpty,
    TextTooLong,
)
from reports.model import Delivery, Referral, Report
from reports.triage import notes
from reports.triage.referral import deliveries, dispatch, recipient_answers
from reports.triage.referral.recipient_answers import GivenAnswer
from webapp.desk import labels
from webapp.desk.desk_errors import describe_error
from webapp.desk.download import make_download
from webapp.site.country_edition import get_countries
from webapp.site.db import get_session, get_vault
from webapp.staff_auth import TRIAGE, get_keyring, require_role
from webapp.triage.report_act import working_on
from webapp.triage.report_page import (
    find_report,
    redirect_to_report,
    render_with_error,
    require_opened,
)

blueprint = Blueprint("deliveries", __name__, url_prefix="/desk/reports/<uuid:report_id>")


DeliveryAction = Callable[[Act, UUID], bool]
"""An act on a delivery; returns False when the delivery's state does not allow it."""


@blueprint.post("/again/<uuid:delivery_id>")
@require_role(*TRIAGE)
def retry(report_id: UUID, delivery_id: UUID) -> ResponseReturnValue:
    """Retries a failed delivery, to the same address with the same key."""
    return _turn(report_id, delivery_id, delivery_states.requeue, "referred")


@blueprint.post("/bounced/<uuid:delivery_id>")
@require_role(*TRIAGE)
def record_bounce(report_id: UUID, delivery_id: UUID) -> ResponseReturnValue:
    """Records that the mail came back undelivered."""
    return _turn(report_id, delivery_id, _mark_bounced, "bounced")


@blueprint.post("/told/<uuid:delivery_id>")
@require_role(*TRIAGE)
def record_answer(report_id: UUID, delivery_id: UUID) -> ResponseReturnValue:
    """Records what the contact point answered on the phone or by letter."""
    kind, typed = request.form.get("kind", ""), request.form.get("text", "")
    try:
        with working_on(report_id) as (act, report):
            referral, given = _referral(report, delivery_id), GivenAnswer(kind, typed, act.keyring)
            recipient_answers.record_answer(act.session, act.vault, referral, given, act.now)
    except (AnswerRefused, ReasonMissing, TextTooLong) as problem:
        return render_with_error(report_id, "told", typed, problem)
    return redirect_to_report(report_id, "told", "deliveries")


@blueprint.get("/call/<uuid:delivery_id>")
@require_role(*TRIAGE)
def show_call_sheet(report_id: UUID, delivery_id: UUID) -> ResponseReturnValue:
    """Shows the call sheet: whom to call, what to say, and what to read out or hand over."""
    return _call_page(require_opened(report_id), delivery_id)


@blueprint.post("/call/<uuid:delivery_id>")
@require_role(*TRIAGE)
def record_call(report_id: UUID, delivery_id: UUID) -> ResponseReturnValue:
    """Records that the packet was delivered by hand, with a note of who was told what."""
    typed = request.form.get("text", "")
    try:
        with working_on(report_id) as (act, report):
            deliveries.find(act.session, report, delivery_id)
            notes.add(act, report, typed)
            if not delivery_states.mark_carried(act, delivery_id):
                raise StatusRefused("somebody was quicker")
    except (TextEmpty, TextTooLong) as problem:
        return _call_page(find_report(report_id), delivery_id, describe_error(problem), typed)
    except StatusRefused as problem:
        return render_with_error(report_id, "note", typed, problem)
    return redirect_to_report(report_id, "carried", "deliveries")


def _turn(
    report_id: UUID, delivery_id: UUID, action: DeliveryAction, done: str
) -> ResponseReturnValue:
    """Applies `action` to a delivery of the report; shows an error when it comes too late."""
    try:
        with working_on(report_id) as (act, report):
            deliveries.find(act.session, report, delivery_id)
            if not action(act, delivery_id):
                raise StatusRefused("it is in another state by now")
    except StatusRefused as problem:
        return render_with_error(report_id, "told", "", problem)
    return redirect_to_report(report_id, done, "deliveries")


def _mark_bounced(act: Act, delivery_id: UUID) -> bool:
    return delivery_states.mark_bounced(
        act.session, act.vault, delivery_id, act.now, staff_id=act.staff_id
    )


def _referral(report: Report, delivery_id: UUID) -> Referral:
    deliveries.find(get_session(), report, delivery_id)
    found = recipient_answers.find_referral(get_session(), delivery_id)
    if found is None:
        raise NoSuchReport(str(delivery_id))
    return found


def _open_by_hand(report: Report, delivery: Delivery) -> OpenPacket | None:
    return dispatch.open_hand_packet(get_session(), get_vault(), get_keyring(), report, delivery)


def _call_page(
    report: Report, delivery_id: UUID, mistake: object = None, typed: str = ""
) -> ResponseReturnValue:
    delivery = deliveries.find(get_session(), report, delivery_id)
    entry = get_countries().contacts.get(_referral(report, delivery_id).contact_id)
    try:
        opened = _open_by_hand(report, delivery)
    except SealBroken as problem:
        return render_with_error(report.id, "route", "", problem)
    if opened is None:
        return redirect_to_report(report.id, "carried", "deliveries")
    page = render_template(
        "triage/call.html",
        report=report,
        delivery=delivery,
        contact=entry,
        text=opened.text,
        mistake=mistake,
        typed=typed,
        labels=labels,
    )
    return (page, 422) if mistake else page


@blueprint.get("/call/<uuid:delivery_id>/paper")
@require_role(*TRIAGE)
def download_paper(report_id: UUID, delivery_id: UUID) -> ResponseReturnValue:
    """Downloads the packet as a PDF, to be printed and handed over."""
    report = require_opened(report_id)
    delivery = deliveries.find(get_session(), report, delivery_id)
    try:
        opened = _open_by_hand(report, delivery)
    except SealBroken as problem:
        return render_with_error(report_id, "route", "", problem)
    part = opened.find_part(READABLE) if opened else None
    if part is None:
        raise NoSuchReport(str(delivery_id))
    return make_download(part.data, part.name)
