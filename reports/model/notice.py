"""Where staff want to be told that something waits.

Small on purpose: notices are no part of the work on a report.
"""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from reports.model.base import STRICT, Base
from reports.model.seals import BoundRow, RowSeal


class NoticeAddress(BoundRow, Base):
    """One person's own address. `told_at`: the last round; `called_at`: a call of danger."""

    SEAL: ClassVar = RowSeal(
        "notice address",
        ("staff_id", "email"),
        free=dict.fromkeys(("told_at", "called_at"), "changes with every notice"),
    )

    __tablename__ = "notice_address"
    __table_args__ = (STRICT,)

    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"), primary_key=True)
    email: Mapped[str]
    told_at: Mapped[datetime]
    called_at: Mapped[datetime | None]
    seal: Mapped[bytes]
