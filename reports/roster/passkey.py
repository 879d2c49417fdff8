"""Passkeys as a second factor: registered in a session, requested at sign-in.

The challenge is the token of the sign-in page, at most a few minutes old, and no response is
accepted twice. The public key is wrapped under a key derived from the member's own, so that which
passkey would be valid is known only with the password.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session
from webauthn import verify_authentication_response, verify_registration_response
from webauthn.helpers.exceptions import WebAuthnException

from reports.errors import SealBroken, SecondFactorRefused
from reports.model import Passkey
from reports.roster.keyring import Keyring
from reports.secret_text import format_token, parse_token
from reports.vault import derive, unwrap, wrap

FRESH: Final = timedelta(minutes=10)
"""How old a sign-in page may be when a passkey responds to it."""
NAME_LIMIT: Final = 40
AT_MOST: Final = 10
"""The most passkeys of one person."""
_KIND: Final = "passkey"


@dataclass(frozen=True)
class RelyingParty:
    """The site as WebAuthn identifies it: the host that passkeys belong to, and the full origin."""

    host: str
    origin: str


@dataclass(frozen=True)
class PasskeyResponse:
    """An authenticator's response to `challenge`, which was issued at `asked_at`.

    `alone`: no password comes along, so the authenticator must say that it verified who uses it
    (WebAuthn's user verification).
    """

    credential: str
    challenge: bytes
    asked_at: datetime
    place: RelyingParty
    alone: bool = False


@dataclass(frozen=True)
class OwnPasskey:
    """One passkey as its owner sees it."""

    id: UUID
    name: str
    day: date


def add(
    session: Session, keyring: Keyring, answer: PasskeyResponse, name: str, now: datetime
) -> None:
    """Stores a new passkey of the signed-in person. Raises `SecondFactorRefused`."""
    if len(_rows(session, keyring.staff.id)) >= AT_MOST:
        raise SecondFactorRefused("too many passkeys")
    try:
        told = verify_registration_response(
            credential=answer.credential,
            expected_challenge=answer.challenge,
            expected_rp_id=answer.place.host,
            expected_origin=answer.place.origin,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError) as problem:
        raise SecondFactorRefused("not a new passkey of this site") from problem
    id = uuid4()
    text = json.dumps(
        {
            "name": name[:NAME_LIMIT],
            "credential": format_token(told.credential_id),
            "public": format_token(told.credential_public_key),
        }
    )
    sealed = wrap(_key(keyring.private), text.encode(), kind=_KIND, id=_whose(keyring.staff.id, id))
    row = Passkey(id=id, staff_id=keyring.staff.id, sealed=sealed, created_day=now.date())
    session.add(row)
    session.flush()


def list_own(session: Session, keyring: Keyring) -> list[OwnPasskey]:
    """Returns the passkeys of the signed-in person, oldest first; a damaged one has no name."""
    found = []
    for row in _rows(session, keyring.staff.id):
        told = _opened(keyring.private, row)
        found.append(OwnPasskey(row.id, told["name"] if told else "", row.created_day))
    return sorted(found, key=lambda each: (each.day, each.name))


def remove(session: Session, keyring: Keyring, passkey_id: UUID) -> None:
    """Deletes a passkey of the signed-in person; one of somebody else is left alone."""
    row = session.get(Passkey, passkey_id)
    if row is not None and row.staff_id == keyring.staff.id:
        session.delete(row)


def verify(
    session: Session, staff_id: UUID, private: bytes, answer: PasskeyResponse, now: datetime
) -> bool:
    """Returns whether `answer` is a fresh, first-time response of one of this member's passkeys."""
    if not timedelta(0) <= now - answer.asked_at <= FRESH:
        return False
    for row in _rows(session, staff_id):
        told = _opened(private, row)
        new = not row.used_at or answer.asked_at > row.used_at
        if told and new and _verified(told, answer):
            row.used_at = answer.asked_at
            return True
    return False


def _verified(told: dict[str, str], answer: PasskeyResponse) -> bool:
    try:
        if json.loads(answer.credential)["id"].rstrip("=") != told["credential"]:
            return False
        verify_authentication_response(
            credential=answer.credential,
            expected_challenge=answer.challenge,
            expected_rp_id=answer.place.host,
            expected_origin=answer.place.origin,
            credential_public_key=parse_token(told["public"]),
            # Synchronised passkeys keep no counter; `used_at` prevents replay instead.
            credential_current_sign_count=0,
            require_user_verification=answer.alone,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError, AttributeError):
        return False
    return True


def _rows(session: Session, staff_id: UUID) -> list[Passkey]:
    return list(session.scalars(select(Passkey).where(Passkey.staff_id == staff_id)))


def _opened(private: bytes, row: Passkey) -> dict[str, str] | None:
    try:
        text = unwrap(_key(private), row.sealed, kind=_KIND, id=_whose(row.staff_id, row.id))
    except SealBroken:
        return None
    told: dict[str, str] = json.loads(text)
    return told


def _key(private: bytes) -> bytes:
    return derive(private, "passkeys")


def _whose(staff_id: UUID, id: UUID) -> bytes:
    return staff_id.bytes + id.bytes
