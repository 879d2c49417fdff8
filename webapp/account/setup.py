"""Setting up an account from a one-time link.

The link has its token after the `#`, which browsers do not send; a small script puts it into the
form, and without script it is pasted there. No secret is ever part of a request's URL.
"""

from __future__ import annotations

from flask import Blueprint, Response, make_response, render_template
from flask.typing import ResponseReturnValue

from reports.errors import (
    InvitationInvalid,
    NameTaken,
    PasswordRefused,
    SecondFactorRefused,
)
from reports.model import Staff
from reports.roster import invitation
from reports.roster.invitation import AccountSetup
from webapp.account.forms import AccountForm
from webapp.account.qr import SecondFactor
from webapp.desk.desk_errors import describe_error
from webapp.desk.reauthentication import choose_password
from webapp.site import clock
from webapp.site.app_services import get_services
from webapp.site.db import get_session, get_vault, transaction
from webapp.staff_auth import allow_everybody

blueprint = Blueprint("setup", __name__, url_prefix="/desk/setup")


@blueprint.get("")
@allow_everybody
def show_link_form() -> ResponseReturnValue:
    """Asks for the link's token; the script fills it in."""
    return render_template("account/link.html", form=AccountForm.read("link"))


@blueprint.post("")
@allow_everybody
def begin() -> ResponseReturnValue:
    """Shows the form for name, password and second factor."""
    form = AccountForm.read("link", "name")
    token = _token(form["link"])
    try:
        staff, raw = invitation.find(get_session(), token, clock.now())
    except InvitationInvalid as problem:
        return _unknown_link(form, problem)
    form.values["name"] = staff.name
    return _form(form, token, raw, staff)


@blueprint.post("/finish")
@allow_everybody
def finish() -> ResponseReturnValue:
    """Sets up the account, and shows its recovery code once."""
    form = AccountForm.read("link", "name", "password", "again", "code")
    token = _token(form["link"])
    form.check_name()
    form.check_same()
    try:
        staff, raw = invitation.find(get_session(), token, clock.now())
        recovery_code = None if form.mistakes else _accept(form, token)
    except InvitationInvalid as problem:
        return _unknown_link(form, problem)
    except (PasswordRefused, NameTaken, SecondFactorRefused) as problem:
        form.add_error(problem)
        recovery_code = None
    member = get_session().get_one(Staff, staff.id)
    if recovery_code is None:
        return _form(form, token, raw, member, status=422)
    return render_template("account/recovery_code.html", code=recovery_code, member=member)


def _accept(form: AccountForm, token: str) -> str:
    setup = AccountSetup(form["name"], choose_password(form["password"]), form["code"])
    with transaction() as session:
        return invitation.accept(session, get_vault(), token, setup, clock.now())


def _form(form: AccountForm, token: str, raw: bytes, staff: Staff, status: int = 200) -> Response:
    factor = _second_factor(raw, staff.name)
    page = render_template("account/setup.html", form=form, link=token, factor=factor)
    return make_response(page, status)


def _unknown_link(form: AccountForm, problem: InvitationInvalid) -> Response:
    form.mistakes["link"] = describe_error(problem, "setup")
    return make_response(render_template("account/link.html", form=form), 422)


def _token(typed: str) -> str:
    """Returns the token from the pasted text, which may be the whole link."""
    return "".join(typed.rpartition("#")[2].split())


def _second_factor(raw: bytes, name: str) -> SecondFactor:
    secret = invitation.derive_totp_secret(get_vault(), raw)
    config = get_services().config
    return SecondFactor.from_secret(secret, name, config.title)
