"""The desks: their keys and how old they are, who belongs to them, and changing both.

Every change asks for the password again. Who leaves a desk leaves it with a new key.
"""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from reports.act import Act
from reports.errors import DeskLeftAlone, NotAllowed, SealBroken, SignInRefused, TooManyGuesses
from reports.model import Staff
from reports.roster import membership
from webapp.admin import roster
from webapp.desk import labels
from webapp.desk.desk_errors import describe_error
from webapp.desk.reauthentication import run_after_password
from webapp.i18n import DESK
from webapp.site import clock
from webapp.site.db import get_session, get_vault
from webapp.staff_auth import get_keyring, require_role

_ = DESK.lazy_gettext
blueprint = Blueprint("desks", __name__, url_prefix="/desk/desks")
REFUSALS = (SignInRefused, TooManyGuesses, NotAllowed, SealBroken, DeskLeftAlone)


@blueprint.get("")
@require_role("administrator")
def show_desks() -> ResponseReturnValue:
    """Every desk with its key and its people."""
    today = clock.now().date()
    return render_template(
        "admin/desks.html",
        states=roster.list_desk_states(get_session(), get_vault(), get_keyring(), today),
        today=today,
        done=labels.DONE.get(request.args.get("done", "")),
        labels=labels,
    )


@blueprint.get("/<uuid:desk_id>/renew")
@require_role("administrator")
def show_renew_form(desk_id: UUID) -> ResponseReturnValue:
    """What a new key does, before it is made."""
    return _page("admin/desk_renew.html", desk_id)


@blueprint.post("/<uuid:desk_id>/renew")
@require_role("administrator")
def renew(desk_id: UUID) -> ResponseReturnValue:
    """A new epoch: every report of the desk is sealed anew."""
    return _change(
        "admin/desk_renew.html", desk_id, lambda act: membership.renew(act, desk_id), "renewed"
    )


@blueprint.get("/<uuid:desk_id>/add")
@require_role("administrator")
def show_add_form(desk_id: UUID) -> ResponseReturnValue:
    """Whom to add."""
    return _page("admin/desk_add.html", desk_id)


@blueprint.post("/<uuid:desk_id>/add")
@require_role("administrator")
def add(desk_id: UUID) -> ResponseReturnValue:
    """Give somebody the desk and its keys."""
    state, wanted = _state(desk_id), request.form.get("person", "")
    ids = (each.id for each in roster.list_candidates(get_session(), state))
    chosen = next((id for id in ids if str(id) == wanted), None)
    if chosen is None:
        return _page("admin/desk_add.html", desk_id, missing=_("Choose a person."))

    def join(act: Act) -> None:
        membership.join(act, desk_id, roster.find_member(act.session, chosen))

    return _change("admin/desk_add.html", desk_id, join, "joined")


@blueprint.get("/<uuid:desk_id>/remove/<uuid:staff_id>")
@require_role("administrator")
def show_remove_form(desk_id: UUID, staff_id: UUID) -> ResponseReturnValue:
    """What taking a desk away does, before it is done."""
    return _page("admin/desk_remove.html", desk_id, _inside(desk_id, staff_id))


@blueprint.post("/<uuid:desk_id>/remove/<uuid:staff_id>")
@require_role("administrator")
def remove(desk_id: UUID, staff_id: UUID) -> ResponseReturnValue:
    """Take the desk and its keys from somebody; the others get a new key."""
    member = _inside(desk_id, staff_id)

    def leave(act: Act) -> None:
        membership.leave(act, desk_id, roster.find_member(act.session, staff_id))

    return _change("admin/desk_remove.html", desk_id, leave, "left", member)


def _change(
    template: str,
    desk_id: UUID,
    change: Callable[[Act], object],
    done: str,
    member: Staff | None = None,
) -> ResponseReturnValue:
    """Make a change after the password; or the page again, with the reason."""
    _state(desk_id)
    try:
        run_after_password(change)
    except REFUSALS as problem:
        return _page(template, desk_id, member, mistake=describe_error(problem, "roster"))
    return redirect(url_for("desks.show_desks", done=done), 303)


def _state(desk_id: UUID) -> roster.DeskState:
    return roster.find_desk_state(
        get_session(), get_vault(), get_keyring(), desk_id, clock.now().date()
    )


def _inside(desk_id: UUID, staff_id: UUID) -> Staff | None:
    """The member of the desk; None for somebody who is not one."""
    found = (each.member for each in _state(desk_id).members)
    return next((member for member in found if member.id == staff_id), None)


def _page(
    template: str,
    desk_id: UUID,
    member: Staff | None = None,
    *,
    mistake: object = None,
    missing: object = None,
) -> ResponseReturnValue:
    state = _state(desk_id)
    page = render_template(
        template,
        state=state,
        member=member,
        candidates=roster.list_candidates(get_session(), state),
        chosen=request.form.get("person", ""),
        mistake=mistake,
        missing=missing,
        labels=labels,
    )
    return make_response(page, 422 if mistake or missing else 200)
