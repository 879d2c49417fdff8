"""The outbox: deliveries wait, are claimed under a lease, and are settled by their owner alone.

Delivery is at-least-once: a worker that dies after a mail server took the mail, and before that was
written down, leaves a lease that runs out, and the same mail goes again under the same Message-ID.
"""

from __future__ import annotations

import hmac
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final, Literal
from uuid import UUID

from sqlalchemy import and_, or_, select, true, update
from sqlalchemy.orm import Session

from reports import custody, sealed_rows
from reports.custody import CustodyEntry
from reports.errors import LeaseLost
from reports.model import ContactSetting, Delivery, Referral, Report
from reports.vault import Vault

FIRST_WAIT: Final = timedelta(minutes=1)
LONGEST_WAIT: Final = timedelta(hours=4)
SPREAD: Final = 0.2
"""How much of a wait the jitter may add, so that many deliveries do not come back at once."""

Outcome = Literal["sent", "delivered", "folder"]
"""Where a delivery can come that has left: taken by a server, with its recipient, in a folder."""


@dataclass(frozen=True)
class ClaimedDelivery:
    """A delivery in the hands of one worker. `attempt` counts from 1 and fences with `owner`."""

    id: UUID
    owner: UUID
    attempt: int
    recipient: str
    packet: bytes
    channel: str
    seal: bytes = b""

    def __repr__(self) -> str:
        return f"ClaimedDelivery({self.id}, attempt {self.attempt})"


@dataclass(frozen=True)
class OutboxEntry:
    """A packet that was closed for a confirmed contact point, and how its delivery begins.

    A `reminder` holds nothing of the report.
    """

    delivery_id: UUID
    setting: ContactSetting
    packet: bytes
    first_state: Literal["due", "delivered", "to_do"]
    reminder: bool = False

    def __repr__(self) -> str:
        return f"OutboxEntry({self.delivery_id})"


# Each is a column of the delivery, or decides one.
def enqueue(
    session: Session, vault: Vault, referral: Referral, entry: OutboxEntry, now: datetime
) -> Delivery:
    """Put a finished, encrypted packet into the outbox, in the state that its channel says."""
    to, state = entry.setting, entry.first_state
    delivery = Delivery(
        id=entry.delivery_id,
        referral_id=referral.id,
        channel=to.channel,
        reminder=entry.reminder,
        recipient=to.email,
        fingerprint=to.fingerprint,
        state=state,
        packet=entry.packet or None,
        seal=_seal(vault, entry.delivery_id, to.email, entry.packet),
        since=now,
        attempts=0,
        next_at=now if state == "due" else None,
        settled_day=now.date() if state == "delivered" else None,
    )
    session.add(delivery)
    return delivery


def correct_waits(session: Session, now: datetime, lease: timedelta) -> None:
    """End each wait and each claim that lies further ahead of `now` than any can.

    A clock that was ahead wrote it, and the delivery would wait as long once the clock is right.
    """
    put_off = update(Delivery).where(
        Delivery.state == "due", Delivery.next_at > now + 2 * LONGEST_WAIT
    )
    session.execute(put_off.values(next_at=now))
    held = update(Delivery).where(
        Delivery.state == "claimed", Delivery.lease_until > now + 2 * lease
    )
    session.execute(held.values(lease_until=now))


