"""Signing in and out, the own account, and coming back with the recovery code.

Every refusal at the sign-in has the same words and the same status, whatever was wrong.
"""

from __future__ import annotations

from flask import Blueprint, Response, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from reports import custody, guesses
from reports.errors import Busy, PasswordRefused, SealBroken, SignInRefused, TooManyGuesses
from reports.model import Organisation, Staff
from reports.roster import life, sign_in
from reports.roster.invitation import fold
from webapp import clock, staff_auth
from webapp.account.forms import Form
from webapp.account.recovery import open_with_recovery_code
from webapp.db import current, transaction, vault
from webapp.desk import labels
from webapp.desk.reconfirm import check_password, new_password_key
from webapp.i18n import DESK
from webapp.staff_auth import EVERY_ROLE, keyring, open_to_all, staff_only

_ = DESK.lazy_gettext
blueprint = Blueprint("account", __name__, url_prefix="/desk")
AGAIN = _("Name, password and code do not fit together. Wait for the next code and try again.")
TOO_OFTEN = _("Too many tries. Please wait one minute. Then try again.")


@blueprint.get("/sign-in")
@open_to_all
def sign_in_page() -> ResponseReturnValue:
    """The three fields, and why one is here again."""
    after = labels.AFTER.get(request.args.get("after", ""))
    return render_template("account/sign_in.html", form=Form.read("name"), after=after)


@blueprint.post("/sign-in")
@open_to_all
def enter() -> ResponseReturnValue:
    """A new session under a new cookie; the one that the browser had before ends."""
    form = Form.read("name", "password", "code")
    now = clock.now()
    try:
        with transaction() as session:
            guesses.count(session, vault(), "staff", fold(form["name"]), now)
        key = _slow_key(form["name"], form["password"])
        with transaction() as session:
            cookie = sign_in.sign_in(session, vault(), form["name"], key, form["code"], now)
            staff_auth.end_old_session()
    except TooManyGuesses:
        return _refused(form, TOO_OFTEN, 429)
    except (SignInRefused, SealBroken):
        return _refused(form, AGAIN, 403)
    response = make_response(redirect("/desk/", 303))
    staff_auth.set_cookie(response, cookie)
    return response


def _slow_key(name: str, typed: str) -> bytes:
    salt = sign_in.salt_for(current(), vault(), name)
    current().rollback()
    try:
        return vault().password_key(typed, salt)
    except Busy:
        # Nothing was tried, so nothing counts.
        with transaction() as session:
            guesses.give_back(session, vault(), "staff", fold(name))
        raise


def _refused(form: Form, sentence: object, status: int) -> Response:
    page = render_template("account/sign_in.html", form=form, refused=sentence)
    response = make_response(page, status)
    if status == 429:
        response.headers["Retry-After"] = "60"
    return response


@blueprint.post("/sign-out")
@staff_only(*EVERY_ROLE)
def leave() -> ResponseReturnValue:
    """End this session, or with `all` every session of this person."""
    with transaction() as session:
        if request.form.get("all"):
            sign_in.end_all(session, keyring().staff.id)
        else:
            staff_auth.end_old_session()
    return _signed_out("out")


def _signed_out(after: str) -> Response:
    response = make_response(redirect(f"/desk/sign-in?after={after}", 303))
    staff_auth.end_cookie(response)
    return response


@blueprint.get("/account")
@staff_only(*EVERY_ROLE)
def account() -> ResponseReturnValue:
    """The own account: language, password, sessions."""
    return _account(Form.read())


def _account(form: Form, status: int = 200) -> Response:
    done = labels.DONE.get(request.args.get("done", ""))
    page = render_template(
        "account/account.html", form=form, done=done, tongues=staff_auth.desk_languages()
    )
    return make_response(page, status)


@blueprint.post("/language")
@staff_only(*EVERY_ROLE)
def choose_language() -> ResponseReturnValue:
    """Use the desk in another language from now on."""
    chosen = request.form.get("language", "")
    if chosen not in staff_auth.LANGUAGES:
        return _account(Form({}, {"language": _("Choose one of these languages.")}), 422)
    with transaction() as session:
        session.get_one(Staff, keyring().staff.id).language = chosen
    return redirect("/desk/account?done=language", 303)


@blueprint.post("/password")
@staff_only(*EVERY_ROLE)
def change_password() -> ResponseReturnValue:
    """A new password; every session ends, this one too."""
    form = Form.read("old", "password", "again")
    form.check_same()
    private = keyring().private
    try:
        if not form.mistakes:
            check_password(form["old"])
            salt, key = new_password_key(form["password"])
            with transaction() as session:
                staff = session.get_one(Staff, keyring().staff.id)
                life.change_password(session, staff, private, form["password"], salt, key)
    except PasswordRefused as problem:
        form.tell(problem)
    except SignInRefused:
        form.mistakes["old"] = _("This is not your password.")
    except TooManyGuesses:
        form.mistakes["old"] = TOO_OFTEN
    return _account(form, 422) if form.mistakes else _signed_out("password")


@blueprint.get("/recover")
@open_to_all
def recover_page() -> ResponseReturnValue:
    """For who has lost the password and has the recovery code on paper."""
    return render_template("account/recover.html", form=Form.read("name"))


@blueprint.post("/recover")
@open_to_all
def recover() -> ResponseReturnValue:
    """A new password by the recovery code; the second factor stays as it was."""
    form = Form.read("name", "recovery", "password", "again")
    form.check_same()
    status = 422
    try:
        if not form.mistakes:
            staff, private = open_with_recovery_code(form["name"], form["recovery"])
            salt, key = new_password_key(form["password"])
            with transaction() as session:
                life.change_password(session, staff, private, form["password"], salt, key)
                organisation = session.get_one(Organisation, 1)
                now, id = clock.now(), staff.id
                custody.append(session, vault(), organisation, "recovered", now, staff_id=id)
    except PasswordRefused as problem:
        form.tell(problem)
    except SignInRefused:
        form.mistakes["recovery"] = _("Name and recovery code do not fit together.")
    except TooManyGuesses:
        form.mistakes["recovery"], status = TOO_OFTEN, 429
    if form.mistakes:
        return make_response(render_template("account/recover.html", form=form), status)
    return _signed_out("recovered")
