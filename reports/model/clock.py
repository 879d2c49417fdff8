"""What purging has seen of the clock, and how much it has erased today.

Small on purpose: one row, of the whole instance and of nothing else.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from reports.model.base import STRICT, Base, build_in_check

DOUBTS = ("ahead", "behind")
"""What the clock is, compared with the last moment that purging trusted."""


class ClockRecord(Base):
    """One row. `reports.clock_record` says what each column means and changes it.

    `seen_at`: the last moment trusted, carried on by the steady clock while the clock is doubted.
    `checked_at`: the last moment read. `waited`: seconds since the clock last jumped. `parted`: it
    jumped while a worker ran. `kept`: an administrator holds erasing back. `erased` reports were
    erased on `erased_day`, and `lifted_day` is the day without a limit.
    """

    __tablename__ = "clock_record"
    __table_args__ = (
        CheckConstraint("id = 1", name="single"),
        CheckConstraint(build_in_check("doubt", DOUBTS), name="doubt"),
        CheckConstraint("waited >= 0", name="waited"),
        CheckConstraint("erased >= 0", name="erased"),
        STRICT,
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    seen_at: Mapped[datetime]
    checked_at: Mapped[datetime]
    doubt: Mapped[str | None]
    parted: Mapped[bool]
    kept: Mapped[bool]
    waited: Mapped[int]
    erased_day: Mapped[date]
    erased: Mapped[int]
    lifted_day: Mapped[date | None]
