"""One's own account: language, password, notices and open sessions."""

from __future__ import annotations

from flask import (
    Blueprint,
    Response,
    make_response,
    redirect,
    render_template,
    request,
)
from flask.typing import ResponseReturnValue

from reports import notices
from reports.errors import NoticeAddressRefused, PasswordRefused, SignInRefused, TooManyGuesses
from reports.model import Staff
from reports.roster import factor, passkey, sign_in, staff_lifecycle
from webapp import staff_auth
from webapp.account.browser import label_unknown_browser
from webapp.account.forms import AccountForm
from webapp.account.sign_in import redirect_to_sign_in
from webapp.desk import labels
from webapp.desk.desk_errors import describe_error
from webapp.desk.reauthentication import check_password, choose_password
from webapp.i18n import DESK
from webapp.site import clock
from webapp.site.app_services import get_services
from webapp.site.db import get_session, get_vault, transaction
from webapp.staff_auth import EVERY_ROLE, get_keyring, require_role

_ = DESK.lazy_gettext
blueprint = Blueprint("account", __name__, url_prefix="/desk")


@blueprint.get("/account")
@require_role(*EVERY_ROLE)
def show_account() -> ResponseReturnValue:
    """Shows language, password, second factors and sessions."""
    return _account(AccountForm.read())


def _account(form: AccountForm, status: int = 200) -> Response:
    settings = get_services().config.domain
    page = render_template(
        "account/account.html",
        form=form,
        done=labels.DONE.get(request.args.get("done", "")),
        tongues=staff_auth.list_desk_languages(),
        sessions=sign_in.list_own(
            get_session(), get_keyring(), staff_auth.read_cookie(), clock.now()
        ),
        passkeys=passkey.list_own(get_session(), get_keyring()),
        notice_address=notices.find_address(get_session(), get_keyring().staff),
        notice_times=[each.strftime("%H:%M") for each in settings.notice_times],
        can_mail=settings.smtp_url is not None,
        spare=factor.count_spare_codes(get_session(), get_keyring().staff.id),
        nameless=label_unknown_browser(),
    )
    return make_response(page, status)


@blueprint.post("/language")
@require_role(*EVERY_ROLE)
def choose_language() -> ResponseReturnValue:
    """Switches the desk to another language for this person."""
    chosen = request.form.get("language", "")
    if chosen not in staff_auth.LANGUAGES:
        return _account(AccountForm({}, {"language": _("Choose one of these languages.")}), 422)
    with transaction() as session:
        session.get_one(Staff, get_keyring().staff.id).language = chosen
    return redirect("/desk/account?done=language", 303)


@blueprint.post("/account/notices")
@require_role(*EVERY_ROLE)
def choose_notices() -> ResponseReturnValue:
    """Sets the address for notices that something waits; an empty one turns them off."""
    form = AccountForm.read("address")
    try:
        with transaction() as session:
            staff = session.get_one(Staff, get_keyring().staff.id)
            notices.set_address(session, get_vault(), staff, form["address"], clock.now())
    except NoticeAddressRefused as problem:
        form.mistakes["address"] = describe_error(problem)
        return _account(form, 422)
    return redirect("/desk/account?done=notices", 303)


@blueprint.post("/account/session")
@require_role(*EVERY_ROLE)
def end_session() -> ResponseReturnValue:
    """Ends one of one's own sessions; if it is this browser's, signs out."""
    name = request.form.get("session", "")
    listed = sign_in.list_own(get_session(), get_keyring(), staff_auth.read_cookie(), clock.now())
    here = any(each.here and each.name == name for each in listed)
    with transaction() as session:
        sign_in.end_one(session, get_keyring(), name)
    return redirect_to_sign_in("out") if here else redirect("/desk/account?done=session", 303)


@blueprint.post("/password")
@require_role(*EVERY_ROLE)
def change_password() -> ResponseReturnValue:
    """Sets a new password; every session ends, including this one."""
    form = AccountForm.read("old", "password", "again")
    form.check_same()
    try:
        if not form.mistakes:
            _change_password(form)
    except PasswordRefused as problem:
        form.add_error(problem)
    except (SignInRefused, TooManyGuesses) as problem:
        form.mistakes["old"] = describe_error(problem, "password")
    return _account(form, 422) if form.mistakes else redirect_to_sign_in("password")


def _change_password(form: AccountForm) -> None:
    private = get_keyring().private
    check_password(form["old"])
    chosen = choose_password(form["password"])
    with transaction() as session:
        staff = session.get_one(Staff, get_keyring().staff.id)
        staff_lifecycle.change_password(session, staff, private, chosen)
