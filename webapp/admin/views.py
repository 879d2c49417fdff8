"""The people of the desks: inviting, confirming, a new link, disabling; and the contact points.

Every change of the roster asks for the password again. What was confirmed is named by its key's
fingerprint, so that two people can compare it by telephone.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from reports.act import Act
from reports.errors import (
    InvitationInvalid,
    NameTaken,
    NotAllowed,
    SealBroken,
    SecondAdministratorNeeded,
    SignInRefused,
    TooManyGuesses,
)
from reports.model import Staff
from reports.roster import invitation, membership, staff_lifecycle
from reports.triage.queue import claim
from webapp.admin import roster
from webapp.admin.forms import InviteForm, list_sendable_contacts
from webapp.commands.setup_link import build_setup_link
from webapp.desk import labels
from webapp.desk.desk_errors import describe_error
from webapp.desk.reauthentication import run_after_password
from webapp.desk.staff_act import acting
from webapp.i18n import DESK
from webapp.site.app_services import get_services
from webapp.site.country_edition import get_countries
from webapp.site.db import get_session, get_vault
from webapp.staff_auth import get_keyring, require_role

_ = DESK.lazy_gettext
blueprint = Blueprint("admin", __name__, url_prefix="/desk")
REFUSALS = (
    SignInRefused,
    TooManyGuesses,
    NotAllowed,
    SealBroken,
    InvitationInvalid,
    SecondAdministratorNeeded,
)


@blueprint.get("/staff")
@require_role("administrator")
def show_people() -> ResponseReturnValue:
    """Everybody who works here, who waits, and who no longer does."""
    return render_template(
        "admin/people.html",
        people=roster.list_people(get_session()),
        done=labels.DONE.get(request.args.get("done", "")),
        labels=labels,
    )


@blueprint.get("/staff/invite")
@require_role("administrator")
def show_invite_form() -> ResponseReturnValue:
    """The form for a new member."""
    return _invite_page(InviteForm("", "triager", (), ""))


@blueprint.post("/staff/invite")
@require_role("administrator")
def invite() -> ResponseReturnValue:
    """Make the member and show their one-time link, once."""
    form = InviteForm.read(get_keyring().list_desks(get_session()), get_countries())
    try:
        if form.mistakes:
            return _invite_page(form)
        token = run_after_password(form.invite)
    except (NameTaken, SignInRefused, TooManyGuesses, NotAllowed, SealBroken) as problem:
        form.add_error(problem)
        return _invite_page(form)
    return render_template("admin/link.html", link=build_setup_link(token), name=form.name)


@blueprint.get("/staff/<uuid:staff_id>/confirm")
@require_role("administrator")
def show_confirm_form(staff_id: UUID) -> ResponseReturnValue:
    """A waiting member's key, to be compared before it is signed."""
    return _member_page("admin/confirm.html", staff_id)


@blueprint.post("/staff/<uuid:staff_id>/confirm")
@require_role("administrator")
def confirm(staff_id: UUID) -> ResponseReturnValue:
    """Sign a waiting member's key and give them their desks."""

    def sign(act: Act) -> None:
        member = roster.find_member(act.session, staff_id)
        roster.check_unchanged(act.session, member, request.form.get("shown", ""))
        invitation.confirm(act, member, _raising_wait())

    try:
        run_after_password(sign)
    except REFUSALS as problem:
        return _member_page("admin/confirm.html", staff_id, describe_error(problem, "roster"))
    return redirect(url_for("admin.show_people", done="confirmed"), 303)


@blueprint.get("/staff/<uuid:staff_id>/link")
@require_role("administrator")
def show_reset_form(staff_id: UUID) -> ResponseReturnValue:
    """What a new link does, before it is made."""
    return _member_page("admin/reset.html", staff_id)


@blueprint.post("/staff/<uuid:staff_id>/link")
@require_role("administrator")
def reset(staff_id: UUID) -> ResponseReturnValue:
    """For who lost password and recovery code: the same person starts anew with a one-time link."""

    def begin_anew(act: Act) -> str:
        member = roster.find_member(act.session, staff_id)
        roster.check_not_oneself(act.keyring, member)
        return staff_lifecycle.reset(act, member)

    try:
        token = run_after_password(begin_anew)
    except REFUSALS as problem:
        return _member_page("admin/reset.html", staff_id, describe_error(problem, "roster"))
    name = roster.find_member(get_session(), staff_id).name
    return render_template("admin/link.html", link=build_setup_link(token), name=name)


@blueprint.get("/staff/<uuid:staff_id>/disable")
@require_role("administrator")
def show_disable_form(staff_id: UUID) -> ResponseReturnValue:
    """What disabling does, before it is done."""
    return _member_page("admin/disable.html", staff_id)


@blueprint.post("/staff/<uuid:staff_id>/disable")
@require_role("administrator")
def disable(staff_id: UUID) -> ResponseReturnValue:
    """End everything of a member at once; then give their desks new keys."""

    def end_access(act: Act) -> list[UUID]:
        member = roster.find_member(act.session, staff_id)
        roster.check_not_oneself(act.keyring, member)
        held = roster.list_held_desks(act.session, member)
        staff_lifecycle.disable(act, member)
        return held

    try:
        desk_ids = run_after_password(end_access)
    except REFUSALS as problem:
        return _member_page("admin/disable.html", staff_id, describe_error(problem, "roster"))
    renewed = [_renew(desk_id) for desk_id in desk_ids]
    done = "disabled" if all(renewed) else "keys_kept"
    return redirect(url_for("admin.show_people", done=done), 303)


def _raising_wait() -> timedelta:
    return timedelta(hours=get_services().config.domain.raising_hours)


def _renew(desk_id: UUID) -> bool:
    """Give a desk a new key; false where this administrator cannot, so that the others follow."""
    try:
        with acting() as act:
            membership.renew(act, desk_id)
    except (SealBroken, NotAllowed):
        return False
    return True


def _invite_page(form: InviteForm) -> ResponseReturnValue:
    page = render_template(
        "admin/invite.html",
        form=form,
        desks=get_keyring().list_desks(get_session()),
        contacts=list_sendable_contacts(get_countries()),
        labels=labels,
    )
    return make_response(page, 422 if form.mistakes else 200)


def _member_page(template: str, staff_id: UUID, mistake: object = None) -> ResponseReturnValue:
    member: Staff = roster.find_member(get_session(), staff_id)
    page = render_template(
        template,
        member=member,
        fingerprint=roster.compute_fingerprint(member),
        shown=roster.hash_member(get_session(), member),
        desks=roster.list_desk_names(get_session(), member),
        beyond=roster.list_lost_desks(get_session(), get_vault(), get_keyring(), member),
        held=claim.count_open(get_session(), member.id),
        myself=member.id == get_keyring().staff.id,
        asker=roster.find_asker(get_session(), member),
        free_from=invitation.find_free_from(member, _raising_wait()),
        mistake=mistake,
        labels=labels,
    )
    return make_response(page, 422 if mistake else 200)
