"""The contact points: how each is reached from here, and changing that with four eyes.

One administrator proposes a channel, an address and a key; another one compares the fingerprint by
a second way and confirms. Each step asks for the password again.
"""

from __future__ import annotations

from flask import Blueprint, abort, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import LazyString

from reports.act import Act
from reports.delivery import contact_change, contact_settings
from reports.delivery.channels.channel import ContactDetails
from reports.delivery.channels.registry import CHANNELS
from reports.delivery.openpgp_certificate import LIMIT
from reports.errors import (
    AddressRefused,
    InvitationInvalid,
    KeyRefused,
    NoSuchChannel,
    NotAllowed,
    RecipientUnready,
    SignInRefused,
    TooManyGuesses,
    WaysideError,
)
from reports.routing.entries import Contact
from webapp.desk import contact_status, labels
from webapp.desk.channel_wording import label_channel
from webapp.desk.desk_errors import describe_error
from webapp.desk.reauthentication import run_after_password
from webapp.i18n import DESK
from webapp.site import clock
from webapp.site.country_edition import get_countries
from webapp.site.db import get_session, get_vault
from webapp.staff_auth import TRIAGE, require_role

_ = DESK.lazy_gettext
blueprint = Blueprint("points", __name__, url_prefix="/desk/contacts")
ADDRESS = "email"
REFUSALS = (
    AddressRefused,
    KeyRefused,
    InvitationInvalid,
    NoSuchChannel,
    NotAllowed,
    RecipientUnready,
    SignInRefused,
    TooManyGuesses,
)


@blueprint.get("")
@require_role(*TRIAGE)
def show_contacts() -> ResponseReturnValue:
    """Which contact points can be reached from here, how, and what needs somebody's attention."""
    return render_template(
        "admin/contacts.html",
        entries=contact_status.list_all(
            get_session(), get_vault(), get_countries(), clock.now().date()
        ),
        done=labels.DONE.get(request.args.get("done", "")),
        labels=labels,
    )


@blueprint.get("/<contact_id>")
@require_role("administrator")
def show_edit_form(contact_id: str) -> ResponseReturnValue:
    """The form for another channel, address or key."""
    return _page("admin/contact_edit.html", _entry(contact_id))


@blueprint.post("/<contact_id>")
@require_role("administrator")
def propose(contact_id: str) -> ResponseReturnValue:
    """Let what was typed wait for a second administrator."""
    entry, details = _entry(contact_id), _details()
    return _change(
        "admin/contact_edit.html",
        entry,
        lambda act: contact_change.propose(act, entry.id, details),
        "proposed",
    )


@blueprint.get("/<contact_id>/confirm")
@require_role("administrator")
def show_confirm_form(contact_id: str) -> ResponseReturnValue:
    """What another administrator proposed, beside what holds now."""
    return _page("admin/contact_confirm.html", _entry(contact_id))


@blueprint.post("/<contact_id>/confirm")
@require_role("administrator")
def confirm(contact_id: str) -> ResponseReturnValue:
    """Make the proposal hold, or drop it."""
    entry, shown = _entry(contact_id), request.form.get("shown", "")
    dropped = request.form.get("decision") == "refuse"

    def decide(act: Act) -> None:
        if dropped:
            contact_change.refuse(act, entry.id, shown)
        else:
            contact_change.confirm(act, entry.id, shown)

    change = contact_change.list_pending(get_session(), get_vault()).get(entry.id)
    taken_over = change is not None and change.staff_id is None
    agreed = "proposed" if taken_over else "contact_confirmed"
    done = "contact_refused" if dropped else agreed
    return _change("admin/contact_confirm.html", entry, decide, done)


@blueprint.post("/<contact_id>/checked")
@require_role("administrator")
def record_check(contact_id: str) -> ResponseReturnValue:
    """Say that address and key were compared again today."""
    entry = _entry(contact_id)
    return _change(
        "admin/contact_edit.html",
        entry,
        lambda act: contact_change.mark_checked(act, entry.id),
        "contact_checked",
        "checked",
    )


def _change(
    template: str,
    entry: Contact,
    change: contact_status.ContactAction,
    done: str,
    field: str = "password",
) -> ResponseReturnValue:
    """Make a change after the password; or the page again, with the reason."""
    try:
        run_after_password(change)
    except REFUSALS as problem:
        return _page(template, entry, {_field(problem, field): describe_error(problem, "contact")})
    return redirect(url_for("points.show_contacts", done=done), 303)


def _entry(contact_id: str) -> Contact:
    """The contact point of a country file; 404 for any other id, and for emergency numbers."""
    found = get_countries().contacts.get(contact_id)
    if found is None or found.category == "emergency":
        abort(404)
    return found


def _details() -> ContactDetails:
    form = request.form
    return ContactDetails(
        channel=form.get("channel", ""),
        email=form.get("email", "").strip(),
        certificate=_file("certificate"),
        smime=_file("smime"),
    )


def _file(name: str) -> bytes:
    """A key that came as a file, or was pasted."""
    sent = request.files.get(f"{name}_file")
    data = sent.read(LIMIT + 1) if sent else b""
    return data or request.form.get(name, "").strip().encode()


def _field(problem: WaysideError, otherwise: str) -> str:
    if isinstance(problem, AddressRefused):
        return ADDRESS
    if isinstance(problem, NoSuchChannel):
        return "channel"
    if isinstance(problem, KeyRefused):
        return _key_field(request.form.get("channel", ""))
    return otherwise


def _key_field(code: str) -> str:
    """The field of the form that holds this channel's key."""
    # The page of the second administrator names no channel, and shows a mistake of any key.
    needs = CHANNELS[code].needs if code in CHANNELS else ()
    return next((name for name in needs if name != ADDRESS), "certificate")


def _page(
    template: str, entry: Contact, mistakes: dict[str, LazyString | str] | None = None
) -> ResponseReturnValue:
    today = clock.now().date()
    proposal = contact_change.list_pending(get_session(), get_vault()).get(entry.id)
    page = render_template(
        template,
        holder=contact_settings.describe_key,
        near=contact_change.find_near_expiry(proposal, today) if proposal else None,
        point=contact_status.read(get_session(), get_vault(), entry, today),
        proposal=proposal,
        mark=contact_change.make_version_tag(proposal) if proposal else "",
        ends=contact_settings.find_expiry(proposal) if proposal else None,
        by=contact_status.find_staff_name(get_session(), proposal.staff_id) if proposal else "",
        channels=list(CHANNELS),
        mailed=[label_channel(each.code) for each in CHANNELS.values() if ADDRESS in each.needs],
        typed=request.form,
        mistakes=mistakes or {},
        labels=labels,
    )
    return make_response(page, 422 if mistakes else 200)
