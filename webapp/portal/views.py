"""The liaison's pages: the list, a packet, its files, and the answers.

Opening a packet is a POST, because custody records it; the packet is shown only in that response
and has no URL of its own.
"""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from reports.delivery.packet_reader import PacketPart
from reports.errors import (
    AnswerRefused,
    NoSuchReport,
    ReasonMissing,
    SealBroken,
    TextTooLong,
    WaysideError,
)
from reports.triage.referral import portal, recipient_answers
from reports.triage.referral.portal import PortalEntry
from reports.triage.referral.recipient_answers import GivenAnswer
from webapp.desk import labels
from webapp.desk.desk_errors import describe_error
from webapp.desk.download import make_download
from webapp.desk.labels import FROM_HERE
from webapp.desk.page_view import choose_number, draw_page, render_page
from webapp.desk.staff_act import acting
from webapp.site import clock
from webapp.site.app_services import get_services
from webapp.site.db import get_session, get_vault
from webapp.staff_auth import get_keyring, get_sitting, require_role

blueprint = Blueprint("portal", __name__, url_prefix="/desk/portal")
LIAISON = "liaison"


@blueprint.get("")
@require_role(LIAISON)
def show_packets() -> ResponseReturnValue:
    """Lists what was sent to this liaison's contact point."""
    return render_template(
        "portal/list.html",
        entries=portal.list_entries(get_session(), get_keyring()),
        done=labels.DONE.get(request.args.get("done", "")),
        now=clock.now(),
        labels=labels,
    )


@blueprint.post("/<uuid:delivery_id>")
@require_role(LIAISON)
def open_packet(delivery_id: UUID) -> ResponseReturnValue:
    """Records that a packet is opened, then shows it."""
    with acting() as act:
        portal.record_opening(act, portal.find(act.session, act.keyring, delivery_id))
    return _page(portal.find(get_session(), get_keyring(), delivery_id))


@blueprint.post("/<uuid:delivery_id>/file")
@require_role(LIAISON)
def save_file(delivery_id: UUID) -> ResponseReturnValue:
    """Records that a packet is opened, then returns one of its files as a download."""
    with acting() as act:
        portal.record_opening(act, portal.find(act.session, act.keyring, delivery_id))
    part = _find_part(portal.find(get_session(), get_keyring(), delivery_id))
    return make_download(part.data, part.name)


@blueprint.post("/<uuid:delivery_id>/pages")
@require_role(LIAISON)
def show_pages(delivery_id: UUID) -> ResponseReturnValue:
    """Shows one page of a file of a packet; the first that is asked for in a session is recorded as
    an opening of the packet."""
    entry = portal.find(get_session(), get_keyring(), delivery_id)
    if not portal.has_opened(get_session(), get_keyring(), entry, get_sitting()):
        with acting() as act:
            portal.record_opening(act, portal.find(act.session, act.keyring, delivery_id))
        entry = portal.find(get_session(), get_keyring(), delivery_id)
    try:
        part = _find_part(entry)
    except SealBroken:
        return _page(entry)
    view = draw_page(part.name, part.kind, lambda: [part.data], choose_number(request.form))
    return render_page("portal/file.html", view, delivery_id=delivery_id)


@blueprint.post("/<uuid:delivery_id>/answer")
@require_role(LIAISON)
def answer(delivery_id: UUID) -> ResponseReturnValue:
    """Records the liaison's answer: received, not for us, or the outcome."""
    kind, typed = request.form.get("kind", ""), request.form.get("text", "")
    try:
        with acting() as act:
            referral = portal.find(act.session, act.keyring, delivery_id).referral
            given = GivenAnswer(kind, typed, act.keyring)
            recipient_answers.record_answer(act.session, act.vault, referral, given, act.now)
    except (AnswerRefused, ReasonMissing, TextTooLong) as problem:
        return _page(portal.find(get_session(), get_keyring(), delivery_id), problem, typed)
    return redirect(url_for("portal.show_packets", done="answered"), 303)


def _find_part(entry: PortalEntry) -> PacketPart:
    """The file of the packet that the form names."""
    opened = portal.read(get_session(), get_vault(), get_keyring(), entry)
    part = opened.find_part(request.form.get("name", ""))
    if part is None:
        raise NoSuchReport(str(entry.delivery.id))
    return part


def _page(
    entry: PortalEntry, problem: WaysideError | None = None, typed: str = ""
) -> ResponseReturnValue:
    damaged = ""
    opened = None
    try:
        opened = portal.read(get_session(), get_vault(), get_keyring(), entry)
    except SealBroken as broken:
        damaged = describe_error(broken, "packet")
    page = render_template(
        "portal/packet.html",
        entry=entry,
        opened=opened,
        damaged=damaged,
        renderer=get_services().renderer,
        kinds=[
            kind for kind in FROM_HERE if entry.referral.standing in recipient_answers.FROM[kind]
        ],
        words=FROM_HERE,
        mistake=describe_error(problem, "answer") if problem else None,
        typed=typed,
        labels=labels,
    )
    return make_response(page, 422 if problem else 200)
