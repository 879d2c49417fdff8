"""The portal channel: a packet is available at once to the contact point's current liaisons."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from reports.delivery.channels.channel import (
    Channel,
    ClosedPacket,
    ContactDetails,
    FirstState,
    PackingRequest,
)
from reports.delivery.channels.portal import portal_packet
from reports.model import NoticeAddress
from reports.roster import liaison
from reports.sealed_rows import is_genuine
from reports.vault import Vault

NO_LIAISON = "no_liaison"
"""The contact point has no account yet, so there is nobody to seal a packet to."""


class PortalChannel(Channel):
    """Delivery of a packet to the accounts of a contact point's liaisons."""

    code = "portal"
    first_state: ClassVar[FirstState] = "delivered"
    rests_in = frozenset({"delivered"})
    reasons = frozenset({NO_LIAISON})

    def check(self, details: ContactDetails, now: datetime) -> Mapping[str, str | bytes]:
        """Stores nothing: each liaison's key is in their account."""
        return {}

    def close(self, request: PackingRequest, inside: bytes) -> ClosedPacket:
        """Seals the packet to each liaison. Raises `RecipientUnready` when there is none."""
        contact_id = request.setting.contact_id
        liaisons = liaison.list_for_contact(request.session, request.vault, contact_id)
        return portal_packet.seal_to_liaisons(
            request.slip.delivery_id, contact_id, inside, liaisons
        )

    def find_obstacle(self, session: Session, vault: Vault, contact_id: str) -> str | None:
        """Returns `NO_LIAISON` when nobody could open a packet, else None."""
        return None if liaison.list_for_contact(session, vault, contact_id) else NO_LIAISON

    def is_unnoticed(self, session: Session, vault: Vault, contact_id: str) -> bool:
        """Returns whether no liaison has an address for notices: then they must look by
        themselves."""
        ids = [each.id for each in liaison.list_for_contact(session, vault, contact_id)]
        rows = session.scalars(select(NoticeAddress).where(NoticeAddress.staff_id.in_(ids)))
        return not any(is_genuine(vault, row) for row in rows)

    def store_keys(self, session: Session, delivery_id: UUID, closed: ClosedPacket) -> None:
        """Stores the packet's key for each liaison."""
        portal_packet.store_keys(session, delivery_id, closed)