# Six parameters: who takes how much of what, and for how long, is one statement.
def claim(
    session: Session,
    now: datetime,
    owner: UUID,
    *,
    lease: timedelta,
    limit: int = 10,
    channels: Collection[str] | None = None,
) -> list[ClaimedDelivery]:
    """Take up to `limit` deliveries for `owner`, until `now + lease`, the longest waiting first.

    Due ones, and those whose owner's lease has run out, of `channels` alone where they are
    named; the others stay as they are. Safe with any number of workers: the claim is one statement.
    """
    takeable = or_(
        and_(Delivery.state == "due", Delivery.next_at <= now),
        and_(Delivery.state == "claimed", Delivery.lease_until <= now),
    )
    # A common table expression and not a subquery: PostgreSQL runs it exactly once.
    chosen = (
        select(Delivery.id)
        .where(takeable, true() if channels is None else Delivery.channel.in_(channels))
        .order_by(Delivery.next_at, Delivery.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte("chosen")
    )
    taking = (
        update(Delivery)
        .where(Delivery.id.in_(select(chosen.c.id)))
        .values(
            state="claimed", owner=owner, lease_until=now + lease, attempts=Delivery.attempts + 1
        )
        .returning(
            Delivery.id,
            Delivery.attempts,
            Delivery.recipient,
            Delivery.packet,
            Delivery.seal,
            Delivery.channel,
        )
        .execution_options(synchronize_session=False)
    )
    return [
        ClaimedDelivery(
            row.id, owner, row.attempts, row.recipient, row.packet or b"", row.channel, row.seal
        )
        for row in session.execute(taking)
    ]


def is_genuine(vault: Vault, claim: ClaimedDelivery) -> bool:
    """Whether address and mail are those that the referral put here."""
    right = _seal(vault, claim.id, claim.recipient, claim.packet)
    return hmac.compare_digest(claim.seal, right)


def settle(
    session: Session, vault: Vault, claim: ClaimedDelivery, now: datetime, outcome: Outcome
) -> None:
    """It has left: `outcome` says how far it came.

    The packet goes, since what has left need not wait here to be stolen; but what is only a file
    on this machine stays, because nobody has received it. This and the two below raise `LeaseLost`,
    and change nothing, unless `claim` is still live.
    """
    gone: dict[str, Any] = {} if outcome == "folder" else {"packet": None}
    _settle(session, claim, now, state=outcome, problem=None, settled_day=now.date(), **gone)
    record(session, vault, claim.id, CustodyEntry(outcome), now)


def retry(
    session: Session, claim: ClaimedDelivery, now: datetime, problem: str, *, jitter: float = 0.0
) -> None:
    """It did not work and may later: due again after `backoff`. `problem` is a stable code."""
    next_at = now + calculate_backoff(claim.attempt, jitter=jitter)
    _settle(session, claim, now, state="due", next_at=next_at, problem=problem)


def fail(
    session: Session, vault: Vault, claim: ClaimedDelivery, now: datetime, problem: str
) -> None:
    """Trying again cannot help. It stays visible, packet and all, until staff decide."""
    _settle(session, claim, now, state="failed", problem=problem, settled_day=now.date())
    record(session, vault, claim.id, CustodyEntry("failed", {"problem": problem}), now)


def calculate_backoff(attempt: int, *, jitter: float = 0.0) -> timedelta:
    """How long to wait after attempt number `attempt`: a minute, doubling up to four hours.

    `jitter`, from 0 to 1, adds up to a fifth.
    """
    doublings = min(attempt - 1, 16)
    wait = min(FIRST_WAIT * (1 << doublings), LONGEST_WAIT)
    return wait * (1 + SPREAD * jitter)


def _seal(vault: Vault, delivery_id: UUID, recipient: str, packet: bytes) -> bytes:
    return sealed_rows.make_seal(vault, Delivery.SEAL, (delivery_id, recipient, packet))


def _settle(session: Session, claim: ClaimedDelivery, now: datetime, **values: Any) -> None:
    mine = and_(
        Delivery.id == claim.id,
        Delivery.state == "claimed",
        Delivery.owner == claim.owner,
        Delivery.attempts == claim.attempt,
        Delivery.lease_until > now,
    )
    statement = (
        update(Delivery)
        .where(mine)
        .values({"next_at": None, "owner": None, "lease_until": None, **values})
        .returning(Delivery.id)
    )
    if session.execute(statement).first() is None:
        raise LeaseLost(str(claim.id))


def record(
    session: Session, vault: Vault, delivery_id: UUID, entry: CustodyEntry, now: datetime
) -> None:
    """Writes a custody line of the report for what became of a delivery, which it names."""
    query = (
        select(Report, Referral.contact_id)
        .join(Referral, Referral.report_id == Report.id)
        .join(Delivery, Delivery.referral_id == Referral.id)
        .where(Delivery.id == delivery_id)
    )
    report, contact_id = session.execute(query).one()
    detail = {"delivery": str(delivery_id), "contact": contact_id, **entry.detail}
    custody.append(session, vault, report, replace(entry, detail=detail), now)
