"""Managing one's own second factors: passkeys, spare codes, another authenticator app.

Each change asks for the password again, so that an unattended session is not enough for a lasting
way in.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from uuid import UUID

from flask import Blueprint, make_response, redirect, render_template
from flask.typing import ResponseReturnValue

from reports.act import Act
from reports.errors import (
    SecondFactorRefused,
    SignInRefused,
    TokenExpired,
    TokenInvalid,
    TooManyGuesses,
)
from reports.roster import factor, passkey
from webapp.account import browser
from webapp.account.forms import AccountForm
from webapp.account.qr import SecondFactor
from webapp.desk.desk_errors import describe_error
from webapp.desk.passkey_challenge import issue_challenge, read_relying_party
from webapp.desk.reauthentication import run_after_password
from webapp.site.app_services import get_services
from webapp.site.db import get_session
from webapp.staff_auth import EVERY_ROLE, get_keyring, require_role

_SECRET = re.compile(r"[A-Z2-7]{32}")
blueprint = Blueprint("factors", __name__, url_prefix="/desk/account")


@blueprint.get("/passkey")
@require_role(*EVERY_ROLE)
def show_passkey_form() -> ResponseReturnValue:
    """Shows the form for a new passkey."""
    return _passkey_page(AccountForm.read("label"))


@blueprint.post("/passkey")
@require_role(*EVERY_ROLE)
def add_passkey() -> ResponseReturnValue:
    """Stores the passkey that the browser has just created."""
    form = AccountForm.read("label", "password")

    def change(act: Act) -> None:
        answer = browser.read_answer()
        if answer is None:
            raise SecondFactorRefused("no passkey came along")
        name = form["label"].strip() or browser.read_device_name()
        passkey.add(act.session, act.keyring, answer, name, act.now)

    return _passkey_page(form) if not _did(form, change) else _back("passkey")


@blueprint.get("/passkey/<uuid:passkey_id>/remove")
@require_role(*EVERY_ROLE)
def show_remove_form(passkey_id: UUID) -> ResponseReturnValue:
    """Asks for confirmation before a passkey is removed."""
    return _remove_page(passkey_id, AccountForm.read())


@blueprint.post("/passkey/<uuid:passkey_id>/remove")
@require_role(*EVERY_ROLE)
def remove_passkey(passkey_id: UUID) -> ResponseReturnValue:
    """Deletes a passkey."""
    form = AccountForm.read("password")

    def change(act: Act) -> None:
        passkey.remove(act.session, act.keyring, passkey_id)

    return _back("unpasskey") if _did(form, change) else _remove_page(passkey_id, form)


@blueprint.get("/spare")
@require_role(*EVERY_ROLE)
def show_spare_codes() -> ResponseReturnValue:
    """Explains spare codes before they are made."""
    return _spare_page(AccountForm.read())


@blueprint.post("/spare")
@require_role(*EVERY_ROLE)
def make_spare_codes() -> ResponseReturnValue:
    """Makes eight new spare codes and shows them once; earlier ones become invalid."""
    form, made = AccountForm.read("password"), list[str]()

    def change(act: Act) -> None:
        made.extend(factor.replace_spare_codes(act.session, act.keyring))

    return _spare_page(form, made) if _did(form, change) else _spare_page(form)


@blueprint.get("/app")
@require_role(*EVERY_ROLE)
def show_app_form() -> ResponseReturnValue:
    """Shows a secret for another authenticator app."""
    return _app_page(AccountForm.read(), factor.make_totp_secret())


@blueprint.post("/app")
@require_role(*EVERY_ROLE)
def change_app() -> ResponseReturnValue:
    """Switches to the codes of the other app."""
    form = AccountForm.read("secret", "code", "password")
    fits = _SECRET.fullmatch(form["secret"])
    secret = form["secret"] if fits else factor.make_totp_secret()

    def change(act: Act) -> None:
        factor.replace_totp(act.session, act.keyring, secret, form["code"], act.now)

    return _back("app") if _did(form, change) else _app_page(form, secret)


def _did(form: AccountForm, change: Callable[[Act], None]) -> bool:
    """Makes a change in one transaction after the password; False with the errors in the form."""
    try:
        run_after_password(change)
    except (SignInRefused, TooManyGuesses) as problem:
        form.mistakes["password"] = describe_error(problem)
    except (TokenInvalid, TokenExpired) as problem:
        form.mistakes["label"] = describe_error(problem)
    except SecondFactorRefused as problem:
        form.add_error(problem)
        form.mistakes["label"] = describe_error(problem, "passkey")
    return not form.mistakes


def _back(done: str) -> ResponseReturnValue:
    return redirect(f"/desk/account?done={done}", 303)


def _status(form: AccountForm) -> int:
    return 422 if form.mistakes else 200


def _passkey_page(form: AccountForm) -> ResponseReturnValue:
    page = render_template(
        "account/passkey.html",
        form=form,
        asked=issue_challenge(),
        place=read_relying_party(),
        person=get_keyring().staff.id.hex,
    )
    return make_response(page, _status(form))


def _remove_page(passkey_id: UUID, form: AccountForm) -> ResponseReturnValue:
    mine = passkey.list_own(get_session(), get_keyring())
    found = next((each for each in mine if each.id == passkey_id), None)
    page = render_template("account/passkey_remove.html", form=form, passkey=found)
    return make_response(page, _status(form))


def _spare_page(form: AccountForm, codes: list[str] | None = None) -> ResponseReturnValue:
    page = render_template(
        "account/spare.html",
        form=form,
        codes=codes or [],
        left=factor.count_spare_codes(get_session(), get_keyring().staff.id),
    )
    return make_response(page, _status(form))


def _app_page(form: AccountForm, secret: str) -> ResponseReturnValue:
    config = get_services().config
    shown = SecondFactor.from_secret(secret, get_keyring().staff.name, config.title)
    page = render_template("account/app.html", form=form, factor=shown, secret=secret)
    return make_response(page, _status(form))
