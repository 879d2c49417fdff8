"""Encrypted mail to a confirmed address, carried by a mail server or, in trials, a folder."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import ClassVar, Final

from reports.delivery.channels.channel import (
    Channel,
    ClosedPacket,
    ContactDetails,
    FirstState,
    PackingRequest,
)
from reports.delivery.envelopes.envelope import Envelope
from reports.delivery.envelopes.mail_headers import MailHeaders
from reports.delivery.transports import Transport, choose, find_waiting_reason
from reports.delivery.transports.folder import FolderTransport
from reports.delivery.transports.smtp import SmtpTransport
from reports.errors import AddressRefused, PacketTooLarge
from reports.model import ContactChange, ContactSetting
from reports.settings import Settings

ADDRESS_LIMIT: Final = 254
"""The most characters of a mail address (RFC 5321, section 4.5.3.1.3, less the angle brackets)."""
MAIL_LIMIT: Final = 14 * 1024 * 1024
"""The most bytes inside a mail: base64 adds a third, and many mail servers stop at 20 MB."""

_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ADDRESS = re.compile(rf"[A-Za-z0-9.!#$%&'*+/=?^_`{{|}}~-]{{1,64}}@{_LABEL}(?:\.{_LABEL})*")


class MailChannel(Channel):
    """Mail in one kind of `envelope`; each kind has a stored code of its own."""

    first_state: ClassVar[FirstState] = "due"
    rests_in = frozenset({"sent", "delivered", "folder"})
    reasons = frozenset({"no_mail_server", "bounced"}) | SmtpTransport.codes | FolderTransport.codes
    reminds = True
    answers_by_code = True
    can_bounce = True

    def __init__(self, code: str, envelope: Envelope) -> None:
        self.code = code
        self.needs = ("email", envelope.key_field)
        self._envelope = envelope

    def check(self, details: ContactDetails, now: datetime) -> Mapping[str, str | bytes]:
        """Checks the address and the envelope's key. Raises `AddressRefused`, `KeyRefused`."""
        email = check_address(details.email)
        key, fingerprint = self._envelope.check_key(self._envelope.get_key(details), now)
        return {"email": email, self._envelope.key_field: key, "fingerprint": fingerprint}

    def close(self, request: PackingRequest, inside: bytes) -> ClosedPacket:
        """Encrypts the whole mail. Raises `KeyRefused` when the key is no longer usable,
        `PacketTooLarge`."""
        outside = MailHeaders(
            request.slip.delivery_id,
            request.mail_from,
            request.setting.email,
            request.now,
        )
        return ClosedPacket(self.encrypt(outside, inside, request.setting))

    def encrypt(self, outside: MailHeaders, inside: bytes, setting: ContactSetting) -> bytes:
        """Returns the encrypted mail as bytes. Raises `KeyRefused`, `PacketTooLarge`."""
        if len(inside) > MAIL_LIMIT:
            raise PacketTooLarge(len(inside), MAIL_LIMIT)
        key = self._envelope.get_key(setting)
        return self._envelope.encrypt_mail(outside, inside, key)

    def find_expiry(self, row: ContactSetting | ContactChange) -> date | None:
        """Returns the last day of the envelope's key, or None if it never expires."""
        return self._envelope.find_expiry(self._envelope.get_key(row))

    def describe_key(self, row: ContactSetting | ContactChange) -> str:
        """Returns whose key the envelope's key is, as it says itself."""
        return self._envelope.describe_key(self._envelope.get_key(row))

    def find_waiting_reason(self, settings: Settings) -> str | None:
        """Returns "no_mail_server" in production without one, else None."""
        return find_waiting_reason(settings)

    def choose_transport(self, settings: Settings) -> Transport:
        """Returns the mail server, or the folder for trials. Raises `ChannelMissing`."""
        return choose(settings)


def check_address(email: str) -> str:
    """Returns the address unchanged if it is a plain ASCII mail address. Raises
    `AddressRefused`."""
    if len(email) > ADDRESS_LIMIT or not _ADDRESS.fullmatch(email):
        raise AddressRefused("not a plain mail address")
    return email
