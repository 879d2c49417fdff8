"""Tombstones: what is still to be done outside the database, because a row has gone."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from reports.model.base import STRICT, Base, build_in_check

PLACES: Final = ("files", "mail")


class Tombstone(Base):
    """All objects of one row must go, but for those that the row, where it is there, still needs.

    `place` is the store of files or the folder of mails; `row_id` is the file or the delivery, with
    which the names of its objects begin. Nothing here tells when it was written, and it goes when
    the objects have gone. One row may have several: what is written while another one is worked
    through is worked through after it.
    """

    __tablename__ = "tombstone"
    __table_args__ = (CheckConstraint(build_in_check("place", PLACES), name="place"), STRICT)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    place: Mapped[str]
    row_id: Mapped[UUID]


class SpentSlot(Base):
    """The outer key in this slot was an erased report's, and must still be overwritten.

    The row goes when it is (`reports.outer_layer`); the slot is free from then on.
    """

    __tablename__ = "spent_slot"
    __table_args__ = (STRICT,)

    slot: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)


class ErasedReport(Base):
    """A report was erased, and the store of files has no record of that yet.

    `id` was the report's. The row goes as soon as there is one.
    """

    __tablename__ = "erased_report"
    __table_args__ = (STRICT,)

    id: Mapped[UUID] = mapped_column(primary_key=True)
