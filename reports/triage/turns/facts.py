"""What the rules of turns know of one report: codes, ids and days, in the clear; nothing else.

The order of what happened is that of the custody lines. Those of a reporter have no time, only a
day, and so turns have no more.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from reports.intake.urgency import HIGH
from reports.triage.turns.office_time import OfficeCalendar


@dataclass(frozen=True)
class Happening:
    """One custody line: its code and day, and of its detail what turns depend on.

    `contact_id`: the contact point that it is about. `to`: the status that the report moved to.
    `until`: the day to which it was put off.
    """

    code: str
    day: date
    contact_id: str = ""
    to: str = ""
    until: date | None = None


@dataclass(frozen=True)
class WaitsForSecond:
    """Something that a person other than `staff_id` must agree to, since `day`."""

    about: UUID
    staff_id: UUID
    day: date


@dataclass(frozen=True)
class SentReferral:
    """A referral, and the state of its last delivery that is no reminder ("" for none).

    `shared`: its packet lies here, readable for people of the contact point.
    """

    id: UUID
    contact_id: str
    standing: str
    decided_at: datetime
    answer_due: datetime
    chased: int
    delivery_state: str = ""
    shared: bool = False


@dataclass(frozen=True)
class ReportFacts:
    """All that the turns of one report follow from.

    `holder_works`: the assignee is active and holds the key of the report's desk. `happenings` are
    in the order in which they happened. `calendar` is that of the desk.
    """

    report_id: UUID
    desk_id: UUID
    status: str
    urgency: int
    unverified: bool
    received_day: date
    calendar: OfficeCalendar
    assignee_id: UUID | None = None
    holder_works: bool = True
    happenings: tuple[Happening, ...] = ()
    waiting: tuple[WaitsForSecond, ...] = ()
    referrals: tuple[SentReferral, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether the report is not closed."""
        return self.status != "closed"

    @property
    def pressing(self) -> int:
        """The urgency of what must be done: of a closed report nothing is danger."""
        return self.urgency if self.is_open else min(self.urgency, HIGH)

    @property
    def holder_id(self) -> UUID | None:
        """Who has the report, if they can act on it."""
        return self.assignee_id if self.holder_works else None
