"""From the proposed route to the outbox: choose, look at what will be sent, confirm."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, make_response, render_template, request
from flask.typing import ResponseReturnValue

from reports.delivery import outbox
from reports.errors import (
    NoRecipient,
    RecipientUnready,
    SealBroken,
    SignInRefused,
    StatusRefused,
    TooManyGuesses,
    WaysideError,
)
from reports.model import Report
from reports.triage import deliveries, queue, reading, status
from reports.triage.referral import refer
from webapp import clock
from webapp.countries import countries
from webapp.db import current, transaction, vault
from webapp.desk import labels
from webapp.desk.reconfirm import check_password
from webapp.i18n import DESK
from webapp.staff_auth import TRIAGE, keyring, staff_only
from webapp.triage import route
from webapp.triage.page import back, refused, sentence, settings, started

_ = DESK.lazy_gettext
blueprint = Blueprint("referral", __name__, url_prefix="/desk/reports/<uuid:report_id>")
LATER = "(given when it is sent)"


@blueprint.post("/route")
@staff_only(*TRIAGE)
def choose(report_id: UUID) -> ResponseReturnValue:
    """What was chosen, exactly as it would leave; the report is now ready to send."""
    report = started(report_id)
    wanted = request.form.getlist("to")
    if not _offer(report).chosen(wanted):
        return refused(report, "route", "", NoRecipient())
    try:
        with transaction() as session:
            found = queue.find(session, keyring(), report_id)
            if found.status != "referred":
                status.move(
                    session, vault(), found, "ready", clock.now(), staff_id=keyring().staff.id
                )
    except StatusRefused as problem:
        return refused(report, "route", "", problem)
    return _confirm_page(report, wanted)


@blueprint.post("/refer")
@staff_only(*TRIAGE)
def confirm(report_id: UUID) -> ResponseReturnValue:
    """Send: everything in one transaction, after the password and a second look at the route."""
    report, wanted = started(report_id), request.form.getlist("to")
    try:
        check_password(request.form.get("password", ""))
        with transaction() as session:
            found = queue.find(session, keyring(), report_id)
            opened = reading.read(session, vault(), found, keyring())
            offer = route.offer(session, vault(), countries(), opened, clock.now())
            chosen = _all_of(offer, wanted)
            refer(session, vault(), keyring(), found, opened, chosen, settings(), clock.now())
    except (SignInRefused, TooManyGuesses) as problem:
        return _confirm_page(report, wanted, problem)
    except (NoRecipient, RecipientUnready, SealBroken, StatusRefused) as problem:
        return refused(queue.find(current(), keyring(), report_id), "route", "", problem)
    return back(report_id, "referred", "deliveries")


@blueprint.post("/again/<uuid:delivery_id>")
@staff_only(*TRIAGE)
def again(report_id: UUID, delivery_id: UUID) -> ResponseReturnValue:
    """Try a failed delivery once more, to the same address under the same key."""
    started(report_id)
    with transaction() as session:
        found = queue.find(session, keyring(), report_id)
        deliveries.one(session, found, delivery_id)
        outbox.again(session, vault(), delivery_id, clock.now(), staff_id=keyring().staff.id)
    return back(report_id, "referred", "deliveries")


def _offer(report: Report) -> route.Offer:
    opened = reading.read(current(), vault(), report, keyring())
    return route.offer(current(), vault(), countries(), opened, clock.now())


def _all_of(offer: route.Offer, wanted: list[str]) -> list[tuple[str, str, str]]:
    """Every contact point that was confirmed. Raises where one of them cannot be written to."""
    chosen = offer.chosen(wanted)
    known = {choice.contact.id for choice in offer.choices if choice.state in ("ready", "sent")}
    missing = [name for name in wanted if name not in known and name in countries().contacts]
    if missing:
        raise RecipientUnready(missing[0])
    if not chosen:
        raise NoRecipient("nobody that could be written to")
    return [(choice.contact.id, choice.rule, choice.why) for choice in chosen]


def _confirm_page(
    report: Report, wanted: list[str], problem: WaysideError | None = None
) -> ResponseReturnValue:
    opened = reading.read(current(), vault(), report, keyring())
    offer = route.offer(current(), vault(), countries(), opened, clock.now())
    chosen = offer.chosen(wanted)
    page = render_template(
        "triage/confirm.html",
        report=report,
        offer=offer,
        chosen=[(choice, route.preview(opened, choice, LATER)) for choice in chosen],
        mistake=sentence(problem) if problem else None,
        labels=labels,
    )
    return make_response(page, 422 if problem else 200)
