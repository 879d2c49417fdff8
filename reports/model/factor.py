"""Second factors of staff beside the one-time code: passkeys, and spare codes on paper.

Small on purpose: what signs a member in beside their password comes and goes without the member.
"""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from reports.model.base import STRICT, Base


class Passkey(Base):
    """One passkey: its public half and name, wrapped under the member's own key.

    Whoever can write the database cannot add one. `used_at` is when the last challenge that it
    answered was made: an older one is not taken again.
    """

    __tablename__ = "passkey"
    __table_args__ = (STRICT,)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"), index=True)
    sealed: Mapped[bytes]
    created_day: Mapped[date]
    used_at: Mapped[datetime | None]


class SpareCode(Base):
    """One code that stands in for the second factor once; a hash under the member's own key."""

    __tablename__ = "spare_code"
    __table_args__ = (STRICT,)

    hash: Mapped[bytes] = mapped_column(primary_key=True)
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"), index=True)
