"""Asking for the password again, before what cannot be taken back.

Before what: docs/security-parameters.md#SP-2.15.
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
    """Raises `SignInRefused` unless `typed` is the password of who is signed in.

    Counted, so that a session left open is no way to guess: `TooManyGuesses`. Not together with the
    sign-in: there anybody who knows a name could keep its owner from working. Raises `Busy` when
    too many people sign in at once. Call it outside a transaction.
    """
    staff = get_keyring().staff
    id, name, salt = staff.id, fold(staff.name), staff.password_salt or b""
    wrapped = staff.private_by_password or b""
    # As the forms that a password is chosen and signed in with read it.
    readable = "".join(filter(str.isprintable, typed))
    with guess_limit.attempt(transaction, get_vault(), COUNTED, name, clock.now()) as succeed:
        key = get_vault().derive_password_key(readable, salt)
        try:
            unwrap(key, wrapped, kind="staff key", id=id.bytes)
        except SealBroken as problem:
            raise SignInRefused("refused") from problem
        with succeed():
            pass  # nothing is written but that the guess was right


def run_after_password(change: Callable[[Act], Done]) -> Done:
    """Make a change in one transaction, when the form's `password` is that of who is signed in.

    Raises as `check_password` and `change` do; nothing is then changed.
    """
    check_password(request.form.get("password", ""))
    with acting() as act:
        return change(act)


def choose_password(typed: str) -> ChosenPassword:
    """A password with a fresh salt and its slow key, with no transaction open meanwhile."""
    get_session().rollback()
    salt = secrets.token_bytes(SALT_BYTES)
    return ChosenPassword(typed, salt, get_vault().derive_password_key(typed, salt))
