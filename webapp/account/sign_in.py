"""Signing in and out, and setting a new password with the recovery code.

Every refused sign-in has the same text and status, whatever was wrong.
"""

from __future__ import annotations

from flask import Blueprint, Response, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from reports import custody, guess_limit, signing_start
from reports.custody import CustodyEntry
from reports.errors import PasswordRefused, SealBroken, SignInRefused, TooManyGuesses
from reports.model import Organisation, Staff
from reports.roster import sign_in, staff_lifecycle
from reports.roster.factor import OfferedFactor
from reports.roster.invitation import fold
from reports.roster.sign_in import SignInAttempt
from webapp import staff_auth
from webapp.account import browser
from webapp.account.forms import AccountForm
from webapp.desk import labels
from webapp.desk.desk_errors import describe_error
from webapp.desk.passkey_challenge import issue_challenge
from webapp.desk.reauthentication import choose_password
from webapp.site import clock, rate_limit
from webapp.site.db import get_session, get_vault, transaction
from webapp.staff_auth import EVERY_ROLE, allow_everybody, get_keyring, require_role

blueprint = Blueprint("sign_in", __name__, url_prefix="/desk")


@blueprint.get("/sign-in")
@allow_everybody
def show_sign_in_form() -> ResponseReturnValue:
    """Shows the sign-in form, with the reason why one is back here."""
    after = labels.AFTER.get(request.args.get("after", ""))
    return _page(AccountForm.read("name"), after=after)


@blueprint.post("/sign-in")
@allow_everybody
def start_session() -> ResponseReturnValue:
    """Starts a session with a new cookie; the browser's earlier session ends."""
    form = AccountForm.read("name", "password", "code")
    try:
        cookie = _begin(form)
    except (TooManyGuesses, SignInRefused, SealBroken) as problem:
        status = 429 if isinstance(problem, TooManyGuesses) else 403
        return _page(form, status, refused=describe_error(problem, "sign in"))
    response = make_response(redirect("/desk/", 303))
    staff_auth.set_cookie(response, cookie)
    browser.remember(response, form["name"])
    return response


def _begin(form: AccountForm) -> str:
    """Returns the new session's cookie, if password and second factor are right."""
    vault, counted = get_vault(), browser.choose_guess_limit(form["name"])
    with guess_limit.attempt(transaction, vault, *counted, clock.now()) as succeed:
        salt = sign_in.find_salt(get_session(), vault, form["name"])
        get_session().rollback()
        rate_limit.check_keys()
        key = vault.derive_password_key(form["password"], salt)
        offered = OfferedFactor(form["code"], browser.read_sign_in_answer())
        attempt = SignInAttempt(form["name"], key, offered, browser.read_device_name())
        with succeed() as session:
            cookie = sign_in.sign_in(session, vault, attempt, clock.now())
            keyring = sign_in.resume(session, vault, cookie, clock.now())
            signing_start.settle(session, vault, keyring, clock.now())
            staff_auth.end_old_session()
    return cookie


def _page(form: AccountForm, status: int = 200, **told: object) -> Response:
    page = render_template("account/sign_in.html", form=form, asked=issue_challenge(), **told)
    response = make_response(page, status)
    if status == 429:
        response.headers["Retry-After"] = "60"
    return response


@blueprint.post("/sign-out")
@require_role(*EVERY_ROLE)
def sign_out() -> ResponseReturnValue:
    """Ends this session, or with `all` every session of this person."""
    with transaction() as session:
        if request.form.get("all"):
            sign_in.end_all(session, get_keyring().staff.id)
        else:
            staff_auth.end_old_session()
    return redirect_to_sign_in("out")


def redirect_to_sign_in(after: str) -> Response:
    """Redirects to the sign-in page with a reason, and deletes the cookie."""
    response = make_response(redirect(f"/desk/sign-in?after={after}", 303))
    staff_auth.delete_cookie(response)
    return response


@blueprint.get("/recover")
@allow_everybody
def show_recover_form() -> ResponseReturnValue:
    """Shows the form for a lost password, which asks for the recovery code."""
    return render_template("account/recover.html", form=AccountForm.read("name"))


@blueprint.post("/recover")
@allow_everybody
def recover() -> ResponseReturnValue:
    """Sets a new password with the recovery code; the second factor stays as it was."""
    form = AccountForm.read("name", "recovery", "password", "again")
    form.check_same()
    status = 422
    try:
        if not form.mistakes:
            _set_password(form)
    except PasswordRefused as problem:
        form.add_error(problem)
    except (SignInRefused, TooManyGuesses) as problem:
        form.mistakes["recovery"] = describe_error(problem, "recovery")
        status = 429 if isinstance(problem, TooManyGuesses) else 422
    if form.mistakes:
        return make_response(render_template("account/recover.html", form=form), status)
    return redirect_to_sign_in("recovered")


def _set_password(form: AccountForm) -> None:
    staff, private = _open_with_recovery_code(form["name"], form["recovery"])
    chosen = choose_password(form["password"])
    with transaction() as session:
        staff_lifecycle.change_password(session, staff, private, chosen)
        entry = CustodyEntry("recovered", staff_id=staff.id)
        organisation = session.get_one(Organisation, 1)
        custody.append(session, get_vault(), organisation, entry, clock.now())


def _open_with_recovery_code(name: str, code: str) -> tuple[Staff, bytes]:
    """Returns the member and their private key. Raises `SignInRefused`, whatever the cause.

    Counted like a sign-in: raises `TooManyGuesses`.
    """
    with transaction() as session:
        what, whose = browser.choose_guess_limit(name)
        guess_limit.count(session, get_vault(), f"{what} recovery", whose, clock.now())
    staff = get_session().scalar(select(Staff).where(Staff.folded_name == fold(name)))
    if staff is None or staff.state != "active":
        raise SignInRefused("refused")
    try:
        return staff, staff_lifecycle.recover(staff, code)
    except SealBroken as problem:
        raise SignInRefused("refused") from problem
