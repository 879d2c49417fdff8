"""The second factor: a one-time code, a passkey, or a spare code on paper; each is accepted once.

Spare codes are stored as hashes under a key derived from the member's own: the database alone
neither reveals nor forges one. Whoever has lost every second factor is reset by an administrator
(`staff_lifecycle.reset`).
"""

from __future__ import annotations

import base64
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

import pyotp
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from reports.errors import SecondFactorRefused
from reports.model import SpareCode, Staff
from reports.roster import passkey
from reports.roster.invitation import derive_totp_key, find_matching_step
from reports.roster.keyring import Keyring
from reports.roster.passkey import PasskeyResponse
from reports.vault import compute_hmac, derive, unwrap, wrap

SPARE_CODES: Final = 8
_BYTES, _GROUP = 10, 4
"""80 bits: sixteen letters and digits in four groups."""


@dataclass(frozen=True)
class OfferedFactor:
    """The second factor offered at sign-in: a typed code, or the response of a passkey."""

    code: str = ""
    answer: PasskeyResponse | None = None

    def __repr__(self) -> str:
        return "OfferedFactor(...)"


def accept(
    session: Session, staff: Staff, private: bytes, offered: OfferedFactor, now: datetime
) -> bool:
    """Returns whether the second factor is valid; if so, it is used up."""
    if offered.answer is not None:
        return passkey.verify(session, staff.id, private, offered.answer, now)
    if _spend(session, staff.id, private, offered.code):
        return True
    secret = unwrap(
        derive_totp_key(private), staff.totp_by_key or b"", kind="totp", id=staff.id.bytes
    )
    step = find_matching_step(secret.decode(), offered.code, now)
    if step is None or step <= staff.totp_step:
        return False
    staff.totp_step = step
    return True


def replace_spare_codes(session: Session, keyring: Keyring) -> list[str]:
    """Returns new spare codes, to be shown once; all earlier ones become invalid."""
    id = keyring.staff.id
    session.execute(delete(SpareCode).where(SpareCode.staff_id == id))
    made = [base64.b32encode(secrets.token_bytes(_BYTES)).decode() for _ in range(SPARE_CODES)]
    session.add_all(SpareCode(hash=_hash(keyring.private, code), staff_id=id) for code in made)
    session.flush()
    return ["-".join(code[at : at + _GROUP] for at in range(0, len(code), _GROUP)) for code in made]


def count_spare_codes(session: Session, staff_id: UUID) -> int:
    """Returns the number of unused spare codes of a member."""
    query = select(func.count()).select_from(SpareCode).where(SpareCode.staff_id == staff_id)
    return session.scalar(query) or 0


def make_totp_secret() -> str:
    """Returns a new TOTP secret, in base32, for another authenticator app."""
    return pyotp.random_base32()


def replace_totp(session: Session, keyring: Keyring, secret: str, code: str, now: datetime) -> None:
    """Replaces the TOTP secret; `code` proves that the app has it. Raises `SecondFactorRefused`."""
    step = find_matching_step(secret, code, now)
    if step is None:
        raise SecondFactorRefused("the one-time code does not fit")
    staff = session.get_one(Staff, keyring.staff.id)
    key = derive_totp_key(keyring.private)
    staff.totp_by_key = wrap(key, secret.encode(), kind="totp", id=staff.id.bytes)
    staff.totp_step = step


def _spend(session: Session, staff_id: UUID, private: bytes, typed: str) -> bool:
    row = session.get(SpareCode, _hash(private, typed))
    if row is None or row.staff_id != staff_id:
        return False
    session.delete(row)
    return True


def _hash(private: bytes, typed: str) -> bytes:
    text = "".join(c for c in typed.upper() if c.isascii() and c.isalnum())
    text = text.replace("0", "O").replace("1", "I").replace("8", "B")
    return compute_hmac(derive(private, "spare codes"), text.encode())
