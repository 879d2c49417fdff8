"""A packet that staff read out on the phone or bring: it rests for the desk until they have."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from reports.delivery.delivery_states import change_state
from reports.model import Delivery
from reports.vault import Vault


def mark_carried(
    session: Session, vault: Vault, delivery_id: UUID, now: datetime, *, staff_id: UUID
) -> bool:
    """Staff have called or carried it: the packet goes. False when there was nothing to do."""
    done = change_state(
        session, vault, delivery_id, ("to_do",), "delivered", now, staff_id=staff_id
    )
    session.execute(
        update(Delivery)
        .where(Delivery.id == delivery_id, Delivery.channel == "hand")
        .where(Delivery.state == "delivered")
        .values(packet=None)
    )
    return done
