"""The confirmed way to each contact point on this instance: channel, address, certificates.

A contact point can receive a report only after somebody confirmed them by a second way. The row
is sealed under a key kept outside the database: whoever can write there still cannot swap in an
address or a certificate of their own.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from pysequoia import Cert, encrypt
from pysequoia.packet import PacketPile, Tag
from sqlalchemy.orm import Session

from reports import custody
from reports.delivery import smime_certificate
from reports.errors import KeyRefused, RecipientUnready, WaysideError
from reports.model import ContactChange, ContactSetting, Organisation
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


@dataclass(frozen=True)
class ContactDetails:
    """How a contact point is reached: one of `CHANNELS` and what that channel needs."""

    channel: str
    email: str = ""
    certificate: bytes = b""
    smime: bytes = b""


def check(details: ContactDetails, now: datetime) -> Mapping[str, str | bytes]:
    """The columns that `details` become, when they can be used: what is not needed stays empty.

    Raises `AddressRefused` or `KeyRefused`.
    """
    told: dict[str, str | bytes] = {
        "channel": details.channel,
        "email": "",
        "certificate": b"",
        "smime": b"",
        "fingerprint": "",
    }
    if details.channel in ("openpgp", "smime"):
        told["email"] = _address(details.email)
    if details.channel == "openpgp":
        certificate = read_certificate(details.certificate, now)
        told["certificate"] = bytes(certificate)
        told["fingerprint"] = certificate.fingerprint.upper()
    if details.channel == "smime":
        read = smime_certificate.read(details.smime, now)
        told["smime"] = read.public_bytes(Encoding.DER)
        told["fingerprint"] = smime_certificate.compute_fingerprint(read)
    return told


def confirm(
    session: Session,
    vault: Vault,
    contact_id: str,
    email: str,
    certificate_bytes: bytes,
    now: datetime,
) -> ContactSetting:
    """Keep `email` and the OpenPGP certificate, armored or binary, in place of earlier ones.

    The caller knows that `contact_id` is in a country file. Raises `AddressRefused` or
    `KeyRefused`; nothing is then changed.
    """
    told = check(ContactDetails("openpgp", email, certificate_bytes), now)
    return save(session, vault, contact_id, told, now)


def save(
    session: Session,
    vault: Vault,
    contact_id: str,
    told: Mapping[str, str | bytes],
    now: datetime,
    *,
    staff_id: UUID | None = None,
) -> ContactSetting:
    """Make the checked columns `told` the confirmed way to a contact point, on record."""
    setting = ContactSetting(contact_id=contact_id, confirmed_day=now.date(), **told)
    setting.seal = compute_seal(vault, setting)
    setting = session.merge(setting)
    custody.append(
        session,
        vault,
        session.get_one(Organisation, 1),
        "contact_confirmed",
        now,
        staff_id=staff_id,
        detail={
            "contact": contact_id,
            "channel": setting.channel,
            "fingerprint": setting.fingerprint,
        },
    )
    return setting


def require_confirmed(session: Session, vault: Vault, contact_id: str) -> ContactSetting:
    """What was confirmed. Raises `RecipientUnready` when nothing was, or the seal does not hold."""
    setting = session.get(ContactSetting, contact_id)
    if setting is None or not hmac.compare_digest(setting.seal, compute_seal(vault, setting)):
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


def find_expiry(setting: ContactSetting | ContactChange) -> date | None:
    """The last day of the channel's key; None without one, or when it never ends."""
    if setting.smime:
        return x509.load_der_x509_certificate(setting.smime).not_valid_after_utc.date()
    if not setting.certificate:
        return None
    ends = Cert.from_bytes(setting.certificate).expiration
    return ends.date() if ends else None


def compute_seal(vault: Vault, row: ContactSetting | ContactChange) -> bytes:
    """The keyed hash over all that a row says, and over who proposed it."""
    by = row.staff_id.bytes if isinstance(row, ContactChange) else b""
    day = row.day if isinstance(row, ContactChange) else row.confirmed_day
    return vault.compute_mac(
        "contact change" if by else "contact setting",
        row.contact_id.encode(),
        row.channel.encode(),
        row.email.encode(),
        row.certificate,
        row.smime,
        row.fingerprint.encode(),
        day.isoformat().encode(),
        by,
    )


def _address(email: str) -> str:
    if len(email) > ADDRESS_LIMIT or not _ADDRESS.fullmatch(email):
        raise AddressRefused("not a plain mail address")
    return email
