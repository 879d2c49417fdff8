"""What staff say is signed by the person: their signing keys, and who signed a statement.

A signing key is an Ed25519 pair. The roster's key certifies the public half for one person in one
role; the private half is sealed to the person's own key, so that it is usable while they are signed
in and at no other time. Readers verify with the pinned public key alone: no process needs a secret
for it, and none that it holds helps to forge.

A signature says how it was made. `SAID`: the person says this. `CARRIED`: the person hands over
what somebody else said. `BEFORE`: the organisation found this when signing began, and nobody knows
more about it than its keyed hash tells.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from uuid import UUID, uuid4

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from reports.errors import RosterBroken, SealBroken
from reports.model import Organisation, SigningKey, Staff
from reports.roster import signature
from reports.roster.keyring import Keyring
from reports.vault import Vault, open_sealed, seal

SAID: Final = 1
CARRIED: Final = 2
BEFORE: Final = 3
NOBODY: Final = UUID(int=0)
"""In the place of a key's id where the roster's own key signed."""
_KIND: Final = "signing key"
_LABEL: Final = b"wayside said 1\0"
_LENGTH: Final = 1 + 16 + 64
"""Bytes of a signature as a row holds it: how, by which key, and the signature itself."""


@dataclass(frozen=True)
class Signer:
    """Who signed and how. `staff_id` and `role` are None for the organisation."""

    how: int
    staff_id: UUID | None = None
    role: str | None = None


def give_key(session: Session, roster_private: bytes, member: Staff) -> None:
    """Makes and certifies a signing key for a member whose own key is signed.

    One that they have for their role stays. The caller knows that the member's key is genuine.
    """
    held = select(SigningKey).where(
        SigningKey.staff_id == member.id, SigningKey.sealed.is_not(None)
    )
    if any(key.role == member.role for key in session.scalars(held)):
        return
    public, private = signature.make_signing_key()
    key = SigningKey(id=uuid4(), staff_id=member.id, role=member.role, public=public)
    key.signature = signature.sign_signing_key(roster_private, key)
    key.sealed = seal(member.public or b"", private, kind=_KIND, id=key.id.bytes)
    session.add(key)
    session.flush()


def drop_private_halves(session: Session, staff_id: UUID) -> None:
    """Deletes the private halves of a member's keys; what they signed can still be verified."""
    session.execute(update(SigningKey).where(SigningKey.staff_id == staff_id).values(sealed=None))


def has_begun(session: Session, vault: Vault) -> bool:
    """Tells whether nothing of staff is taken without a signature.

    The mark in the keys folder says so, or the row that the roster's key has signed. Whoever can
    write the database can take the row away, and not the mark.
    """
    return vault.key_folder.has_signing_mark() or is_on_record(session, vault)


def is_on_record(session: Session, vault: Vault) -> bool:
    """Tells whether the database holds the organisation's word that signing has begun."""
    row = session.get(Organisation, 1)
    return row is not None and signature.has_signed_beginning(
        vault, row.instance_id, row.signing_day, row.signing_signature
    )


def sign(
    session: Session, vault: Vault, keyring: Keyring, statement: bytes, how: int = SAID
) -> bytes | None:
    """Returns a statement's signature by the signed-in person, as a row holds it.

    None while signing has not begun and the person has no key yet. Raises `RosterBroken` where it
    has begun and the key is gone, or is not the one that the organisation gave.
    """
    for key in session.scalars(select(SigningKey).where(SigningKey.staff_id == keyring.staff.id)):
        private = _open(vault, keyring, key)
        if private is not None:
            head = _make_head(how, key.id)
            return head + signature.sign(private, _LABEL + head + statement)
    if has_begun(session, vault):
        raise RosterBroken("who is signed in has no signing key of the organisation's")
    return None


def sign_as_found(roster_private: bytes, statement: bytes) -> bytes:
    """Returns the organisation's signature of what was there when signing began."""
    head = _make_head(BEFORE, NOBODY)
    return head + signature.sign(roster_private, _LABEL + head + statement)


def find_signer(session: Session, vault: Vault, signed: bytes, statement: bytes) -> Signer | None:
    """Returns who signed a statement; None when nobody whom the organisation knows did."""
    if len(signed) != _LENGTH:
        return None
    how, head, rest = signed[0], signed[:17], signed[17:]
    if head == _make_head(BEFORE, NOBODY):
        public = vault.read_roster_public()
        genuine = signature.is_signed(public, _LABEL + head + statement, rest)
        return Signer(BEFORE) if genuine else None
    key = session.get(SigningKey, UUID(bytes=head[1:]))
    if key is None or how not in (SAID, CARRIED) or not _is_certified(vault, key):
        return None
    if not signature.is_signed(key.public, _LABEL + head + statement, rest):
        return None
    return Signer(how, key.staff_id, key.role)


def _make_head(how: int, key_id: UUID) -> bytes:
    return bytes([how]) + key_id.bytes


def _open(vault: Vault, keyring: Keyring, key: SigningKey) -> bytes | None:
    """Returns the private half of a key that the organisation gave this person for their role."""
    if key.sealed is None or key.role != keyring.staff.role or not _is_certified(vault, key):
        return None
    try:
        private = open_sealed(keyring.private, key.sealed, kind=_KIND, id=key.id.bytes)
        made = Ed25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()
    except (SealBroken, ValueError):
        return None
    return private if made == key.public else None


def _is_certified(vault: Vault, key: SigningKey) -> bool:
    try:
        signature.check_signing_key(vault, key)
    except RosterBroken:
        return False
    return True
