"""Signing in and out, and coming back with the recovery code.

Every refusal at the sign-in has the same words and the same status, whatever was wrong.
"""

from __future__ import annotations

from flask import Blueprint, Response, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from reports import custody, guess_limit
from reports.errors import Busy, PasswordRefused, SealBroken, SignInRefused, TooManyGuesses
from reports.model import Organisation
from reports.roster import sign_in, staff_lifecycle
from webapp import staff_auth
from webapp.account import browser
from webapp.account.forms import TOO_OFTEN, Form
from webapp.account.recovery import open_with_recovery_code
from webapp.desk import labels
from webapp.desk.reconfirm import new_password_key
from webapp.i18n import DESK
from webapp.site import clock, rate_limit
from webapp.site.db import get_session, get_vault, transaction
from webapp.staff_auth import EVERY_ROLE, allow_everybody, get_keyring, require_role

_ = DESK.lazy_gettext
blueprint = Blueprint("entry", __name__, url_prefix="/desk")
AGAIN = _("Name, password and code do not fit together. Wait for the next code and try again.")


@blueprint.get("/sign-in")
@allow_everybody
def sign_in_page() -> ResponseReturnValue:
    """The three fields, and why one is here again."""
    after = labels.AFTER.get(request.args.get("after", ""))
    return _page(Form.read("name"), after=after)


@blueprint.post("/sign-in")
@allow_everybody
def enter() -> ResponseReturnValue:
    """A new session under a new cookie; the one that the browser had before ends."""
    form = Form.read("name", "password", "code")
    counted = browser.counted_as(form["name"])
    try:
        with transaction() as session:
            guess_limit.count(session, get_vault(), *counted, clock.now())
        cookie = _begin(form, counted)
    except TooManyGuesses:
        return _page(form, 429, refused=TOO_OFTEN)
    except (SignInRefused, SealBroken):
        return _page(form, 403, refused=AGAIN)
    response = make_response(redirect("/desk/", 303))
    staff_auth.set_cookie(response, cookie)
    browser.remember(response, form["name"])
    return response


def _begin(form: Form, counted: tuple[str, str]) -> str:
    """The new session's cookie, when password and second factor fit."""
    key = _slow_key(form, counted)
    with transaction() as session:
        cookie = sign_in.sign_in(
            session,
            get_vault(),
            form["name"],
            key,
            form["code"],
            clock.now(),
            answer=browser.fresh_answer(),
            device=browser.device_name(),
        )
        guess_limit.give_back(session, get_vault(), *counted)
        staff_auth.end_old_session()
    return cookie


def _slow_key(form: Form, counted: tuple[str, str]) -> bytes:
    salt = sign_in.find_salt(get_session(), get_vault(), form["name"])
    get_session().rollback()
    try:
        rate_limit.check_keys()
        return get_vault().password_key(form["password"], salt)
    except Busy:
        # Nothing was tried, so nothing counts.
        with transaction() as session:
            guess_limit.give_back(session, get_vault(), *counted)
        raise


def _page(form: Form, status: int = 200, **told: object) -> Response:
    page = render_template("account/sign_in.html", form=form, asked=browser.asked(), **told)
    response = make_response(page, status)
    if status == 429:
        response.headers["Retry-After"] = "60"
    return response


@blueprint.post("/sign-out")
@require_role(*EVERY_ROLE)
def leave() -> ResponseReturnValue:
    """End this session, or with `all` every session of this person."""
    with transaction() as session:
        if request.form.get("all"):
            sign_in.end_all(session, get_keyring().staff.id)
        else:
            staff_auth.end_old_session()
    return signed_out("out")


def signed_out(after: str) -> Response:
    """To the sign-in page, which says why; the cookie goes."""
    response = make_response(redirect(f"/desk/sign-in?after={after}", 303))
    staff_auth.delete_cookie(response)
    return response


@blueprint.get("/recover")
@allow_everybody
def recover_page() -> ResponseReturnValue:
    """For who has lost the password and has the recovery code on paper."""
    return render_template("account/recover.html", form=Form.read("name"))


@blueprint.post("/recover")
@allow_everybody
def recover() -> ResponseReturnValue:
    """A new password by the recovery code; the second factor stays as it was."""
    form = Form.read("name", "recovery", "password", "again")
    form.check_same()
    status = 422
    try:
        if not form.mistakes:
            _set_password(form)
    except PasswordRefused as problem:
        form.tell(problem)
    except SignInRefused:
        form.mistakes["recovery"] = _("Name and recovery code do not fit together.")
    except TooManyGuesses:
        form.mistakes["recovery"], status = TOO_OFTEN, 429
    if form.mistakes:
        return make_response(render_template("account/recover.html", form=form), status)
    return signed_out("recovered")


def _set_password(form: Form) -> None:
    staff, private = open_with_recovery_code(form["name"], form["recovery"])
    salt, key = new_password_key(form["password"])
    with transaction() as session:
        staff_lifecycle.change_password(session, staff, private, form["password"], salt, key)
        organisation = session.get_one(Organisation, 1)
        now, id = clock.now(), staff.id
        custody.append(session, get_vault(), organisation, "recovered", now, staff_id=id)
