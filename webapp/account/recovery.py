"""Opening an account with its recovery code."""

from __future__ import annotations

from sqlalchemy import select

from reports import guess_limit
from reports.errors import SealBroken, SignInRefused
from reports.model import Staff
from reports.roster import staff_lifecycle
from reports.roster.invitation import fold
from webapp.account.browser import choose_guess_limit
from webapp.site import clock
from webapp.site.db import get_session, get_vault, transaction


def open_with_recovery_code(name: str, code: str) -> tuple[Staff, bytes]:
    """The member and their private key. Raises `SignInRefused` alike for every cause.

    Counted as a sign-in is: `TooManyGuesses`.
    """
    with transaction() as session:
        what, whose = choose_guess_limit(name)
        guess_limit.count(session, get_vault(), f"{what} recovery", whose, clock.now())
    staff = get_session().scalar(select(Staff).where(Staff.folded_name == fold(name)))
    if staff is None or staff.state != "active":
        raise SignInRefused("refused")
    try:
        return staff, staff_lifecycle.recover(staff, code)
    except SealBroken as problem:
        raise SignInRefused("refused") from problem
