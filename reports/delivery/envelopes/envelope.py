"""What every envelope does: check a key, say when it ends, and close a mail to it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal, Protocol

from reports.delivery.envelopes.mail_headers import MailHeaders

KeyField = Literal["certificate", "smime"]
"""The column in which a contact point's key is kept."""


class KeyHolder(Protocol):
    """Whatever carries the keys of a contact point: typed details, a proposal, a setting."""

    @property
    def certificate(self) -> bytes: ...

    @property
    def smime(self) -> bytes: ...


class Envelope(Protocol):
    """Encryption of one MIME part to one key; `key_field` is where that key is kept."""

    @property
    def key_field(self) -> KeyField: ...

    def get_key(self, holder: KeyHolder) -> bytes:
        """Returns this envelope's key; empty where there is none."""

    def check_key(self, data: bytes, now: datetime) -> tuple[bytes, str]:
        """Returns the key as it is kept, and its fingerprint in hex. Raises `KeyRefused`."""

    def find_expiry(self, key: bytes) -> date | None:
        """Returns the last day of a kept key; None when it never ends."""

    def encrypt_mail(self, outside: MailHeaders, inside: bytes, key: bytes) -> bytes:
        """Returns the mail, ready to leave. Raises `KeyRefused` for a key no longer usable."""
