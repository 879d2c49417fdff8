"""What becomes of a delivery when no worker has it: again, arrived, bounced, given up.

Each is one conditional change of its state with a custody line; what is in another state stays.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from reports.delivery.channels.registry import get_channel
from reports.delivery.outbox import record
from reports.model import Delivery, PortalKey
from reports.vault import Vault

PATIENCE: Final = timedelta(days=5)
"""How long a mail is tried (RFC 5321, section 4.5.4.1: at least four to five days)."""


def requeue(
    session: Session, vault: Vault, delivery_id: UUID, now: datetime, *, staff_id: UUID
) -> bool:
    """Make a failed delivery, or one that only reached a folder, due once more.

    False when it is in no such state. Its Message-ID stays the same.
    """
    statement = (
        update(Delivery)
        .where(Delivery.id == delivery_id, Delivery.state.in_(("failed", "folder")))
        .where(Delivery.packet.is_not(None))
        .values(state="due", next_at=now, since=now, attempts=0, problem=None, settled_day=None)
        .returning(Delivery.id)
    )
    if session.execute(statement).first() is None:
        return False
    record(session, vault, delivery_id, "due_again", now, staff_id=staff_id)
    return True


def mark_delivered(session: Session, vault: Vault, delivery_id: UUID, now: datetime) -> bool:
    """The recipient's mail server, or the recipient, says that it is there. False if it knew."""
    return change_state(session, vault, delivery_id, ("sent",), "delivered", now)


def mark_bounced(
    session: Session,
    vault: Vault,
    delivery_id: UUID,
    now: datetime,
    *,
    staff_id: UUID | None = None,
) -> bool:
    """A mail that a server had taken came back: nobody has it. False when it is in no such state.

    The packet has gone with the mail: it can be decided on again, not sent again.
    """
    states = ("sent", "delivered")
    channel = session.scalar(select(Delivery.channel).where(Delivery.id == delivery_id))
    if channel is None or not get_channel(channel).can_bounce:
        return False
    return change_state(
        session, vault, delivery_id, states, "failed", now, problem="bounced", staff_id=staff_id
    )


def mark_carried(
    session: Session, vault: Vault, delivery_id: UUID, now: datetime, *, staff_id: UUID
) -> bool:
    """Staff have called or carried it: the packet goes. False when there was nothing to do."""
    if not change_state(
        session, vault, delivery_id, ("to_do",), "delivered", now, staff_id=staff_id
    ):
        return False
    session.execute(update(Delivery).where(Delivery.id == delivery_id).values(packet=None))
    return True


def give_up(session: Session, vault: Vault, now: datetime) -> int:
    """Fail every delivery that has waited longer than `PATIENCE`; returns how many.

    So that what never leaves is seen, and keeps no closed report for ever.
    """
    waiting = select(Delivery.id).where(Delivery.state == "due", Delivery.since <= now - PATIENCE)
    found = list(session.scalars(waiting.with_for_update(skip_locked=True)))
    return sum(
        change_state(session, vault, id, ("due",), "failed", now, problem="gave_up") for id in found
    )


def drop(session: Session, referral_id: UUID) -> None:
    """Erase the deliveries of a referral, and their keys in the portal; custody keeps its lines."""
    ids = select(Delivery.id).where(Delivery.referral_id == referral_id)
    session.execute(delete(PortalKey).where(PortalKey.delivery_id.in_(ids)))
    session.execute(delete(Delivery).where(Delivery.referral_id == referral_id))


def change_state(
    session: Session,
    vault: Vault,
    delivery_id: UUID,
    states: tuple[str, ...],
    to: str,
    now: datetime,
    *,
    problem: str | None = None,
    staff_id: UUID | None = None,
) -> bool:
    """From one of `states` to another that no worker decides, with a custody line.

    False when it is in none of them.
    """
    statement = (
        update(Delivery)
        .where(Delivery.id == delivery_id, Delivery.state.in_(states))
        .values(state=to, problem=problem, next_at=None, settled_day=now.date())
        .returning(Delivery.id)
    )
    if session.execute(statement).first() is None:
        return False
    record(session, vault, delivery_id, to, now, staff_id=staff_id, problem=problem)
    return True
