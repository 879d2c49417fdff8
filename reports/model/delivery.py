"""Referrals, the outbox, the confirmed contact points of this instance, and named leases."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from reports.model.base import STRICT, Base, one_of

DELIVERY_STATES = ("due", "claimed", "sent", "folder", "failed")


class Referral(Base):
    """The decision to send one report to one contact point."""

    __tablename__ = "referral"
    __table_args__ = (UniqueConstraint("report_id", "contact_id"), STRICT)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    report_id: Mapped[UUID] = mapped_column(ForeignKey("report.id"))
    contact_id: Mapped[str]
    rule: Mapped[str]
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    day: Mapped[date]


class Delivery(Base):
    """One row of the outbox. `id` is the Message-ID; `packet` is a finished, encrypted mail.

    due: waits for `next_at`. claimed: a worker has it until `lease_until`. sent: a mail server
    took it. folder: written to a folder of this machine, nobody has received it. failed: for good.

    `seal` is a keyed hash of what leaves and where it goes, under a key kept outside the database:
    whoever can write here still sends nothing of their own, and nothing elsewhere.
    """

    __tablename__ = "delivery"
    __table_args__ = (
        CheckConstraint(one_of("state", DELIVERY_STATES), name="state"),
        Index(
            "ix_delivery_open",
            "next_at",
            sqlite_where=text("state IN ('due', 'claimed')"),
            postgresql_where=text("state IN ('due', 'claimed')"),
        ),
        STRICT,
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    referral_id: Mapped[UUID] = mapped_column(ForeignKey("referral.id"), index=True)
    recipient: Mapped[str]
    fingerprint: Mapped[str]
    state: Mapped[str]
    packet: Mapped[bytes | None]
    seal: Mapped[bytes]
    attempts: Mapped[int]
    next_at: Mapped[datetime | None]
    owner: Mapped[UUID | None]
    lease_until: Mapped[datetime | None]
    problem: Mapped[str | None]
    settled_day: Mapped[date | None]


class ContactSetting(Base):
    """The confirmed address and OpenPGP certificate of a contact point on this instance.

    `seal` is a keyed hash of the other columns under a key kept outside the database: whoever can
    write here still cannot swap in an address or a key of their own.
    """

    __tablename__ = "contact_setting"
    __table_args__ = (STRICT,)

    contact_id: Mapped[str] = mapped_column(primary_key=True)
    email: Mapped[str]
    certificate: Mapped[bytes]
    fingerprint: Mapped[str]
    confirmed_day: Mapped[date]
    seal: Mapped[bytes]


class Lease(Base):
    """That one process among many does a named piece of work until `until`."""

    __tablename__ = "lease"
    __table_args__ = (STRICT,)

    name: Mapped[str] = mapped_column(primary_key=True)
    owner: Mapped[UUID]
    until: Mapped[datetime]
