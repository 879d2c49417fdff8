"""What surrounds a referral: who proposed it, who holds its portal key, what was answered; holds.

Free text stands here only sealed to the desk's key. `seal` is a keyed hash under a key kept outside
the database, `signature` that of the person (`reports.sealed_rows`): whoever can write here
proposes and answers nothing.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from reports.model.base import STRICT, Base, build_in_check
from reports.model.seals import EVERYBODY, DeskSealedRow, RowSeal, RowSignature, SignedRow

ANSWERS = ("acknowledged", "returned", "outcome")
HOLDS = ("proposed", "held", "lifting")


class Proposal(SignedRow, DeskSealedRow, Base):
    """A referral that waits for a second member of the desk: one a report at a time."""

    KIND: ClassVar = "proposal"
    SEAL: ClassVar = RowSeal(
        "proposal",
        ("id", "report_id", "desk_key_id", "staff_id", "sealed"),
        free={"day": "shown beside it; nobody needs more"},
    )
    SIGNED: ClassVar = RowSignature("proposal", said_by="staff_id")

    __tablename__ = "proposal"
    __table_args__ = (STRICT,)

    report_id: Mapped[UUID] = mapped_column(ForeignKey("report.id"), primary_key=True)
    id: Mapped[UUID]
    desk_key_id: Mapped[UUID] = mapped_column(ForeignKey("desk_key.id"))
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    sealed: Mapped[bytes]
    seal: Mapped[bytes]
    signature: Mapped[bytes | None]
    day: Mapped[date]


class PortalKey(Base):
    """The key of one packet in the portal, sealed to one liaison."""

    __tablename__ = "portal_key"
    __table_args__ = (STRICT,)

    delivery_id: Mapped[UUID] = mapped_column(ForeignKey("delivery.id"), primary_key=True)
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"), primary_key=True)
    sealed: Mapped[bytes]


class ReferralAnswer(SignedRow, DeskSealedRow, Base):
    """What a recipient answered: they have it, it is not for them and why, or how it ended.

    `staff_id` is the liaison in the portal, or who was told on the phone; None for a signed link.
    """

    KIND: ClassVar = "referral answer"
    SEAL: ClassVar = RowSeal(
        "referral answer",
        ("id", "referral_id", "desk_key_id", "staff_id", "kind", "sealed"),
        free={"at": "the order of the page"},
    )
    SIGNED: ClassVar = RowSignature(
        "referral answer",
        EVERYBODY,
        "staff_id",
        apart=("staff_id", (None,)),
        why="it came with the code of a packet, which belongs to no person here",
    )

    __tablename__ = "referral_answer"
    __table_args__ = (CheckConstraint(build_in_check("kind", ANSWERS), name="kind"), STRICT)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    referral_id: Mapped[UUID] = mapped_column(ForeignKey("referral.id"), index=True)
    kind: Mapped[str]
    staff_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    desk_key_id: Mapped[UUID] = mapped_column(ForeignKey("desk_key.id"))
    sealed: Mapped[bytes]
    seal: Mapped[bytes]
    signature: Mapped[bytes | None]
    at: Mapped[datetime]


class LegalHold(SignedRow, DeskSealedRow, Base):
    """That a report is kept although its time is over. Two people set one, and two lift it.

    proposed: `staff_id` wants it; it keeps nothing yet. held: a second person agreed. lifting:
    `staff_id` wants to end it; it still keeps.
    """

    KIND: ClassVar = "legal hold"
    KEYED_BY: ClassVar = "report_id"
    SEAL: ClassVar = RowSeal(
        "legal hold",
        ("report_id", "desk_key_id", "staff_id", "state", "sealed"),
        free={"day": "shown beside it; nobody needs more"},
    )
    SIGNED: ClassVar = RowSignature("legal hold", said_by="staff_id")

    __tablename__ = "legal_hold"
    __table_args__ = (CheckConstraint(build_in_check("state", HOLDS), name="state"), STRICT)

    report_id: Mapped[UUID] = mapped_column(ForeignKey("report.id"), primary_key=True)
    state: Mapped[str]
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    desk_key_id: Mapped[UUID] = mapped_column(ForeignKey("desk_key.id"))
    sealed: Mapped[bytes]
    seal: Mapped[bytes]
    signature: Mapped[bytes | None]
    day: Mapped[date]
