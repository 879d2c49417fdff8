"""Packets stored in the portal: encrypted under a key of their own, which is sealed to each
liaison.

Liaisons who join later cannot open earlier packets, and the desk's staff can open none.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from reports.delivery.channels.channel import ClosedPacket
from reports.errors import NotAllowed, RecipientUnready
from reports.model import Delivery, PortalKey, Staff
from reports.roster.keyring import Keyring
from reports.vault import open_sealed, seal, unwrap, wrap

_KIND: Final = "portal packet"
_KEY: Final = "portal key"


def seal_to_liaisons(
    delivery_id: UUID, contact_id: str, inside: bytes, liaisons: Iterable[Staff]
) -> ClosedPacket:
    """Encrypts a packet for the liaisons. Raises `RecipientUnready` when there is none."""
    members = list(liaisons)
    if not members:
        raise RecipientUnready(contact_id)
    key = secrets.token_bytes(32)
    keys = tuple(
        (member.id, seal(member.public or b"", key, kind=_KEY, id=delivery_id.bytes))
        for member in members
    )
    return ClosedPacket(wrap(key, inside, kind=_KIND, id=delivery_id.bytes), keys)


def store_keys(session: Session, delivery_id: UUID, closed: ClosedPacket) -> None:
    """Stores the packet's keys; the packet itself is in the delivery."""
    session.add_all(
        PortalKey(delivery_id=delivery_id, staff_id=staff_id, sealed=sealed)
        for staff_id, sealed in closed.keys
    )


def open_packet(session: Session, keyring: Keyring, delivery: Delivery) -> bytes:
    """Decrypts a packet. Raises `NotAllowed` without a key for it, `SealBroken` if it is
    damaged."""
    row = session.get(PortalKey, (delivery.id, keyring.staff.id))
    if row is None or delivery.packet is None:
        raise NotAllowed("not sealed to this liaison")
    key = open_sealed(keyring.private, row.sealed, kind=_KEY, id=delivery.id.bytes)
    return unwrap(key, delivery.packet, kind=_KIND, id=delivery.id.bytes)
