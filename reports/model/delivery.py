"""Referrals, the outbox, named leases, and the turns of the worker's jobs."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from reports.model.base import STRICT, Base, build_in_check
from reports.model.contact import CHANNEL_CODES
from reports.model.seals import RowSeal, RowSignature, SignedRow

DELIVERY_STATES = ("due", "claimed", "sent", "delivered", "folder", "failed", "to_do")
WORKER_JOBS = ("deliver", "purge", "chase", "notify")
WAITING = "state IN ('due', 'claimed')"
"""Of a delivery that has not left."""
LEFT = "state IN ('sent', 'delivered', 'folder') AND attempts > 0"
"""Of a delivery that a worker has carried out of the outbox."""
STANDINGS = ("waiting", "acknowledged", "returned", "ended")


class Referral(Base):
    """The decision to send one report to one contact point.

    waiting: nothing was heard from it. acknowledged: it has the report. returned: it said that it
    is not competent. ended: it told how it ended. `chased` counts the steps after `answer_due`: a
    reminder, the supervisors, the next contact point. `second_id` is who confirmed it, where two
    people decide.
    """

    __tablename__ = "referral"
    __table_args__ = (
        CheckConstraint(build_in_check("standing", STANDINGS), name="standing"),
        CheckConstraint("chased BETWEEN 0 AND 3", name="chased"),
        UniqueConstraint("report_id", "contact_id"),
        Index(
            "ix_referral_waiting",
            "answer_due",
            sqlite_where=text("standing = 'waiting'"),
            postgresql_where=text("standing = 'waiting'"),
        ),
        STRICT,
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    report_id: Mapped[UUID] = mapped_column(ForeignKey("report.id"))
    contact_id: Mapped[str]
    rule: Mapped[str]
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    second_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    day: Mapped[date]
    decided_at: Mapped[datetime]
    standing: Mapped[str]
    answered_at: Mapped[datetime | None]
    answer_due: Mapped[datetime]
    chased: Mapped[int]


class Delivery(SignedRow, Base):
    """One row of the outbox. `id` is the Message-ID; `packet` is a finished, encrypted mail.

    due: waits for `next_at`. claimed: a worker has it until `lease_until`. sent: a mail server
    took it. delivered: it is in the recipient's mailbox or portal, or in their hands. folder:
    written to a folder of this machine, nobody has received it. failed: for good. to_do: staff
    must call or carry it. In the portal `packet` rests under a key sealed to the liaisons.
    A `reminder` holds nothing of the report. A delivery that has waited too long since `since` is
    given up.

    `seal` is a keyed hash of what leaves and where it goes, under a key kept outside the database:
    whoever can write here still sends nothing of their own, and nothing elsewhere. `signature` is
    that of who decided on the referral. A reminder is the worker's, which has no such key: it goes
    to the confirmed address of its contact point, and nowhere else.
    """

    SEAL: ClassVar = RowSeal(
        "delivery",
        ("id", "recipient", "packet"),
        free={
            **dict.fromkeys(
                ("referral_id", "channel", "reminder", "fingerprint", "since", "settled_day"),
                "says of a sealed packet what it is; decides neither what leaves nor where to",
            ),
            **dict.fromkeys(
                ("state", "attempts", "next_at", "owner", "lease_until", "problem"),
                "changes with every attempt",
            ),
        },
    )
    SIGNED: ClassVar = RowSignature(
        "delivery",
        apart=("reminder", (True,)),
        why="made by the worker, for the address that an administrator has signed",
        gone="packet",
    )

    __tablename__ = "delivery"
    __table_args__ = (
        CheckConstraint(build_in_check("state", DELIVERY_STATES), name="state"),
        CheckConstraint(build_in_check("channel", CHANNEL_CODES), name="channel"),
        Index(
            "ix_delivery_open",
            "next_at",
            sqlite_where=text("state IN ('due', 'claimed')"),
            postgresql_where=text("state IN ('due', 'claimed')"),
        ),
        Index(
            "ix_delivery_waiting",
            "since",
            sqlite_where=text(WAITING),
            postgresql_where=text(WAITING),
        ),
        Index("ix_delivery_left", "since", sqlite_where=text(LEFT), postgresql_where=text(LEFT)),
        STRICT,
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    referral_id: Mapped[UUID] = mapped_column(ForeignKey("referral.id"), index=True)
    channel: Mapped[str]
    reminder: Mapped[bool]
    recipient: Mapped[str]
    fingerprint: Mapped[str]
    state: Mapped[str]
    packet: Mapped[bytes | None]
    seal: Mapped[bytes]
    signature: Mapped[bytes | None]
    since: Mapped[datetime]
    attempts: Mapped[int]
    next_at: Mapped[datetime | None]
    owner: Mapped[UUID | None]
    lease_until: Mapped[datetime | None]
    problem: Mapped[str | None]
    settled_day: Mapped[date | None]


class Lease(Base):
    """That one process among many does a named piece of work until `until`."""

    __tablename__ = "lease"
    __table_args__ = (STRICT,)

    name: Mapped[str] = mapped_column(primary_key=True)
    owner: Mapped[UUID]
    until: Mapped[datetime]


class WorkerTurn(Base):
    """The minute in which some worker last finished a turn of a job, had it anything to do or not.

    Jobs run at fixed intervals, so the time tells nothing of any report.
    """

    __tablename__ = "worker_turn"
    __table_args__ = (CheckConstraint(build_in_check("job", WORKER_JOBS), name="job"), STRICT)

    job: Mapped[str] = mapped_column(primary_key=True)
    finished_at: Mapped[datetime]
