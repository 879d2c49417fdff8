"""The interface of all envelopes: check a key, find its expiry, and encrypt a mail to it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal, Protocol

from reports.delivery.envelopes.mail_headers import MailHeaders

KeyField = Literal["certificate", "smime"]
"""The column that stores a contact point's key."""


class KeyHolder(Protocol):
    """Any object with the keys of a contact point: entered details, a proposal, a setting."""

    @property
    def certificate(self) -> bytes: ...

    @property
    def smime(self) -> bytes: ...


class Envelope(Protocol):
    """Encrypts one MIME part to one key; `key_field` is where that key is stored."""

    @property
    def key_field(self) -> KeyField: ...

    def get_key(self, holder: KeyHolder) -> bytes:
        """Returns this envelope's key, or b"" if there is none."""

    def check_key(self, data: bytes, now: datetime) -> tuple[bytes, str]:
        """Returns the key in stored form, and its fingerprint in hex. Raises `KeyRefused`."""

    def find_expiry(self, key: bytes) -> date | None:
        """Returns the last day on which a stored key can be used, or None if it never expires."""

    def describe_key(self, key: bytes) -> str:
        """Returns whose key it is, as it says itself, for people who compare it."""

    def encrypt_mail(self, outside: MailHeaders, inside: bytes, key: bytes) -> bytes:
        """Returns the encrypted mail as bytes. Raises `KeyRefused` for a key that is no longer
        usable."""
