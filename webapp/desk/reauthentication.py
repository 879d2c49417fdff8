"""Asks for the password again before irreversible acts.

Which ones: docs/security-parameters.md#SP-2.15.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Final, TypeVar

from flask import request

from reports import guess_limit
from reports.act import Act
from reports.errors import SealBroken, SignInRefused
from reports.roster.invitation import fold
from reports.roster.password import ChosenPassword
from reports.roster.sign_in import SALT_BYTES
from reports.vault import unwrap
from webapp.desk.staff_act import acting
from webapp.site import clock
from webapp.site.db import get_session, get_vault, transaction
from webapp.staff_auth import get_keyring

COUNTED: Final = "staff again"
Done = TypeVar("Done")


def check_password(typed: str) -> None:
    """Checks the password of the signed-in person. Raises `SignInRefused` if it is wrong.

    Attempts are limited (`TooManyGuesses`), so that an unattended session is no way to guess. They
    are counted apart from the sign-in, where anybody who knows a name can use up its limit. Raises
    `Busy` when too many people sign in at once. Call it outside a transaction.
    """
    staff = get_keyring().staff
    id, name, salt = staff.id, fold(staff.name), staff.password_salt or b""
    wrapped = staff.private_by_password or b""
    # Filtered as in the forms with which passwords are chosen and entered.
    readable = "".join(filter(str.isprintable, typed))
    with guess_limit.attempt(transaction, get_vault(), COUNTED, name, clock.now()) as succeed:
        key = get_vault().derive_password_key(readable, salt)
        try:
            unwrap(key, wrapped, kind="staff key", id=id.bytes)
        except SealBroken as problem:
            raise SignInRefused("refused") from problem
        with succeed():
            pass  # records only that the guess was right


def run_after_password(change: Callable[[Act], Done]) -> Done:
    """Runs `change` in one transaction, after checking the form's `password`.

    Raises as `check_password` and `change` do; nothing is then changed.
    """
    check_password(request.form.get("password", ""))
    with acting() as act:
        return change(act)


def choose_password(typed: str) -> ChosenPassword:
    """Returns the password with a fresh salt and its slow key; no transaction is open meanwhile."""
    get_session().rollback()
    salt = secrets.token_bytes(SALT_BYTES)
    return ChosenPassword(typed, salt, get_vault().derive_password_key(typed, salt))
