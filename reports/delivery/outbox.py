"""The outbox: deliveries wait, are claimed under a lease, and are settled by their owner alone.

Delivery is at-least-once: a worker that dies after a mail server took the mail, and before that was
written down, leaves a lease that runs out, and the same mail goes again under the same Message-ID.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import and_, or_, select, update
from sqlalchemy.orm import Session

from reports import custody
from reports.errors import LeaseLost
from reports.model import ContactSetting, Delivery, Referral, Report
from reports.vault import Vault

FIRST_WAIT: Final = timedelta(minutes=1)
LONGEST_WAIT: Final = timedelta(hours=4)
SPREAD: Final = 0.2
"""How much of a wait the jitter may add, so that many deliveries do not come back at once."""

_OPEN = ("due", "claimed")


@dataclass(frozen=True)
class ClaimedDelivery:
    """A delivery in the hands of one worker. `attempt` counts from 1 and fences with `owner`."""

    id: UUID
    owner: UUID
    attempt: int
    recipient: str
    packet: bytes
    seal: bytes = b""
    channel: str = "openpgp"

    def __repr__(self) -> str:
        return f"Claim({self.id}, attempt {self.attempt})"


def enqueue(
    session: Session,
    vault: Vault,
    delivery_id: UUID,
    referral: Referral,
    setting: ContactSetting,
    packet: bytes,
    now: datetime,
    *,
    reminder: bool = False,
) -> Delivery:
    """Put a finished, encrypted packet into the outbox.

    A mail is due at once. What goes to the portal is there by that; what staff must carry or call
    waits for them, and `packet` is empty.
    """
    state = {"portal": "delivered", "hand": "to_do"}.get(setting.channel, "due")
    delivery = Delivery(
        id=delivery_id,
        referral_id=referral.id,
        channel=setting.channel,
        reminder=reminder,
        recipient=setting.email,
        fingerprint=setting.fingerprint,
        state=state,
        packet=packet or None,
        seal=_seal(vault, delivery_id, setting.email, packet),
        since=now,
        attempts=0,
        next_at=now if state == "due" else None,
        settled_day=now.date() if state == "delivered" else None,
    )
    session.add(delivery)
    return delivery


def claim(
    session: Session, now: datetime, owner: UUID, *, lease: timedelta, limit: int = 10
) -> list[ClaimedDelivery]:
    """Take up to `limit` deliveries for `owner`, until `now + lease`, the longest waiting first.

    Due ones, and those whose owner's lease has run out. Safe with any number of workers: the claim
    is one statement.
    """
    takeable = or_(
        and_(Delivery.state == "due", Delivery.next_at <= now),
        and_(Delivery.state == "claimed", Delivery.lease_until <= now),
    )
    # A common table expression and not a subquery: PostgreSQL runs it exactly once.
    chosen = (
        select(Delivery.id)
        .where(takeable)
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
            row.id, owner, row.attempts, row.recipient, row.packet or b"", row.seal, row.channel
        )
        for row in session.execute(taking)
    ]


def is_genuine(vault: Vault, claim: ClaimedDelivery) -> bool:
    """Whether address and mail are those that the referral put here."""
    right = _seal(vault, claim.id, claim.recipient, claim.packet)
    return hmac.compare_digest(claim.seal, right)


def settle_sent(session: Session, vault: Vault, claim: ClaimedDelivery, now: datetime) -> None:
    """A mail server took it. The packet goes: what has left need not wait here to be stolen.

    This and the three below raise `LeaseLost`, and change nothing, unless `claim` is still live.
    """
    _settle(session, claim, now, state="sent", packet=None, problem=None, settled_day=now.date())
    record(session, vault, claim.id, "sent", now)


def settle_folder(session: Session, vault: Vault, claim: ClaimedDelivery, now: datetime) -> None:
    """It is a file on this machine. The packet stays, because nobody has received it."""
    _settle(session, claim, now, state="folder", problem=None, settled_day=now.date())
    record(session, vault, claim.id, "folder", now)


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
    record(session, vault, claim.id, "failed", now, problem=problem)


def calculate_backoff(attempt: int, *, jitter: float = 0.0) -> timedelta:
    """How long to wait after attempt number `attempt`: a minute, doubling up to four hours.

    `jitter`, from 0 to 1, adds up to a fifth.
    """
    doublings = min(attempt - 1, 16)
    wait = min(FIRST_WAIT * (1 << doublings), LONGEST_WAIT)
    return wait * (1 + SPREAD * jitter)


def _seal(vault: Vault, delivery_id: UUID, recipient: str, packet: bytes) -> bytes:
    return vault.compute_mac("delivery", delivery_id.bytes, recipient.encode(), packet)


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
    session: Session,
    vault: Vault,
    delivery_id: UUID,
    act: str,
    now: datetime,
    *,
    staff_id: UUID | None = None,
    problem: str | None = None,
) -> None:
    """A custody line of the report for what became of a delivery."""
    query = (
        select(Report, Referral.contact_id)
        .join(Referral, Referral.report_id == Report.id)
        .join(Delivery, Delivery.referral_id == Referral.id)
        .where(Delivery.id == delivery_id)
    )
    report, contact_id = session.execute(query).one()
    detail = {"delivery": str(delivery_id), "contact": contact_id}
    if problem:
        detail["problem"] = problem
    custody.append(session, vault, report, act, now, staff_id=staff_id, detail=detail)
