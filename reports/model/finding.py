"""What staff found about a report, and which reports they hold to be about the same people.

Findings are sealed to the desk, like notes: a receipt code never opens one. A link's token says of
two reports that they name the same thing, and never which: its key follows from the desk's own.
What a reporter's texts were found to name is sealed to the case key, as those texts are.
"""

from __future__ import annotations

from datetime import date
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from reports.model.base import STRICT, Base, build_in_check
from reports.model.seals import DeskSealedRow, RowSeal, RowSignature, SealedRow, SignedRow

FINDINGS = ("correction", "assessment", "trace", "lowering", "settled", "gate")
LINKS = ("confirmed", "dismissed")


class Finding(SignedRow, DeskSealedRow, Base):
    """A correction, an assessment or a trace of staff's own, sealed to the desk key.

    lowering: a correction that waits for a second person. settled: what that person said of it.
    gate: what staff answered before a report left. `seal` and `signature` say who wrote it.
    """

    KIND: ClassVar = "{row.kind}"
    SEAL: ClassVar = RowSeal(
        "finding",
        ("id", "report_id", "desk_key_id", "staff_id", "kind", "sealed"),
        free={"day": "the exact time is in the sealed text"},
    )
    SIGNED: ClassVar = RowSignature("finding", said_by="staff_id", carried=True)

    __tablename__ = "finding"
    __table_args__ = (CheckConstraint(build_in_check("kind", FINDINGS), name="kind"), STRICT)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    report_id: Mapped[UUID] = mapped_column(ForeignKey("report.id"), index=True)
    desk_key_id: Mapped[UUID] = mapped_column(ForeignKey("desk_key.id"))
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    kind: Mapped[str] = mapped_column(index=True)
    sealed: Mapped[bytes]
    seal: Mapped[bytes]
    signature: Mapped[bytes | None]
    day: Mapped[date]


class FoundIdentifiers(SealedRow, Base):
    """What the texts of a report were found to name, of which texts, and how the looking went."""

    KIND: ClassVar = "found identifiers"
    KEYED_BY: ClassVar = "report_id"
    SEAL: ClassVar = RowSeal("found identifiers", ("report_id", "sealed"))

    __tablename__ = "found_identifiers"
    __table_args__ = (STRICT,)

    report_id: Mapped[UUID] = mapped_column(ForeignKey("report.id"), primary_key=True)
    sealed: Mapped[bytes]
    seal: Mapped[bytes]


class LinkToken(Base):
    """A keyed hash of something that a report names: a plate, a phone, an address, a name."""

    __tablename__ = "link_token"
    __table_args__ = (STRICT,)

    report_id: Mapped[UUID] = mapped_column(ForeignKey("report.id"), primary_key=True)
    token: Mapped[bytes] = mapped_column(primary_key=True, index=True)
    desk_key_id: Mapped[UUID] = mapped_column(ForeignKey("desk_key.id"))


class ReportLink(Base):
    """What staff said of two reports; `low_id` is the smaller of the two ids."""

    __tablename__ = "report_link"
    __table_args__ = (
        CheckConstraint(build_in_check("state", LINKS), name="state"),
        CheckConstraint("low_id < high_id", name="order"),
        STRICT,
    )

    low_id: Mapped[UUID] = mapped_column(ForeignKey("report.id"), primary_key=True)
    high_id: Mapped[UUID] = mapped_column(ForeignKey("report.id"), primary_key=True, index=True)
    state: Mapped[str]
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    day: Mapped[date]
