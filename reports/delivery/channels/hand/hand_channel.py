"""The channel "by hand": staff read the packet out on the phone, or bring it.

The packet is stored sealed to the report's case key, which the desk can open, until that is done.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar, Final

from sqlalchemy.orm import Session

from reports import sealed_rows
from reports.delivery.channels.channel import (
    Channel,
    ClosedPacket,
    ContactDetails,
    FirstState,
    PackingRequest,
)
from reports.model import Delivery, Report
from reports.roster.keyring import Keyring
from reports.vault import open_sealed, seal

_KIND: Final = "packet by hand"


class HandChannel(Channel):
    """Delivery of a packet by staff."""

    code = "hand"
    first_state: ClassVar[FirstState] = "to_do"
    rests_in = frozenset({"to_do", "delivered"})

    def check(self, details: ContactDetails, now: datetime) -> Mapping[str, str | bytes]:
        """Stores nothing: the telephone number is in the country file."""
        return {}

    def close(self, request: PackingRequest, inside: bytes) -> ClosedPacket:
        """Seals the packet to the report's case key."""
        public = sealed_rows.verify_case_public(request.vault, request.report)
        return ClosedPacket(seal(public, inside, kind=_KIND, id=request.slip.delivery_id.bytes))

    def open_for_desk(
        self, session: Session, keyring: Keyring, report: Report, delivery: Delivery
    ) -> bytes | None:
        """Returns the packet, or None once it was delivered. Raises `NotAllowed`, `SealBroken`."""
        if delivery.packet is None:
            return None
        private = keyring.open_case_key(session, report)
        return open_sealed(private, delivery.packet, kind=_KIND, id=delivery.id.bytes)
