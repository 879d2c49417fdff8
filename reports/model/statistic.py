"""What a closed report leaves for the yearly counts, and the counts that were published.

A row belongs to no report: its id is its own, and of time it holds the year alone.

Small on purpose: what is counted hangs on no report, and outlives all of them.
"""

from __future__ import annotations

from datetime import date
from typing import ClassVar
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from reports.model.base import STRICT, Base
from reports.model.seals import BoundRow, DeskSealedRow, RowSeal


class Statistic(DeskSealedRow, Base):
    """The coded facts of one closed report, sealed to the desk. `seal` says that we wrote it."""

    KIND: ClassVar = "statistic"
    SEAL: ClassVar = RowSeal("statistic", ("id", "desk_key_id", "year", "sealed"))

    __tablename__ = "statistic"
    __table_args__ = (STRICT,)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    desk_key_id: Mapped[UUID] = mapped_column(ForeignKey("desk_key.id"))
    year: Mapped[int] = mapped_column(index=True)
    sealed: Mapped[bytes]
    seal: Mapped[bytes]


class Publication(BoundRow, Base):
    """The counts of one year as everybody may read them; written once. `tables` is JSON."""

    SEAL: ClassVar = RowSeal("publication", ("year", "day", "tables"))

    __tablename__ = "publication"
    __table_args__ = (STRICT,)

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    day: Mapped[date]
    tables: Mapped[str]
    seal: Mapped[bytes]
