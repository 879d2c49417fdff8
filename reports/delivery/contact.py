"""The confirmed address and OpenPGP certificate of each contact point on this instance.

A contact point can receive a report only after somebody confirmed both by a second way. The row
is sealed under a key kept outside the database: whoever can write there still cannot swap in an
address or a certificate of their own.
"""

from __future__ import annotations

import hmac
import re
from datetime import datetime
from typing import Final

from pysequoia import Cert, encrypt
from pysequoia.packet import PacketPile, Tag
from sqlalchemy.orm import Session

from reports import custody
from reports.errors import KeyRefused, RecipientUnready, WaysideError
from reports.model import ContactSetting, Organisation
from reports.vault import Vault

ADDRESS_LIMIT: Final = 254
"""Characters of a mail address (RFC 5321, section 4.5.3.1.3, less the angle brackets)."""
CERTIFICATE_LIMIT: Final = 1024 * 1024
"""Bytes. A certificate with many signatures of others stays far below."""

_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ADDRESS = re.compile(rf"[A-Za-z0-9.!#$%&'*+/=?^_`{{|}}~-]{{1,64}}@{_LABEL}(?:\.{_LABEL})*")
_SECRET = (Tag.SecretKey, Tag.SecretSubkey)


class AddressRefused(WaysideError):
    """A mail address is not one plain ASCII address such as desk@example.org."""


def confirm(
    session: Session,
    vault: Vault,
    contact_id: str,
    email: str,
    certificate_bytes: bytes,
    now: datetime,
) -> ContactSetting:
    """Keep `email` and the certificate, armored or binary, in place of earlier ones.

    The caller knows that `contact_id` is in a country file. Raises `AddressRefused` or
    `KeyRefused`; nothing is then changed.
    """
    if len(email) > ADDRESS_LIMIT or not _ADDRESS.fullmatch(email):
        raise AddressRefused("not a plain mail address")
    certificate = read_certificate(certificate_bytes, now)
    setting = ContactSetting(
        contact_id=contact_id,
        email=email,
        certificate=bytes(certificate),
        fingerprint=certificate.fingerprint.upper(),
        confirmed_day=now.date(),
    )
    setting.seal = _seal(vault, setting)
    setting = session.merge(setting)
    custody.append(
        session,
        vault,
        session.get_one(Organisation, 1),
        "contact_confirmed",
        now,
        detail={"contact": contact_id, "fingerprint": setting.fingerprint},
    )
    return setting


def ready(session: Session, vault: Vault, contact_id: str) -> ContactSetting:
    """What was confirmed. Raises `RecipientUnready` when nothing was, or the seal does not hold."""
    setting = session.get(ContactSetting, contact_id)
    if setting is None or not hmac.compare_digest(setting.seal, _seal(vault, setting)):
        raise RecipientUnready(contact_id)
    return setting


def read_certificate(data: bytes, now: datetime) -> Cert:
    """The one certificate in `data`, if a report may be encrypted to it. Raises `KeyRefused`.

    Sequoia's policy decides what is weak (SHA-1 signatures, RSA under 2048 bits, DSA, ElGamal).
    """
    certificate = _parse(data)
    try:
        expiration, revoked = certificate.expiration, certificate.is_revoked
    except RuntimeError as problem:
        raise KeyRefused("the key or its signatures are too weak") from problem
    if revoked:
        raise KeyRefused("the key was revoked")
    if expiration is not None and expiration <= now:
        raise KeyRefused("the key has expired")
    encrypt_to(certificate, b"")
    return certificate


def encrypt_to(certificate: Cert, data: bytes) -> bytes:
    """`data` encrypted to the holder of the certificate, armored. Raises `KeyRefused`."""
    try:
        return encrypt(data, recipients=[certificate])
    except RuntimeError as problem:
        raise KeyRefused("the key has no valid part for encryption") from problem


def _parse(data: bytes) -> Cert:
    if len(data) > CERTIFICATE_LIMIT:
        raise KeyRefused("the file is too large for a key")
    try:
        tags = [packet.tag for packet in PacketPile.from_bytes(data)]
        found = Cert.split_bytes(data) if tags else []
    except RuntimeError as problem:
        raise KeyRefused("the file holds no OpenPGP key") from problem
    if any(tag in _SECRET for tag in tags):
        raise KeyRefused("the file holds a secret key; it must never leave its owner")
    if not found:
        raise KeyRefused("the file holds no OpenPGP key")
    if len(found) > 1:
        raise KeyRefused("the file holds more than one key")
    return found[0]


def _seal(vault: Vault, setting: ContactSetting) -> bytes:
    return vault.keyed(
        "contact setting",
        setting.contact_id.encode(),
        setting.email.encode(),
        setting.certificate,
        setting.fingerprint.encode(),
        setting.confirmed_day.isoformat().encode(),
    )
