"""Asks for the password again, or a passkey, before irreversible acts.

Which ones: docs/security-parameters.md#SP-2.15.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Final, TypeVar

from flask import request

from reports import guess_limit
from reports.act import Act
from reports.errors import PasskeyRefused, SealBroken, SignInRefused
from reports.roster import passkey
from reports.roster.invitation import fold
from reports.roster.password import ChosenPassword
from reports.roster.sign_in import SALT_BYTES
from reports.vault import unwrap
from webapp.desk import passkey_challenge
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


def check_person() -> None:
    """Checks that it is the signed-in person: by a passkey's answer in the form, else its password.

    The authenticator must have verified its person (fingerprint, face, PIN). Raises as
    `check_password` does, and `PasskeyRefused`; both count as tries of the same person.
    """
    answer = passkey_challenge.read_again()
    if answer is None:
        check_password(request.form.get("password", ""))
        return
    keyring, now = get_keyring(), clock.now()
    name = fold(keyring.staff.name)
    with (
        guess_limit.attempt(transaction, get_vault(), COUNTED, name, now) as succeed,
        succeed() as session,
    ):
        if not passkey.verify(session, keyring.staff.id, keyring.private, answer, now):
            raise PasskeyRefused("refused")


def run_after_password(change: Callable[[Act], Done]) -> Done:
    """Runs `change` in one transaction, after checking the form's passkey or password.

    Raises as `check_person` and `change` do; nothing is then changed.
    """
    check_person()
    with acting() as act:
        return change(act)


def choose_password(typed: str) -> ChosenPassword:
    """Returns the password with a fresh salt and its slow key; no transaction is open meanwhile."""
    get_session().rollback()
    salt = secrets.token_bytes(SALT_BYTES)
    return ChosenPassword(typed, salt, get_vault().derive_password_key(typed, salt))
