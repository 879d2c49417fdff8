"""What becomes of a delivery when no worker has it: again, arrived, bounced, given up.

Each is one conditional change of its state with a custody line; what is in another state stays.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.orm import Session

from reports import tombstones
from reports.act import Act
from reports.custody import CustodyEntry
from reports.delivery.channels.registry import get_channel
from reports.delivery.outbox import record
from reports.delivery.transports.folder import make_beginning
from reports.model import Delivery, PortalKey
from reports.tombstones import MAIL
from reports.vault import Vault

PATIENCE: Final = timedelta(days=5)
"""How long a mail is tried (RFC 5321, section 4.5.4.1: at least four to five days)."""


@dataclass(frozen=True)
class StateChange:
    """From one of `states` to another that no worker decides; `staff_id` is who says so."""

    states: tuple[str, ...]
    to: str
    problem: str | None = None
    staff_id: UUID | None = None


def requeue(act: Act, delivery_id: UUID) -> bool:
    """Make a failed delivery, or one that only reached a folder, due once more.

    False when it is in no such state. Its Message-ID stays the same.
    """
    statement = (
        update(Delivery)
        .where(Delivery.id == delivery_id, Delivery.state.in_(("failed", "folder")))
        .where(Delivery.packet.is_not(None))
        .values(
            state="due", next_at=act.now, since=act.now, attempts=0, problem=None, settled_day=None
        )
        .returning(Delivery.id)
    )
    if act.session.execute(statement).first() is None:
        return False
    entry = CustodyEntry("due_again", staff_id=act.staff_id)
    record(act.session, act.vault, delivery_id, entry, act.now)
    return True


def mark_delivered(session: Session, vault: Vault, delivery_id: UUID, now: datetime) -> bool:
    """The recipient's mail server, or the recipient, says that it is there. False if it knew."""
    return change_state(session, vault, delivery_id, StateChange(("sent",), "delivered"), now)


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
    change = StateChange(("sent", "delivered"), "failed", "bounced", staff_id)
    channel = session.scalar(select(Delivery.channel).where(Delivery.id == delivery_id))
    if channel is None or not get_channel(channel).can_bounce:
        return False
    return change_state(session, vault, delivery_id, change, now)


def mark_carried(act: Act, delivery_id: UUID) -> bool:
    """Staff have called or carried it: the packet goes. False when there was nothing to do."""
    change = StateChange(("to_do",), "delivered", staff_id=act.staff_id)
    if not change_state(act.session, act.vault, delivery_id, change, act.now):
        return False
    act.session.execute(update(Delivery).where(Delivery.id == delivery_id).values(packet=None))
    return True


def give_up(session: Session, vault: Vault, now: datetime) -> int:
    """Fail every delivery that has waited longer than `PATIENCE`; returns how many.

    So that what never leaves is seen, and keeps no closed report for ever.
    """
    waiting = select(Delivery.id).where(Delivery.state == "due", Delivery.since <= now - PATIENCE)
    found = list(session.scalars(waiting.with_for_update(skip_locked=True)))
    change = StateChange(("due",), "failed", "gave_up")
    return sum(change_state(session, vault, id, change, now) for id in found)


def drop(session: Session, referral_id: UUID) -> None:
    """Erase the deliveries of a referral, and their keys in the portal; custody keeps its lines."""
    ids = select(Delivery.id).where(Delivery.referral_id == referral_id)
    session.execute(delete(PortalKey).where(PortalKey.delivery_id.in_(ids)))
    erase(session, Delivery.referral_id == referral_id)


def erase(session: Session, *which: ColumnElement[bool]) -> int:
    """Erases the deliveries that `which` chooses; how many. Files of their mails go after them."""
    erased = delete(Delivery).where(*which).returning(Delivery.id)
    ids = session.scalars(erased).all()
    tombstones.write(session, MAIL, ids)
    return len(ids)


def erase_late_mail(session: Session, delivery_id: UUID) -> None:
    """Says that a mail was carried late: its file goes if the delivery was erased meanwhile."""
    tombstones.write(session, MAIL, [delivery_id])


def find_needed_mails(session: Session, ids: Iterable[UUID]) -> set[str]:
    """Returns the beginnings of the names of those mails, of all these, whose row is there."""
    there = session.scalars(select(Delivery.id).where(Delivery.id.in_(list(ids))))
    return set(map(make_beginning, there))


def change_state(
    session: Session, vault: Vault, delivery_id: UUID, change: StateChange, now: datetime
) -> bool:
    """Changes the state with a custody line. False when the delivery is in none of the states."""
    statement = (
        update(Delivery)
        .where(Delivery.id == delivery_id, Delivery.state.in_(change.states))
        .values(state=change.to, problem=change.problem, next_at=None, settled_day=now.date())
        .returning(Delivery.id)
    )
    if session.execute(statement).first() is None:
        return False
    detail = {"problem": change.problem} if change.problem else {}
    record(session, vault, delivery_id, CustodyEntry(change.to, detail, change.staff_id), now)
    return True
