"""The organisation's signatures over every public key that a report could be sealed to.

The verification key is pinned outside the database (`Vault.read_roster_public`). So somebody who
can write the database still cannot substitute the key of a desk, a staff member or recovery,
redirect a country's reports to another desk, or make anybody a member of a desk.
"""

from __future__ import annotations

from datetime import date
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

from reports.errors import RosterBroken
from reports.model import SigningKey, Staff
from reports.vault import Vault


def make_signing_key() -> tuple[bytes, bytes]:
    """Returns a new Ed25519 pair: the public key to pin, the private key to seal to
    administrators."""
    key = Ed25519PrivateKey.generate()
    return key.public_key().public_bytes_raw(), key.private_bytes_raw()


def sign_desk_key(private: bytes, desk_id: UUID, epoch: int, public: bytes) -> bytes:
    """Signs that `public` is the key of this desk in this epoch."""
    return sign(private, _desk_statement(desk_id, epoch, public))


def sign_staff_key(private: bytes, member: Staff) -> bytes:
    """Signs the member's public key, role and, for a liaison, contact point."""
    return sign(private, _staff_statement(member))


def sign_recovery_key(private: bytes, public: bytes) -> bytes:
    """Signs that `public` is the recovery key, to which every desk's key is sealed."""
    return sign(private, _recovery_statement(public))


def sign_desk(private: bytes, desk_id: UUID, name: str, country: str | None) -> bytes:
    """Signs that this desk receives the reports of `country`."""
    return sign(private, _desk_place_statement(desk_id, name, country))


def sign_membership(private: bytes, desk_id: UUID, staff_id: UUID, epoch: int) -> bytes:
    """Signs that a member belongs to this desk in this epoch of its key."""
    return sign(private, _membership_statement(desk_id, staff_id, epoch))


def sign_signing_key(private: bytes, key: SigningKey) -> bytes:
    """Signs that what a member says in this role is signed with this key."""
    return sign(private, _signing_statement(key))


def sign_beginning(private: bytes, instance_id: UUID, day: date) -> bytes:
    """Signs that from this day on nothing of staff is taken without a signature."""
    return sign(private, _beginning_statement(instance_id, day))


def check_signing_key(vault: Vault, key: SigningKey) -> None:
    """Raises `RosterBroken` unless the organisation signed this member's signing key."""
    _check(vault, _signing_statement(key), key.signature)


def has_signed_beginning(
    vault: Vault, instance_id: UUID, day: date | None, signature: bytes | None
) -> bool:
    """Tells whether the organisation signed that signing began on this day."""
    if day is None or signature is None:
        return False
    return is_signed(vault.read_roster_public(), _beginning_statement(instance_id, day), signature)


def check_recovery_key(vault: Vault, public: bytes, signature: bytes) -> None:
    """Raises `RosterBroken` unless the organisation signed this recovery key."""
    _check(vault, _recovery_statement(public), signature)


def has_signed(roster_public: bytes, recovery_public: bytes, signature: bytes) -> bool:
    """Tells whether this roster key, which nobody has pinned yet, signed the recovery key."""
    return is_signed(roster_public, _recovery_statement(recovery_public), signature)


def check_desk(
    vault: Vault, desk_id: UUID, name: str, country: str | None, signature: bytes
) -> None:
    """Raises `RosterBroken` unless the organisation signed this desk's name and country."""
    _check(vault, _desk_place_statement(desk_id, name, country), signature)


def check_membership(
    vault: Vault, desk_id: UUID, staff_id: UUID, epoch: int, signature: bytes
) -> None:
    """Raises `RosterBroken` unless the organisation signed this membership for this epoch."""
    _check(vault, _membership_statement(desk_id, staff_id, epoch), signature)


def check_desk_key(
    vault: Vault, desk_id: UUID, epoch: int, public: bytes, signature: bytes
) -> None:
    """Raises `RosterBroken` unless the organisation signed this desk key."""
    _check(vault, _desk_statement(desk_id, epoch, public), signature)


def check_staff_key(vault: Vault, member: Staff) -> None:
    """Raises `RosterBroken` unless the organisation signed the member's key, role and place."""
    _check(vault, _staff_statement(member), member.signature or b"")


def _desk_statement(desk_id: UUID, epoch: int, public: bytes) -> bytes:
    return b"wayside desk key 1\0" + desk_id.bytes + epoch.to_bytes(4, "big") + public


def _staff_statement(member: Staff) -> bytes:
    role = f"{member.role} {member.contact_id or ''}".rstrip()
    return (
        b"wayside staff key 1\0" + member.id.bytes + role.encode() + b"\0" + (member.public or b"")
    )


def _signing_statement(key: SigningKey) -> bytes:
    whose = key.id.bytes + key.staff_id.bytes + key.role.encode() + b"\0"
    return b"wayside signing key 1\0" + whose + key.public


def _beginning_statement(instance_id: UUID, day: date) -> bytes:
    return b"wayside signing begins 1\0" + instance_id.bytes + day.isoformat().encode()


def _recovery_statement(public: bytes) -> bytes:
    return b"wayside recovery key 1\0" + public


def _desk_place_statement(desk_id: UUID, name: str, country: str | None) -> bytes:
    return b"wayside desk 1\0" + desk_id.bytes + name.encode() + b"\0" + (country or "").encode()


def _membership_statement(desk_id: UUID, staff_id: UUID, epoch: int) -> bytes:
    return b"wayside member 1\0" + desk_id.bytes + staff_id.bytes + epoch.to_bytes(4, "big")


def sign(private: bytes, statement: bytes) -> bytes:
    """Returns the Ed25519 signature of a statement, which begins with a label of its own."""
    return Ed25519PrivateKey.from_private_bytes(private).sign(statement)


def _check(vault: Vault, statement: bytes, signature: bytes) -> None:
    if not is_signed(vault.read_roster_public(), statement, signature):
        raise RosterBroken("a key in the database lacks the organisation's signature")


def is_signed(public: bytes, statement: bytes, signature: bytes) -> bool:
    """Tells whether the key `public` signed this statement."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, statement)
    except (InvalidSignature, ValueError):
        return False
    return True
