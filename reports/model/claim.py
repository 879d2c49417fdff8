"""What staff need while they work on the queue: who is at which report, and saved views.

Small on purpose: the queue's own tables, which hold no word of a report.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from reports.model.base import STRICT, Base


class Claim(Base):
    """That one staff member works on a report until `until`, so that no two do unknowingly."""

    __tablename__ = "claim"
    __table_args__ = (STRICT,)

    report_id: Mapped[UUID] = mapped_column(ForeignKey("report.id"), primary_key=True)
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"), index=True)
    until: Mapped[datetime]


class SavedView(Base):
    """Filters of the queue under a name, sealed to the staff member who saved them."""

    __tablename__ = "saved_view"
    __table_args__ = (STRICT,)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"), index=True)
    sealed: Mapped[bytes]
