"""The custody lines: who had or saw a report.

Small on purpose: a chain belongs to a report or to the instance, and to no other table.
"""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from reports.model.base import STRICT, Base


class CustodyLine(Base):
    """One act in one chain. A chain belongs to one report, or to the instance (the zero id).

    One chain a report, not one for all: a common sequence would give away the exact order in which
    reports came in. `day` always stands. `at` is the hour, for acts of staff in the instance's
    chain alone: in a report's, minutes around a reporter's act would tell its minute.
    """

    __tablename__ = "custody_line"
    __table_args__ = (STRICT,)

    chain: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    day: Mapped[date]
    at: Mapped[datetime | None]
    act: Mapped[str]
    staff_id: Mapped[UUID | None]
    detail: Mapped[str]
    digest: Mapped[bytes]
