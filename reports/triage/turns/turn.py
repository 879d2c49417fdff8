"""A turn: that somebody must act, why, since when and until when; and how turns are ordered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final
from uuid import UUID

from reports.intake.urgency import NOW
from reports.model.turn import REASONS

IN_DANGER: Final = 0
ORDINARY: Final = 1
IN_DOUBT: Final = 2
OF_CONTACT: Final = 3
"""The ranks, in their order. A report in doubt comes after all others, so that a flood of them
displaces nothing; what a contact point must do stands in no list of the desk."""
LATER: Final = "later"
_HOUR: Final = timedelta(hours=1)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_LEVELS: Final = 4


@dataclass(frozen=True)
class Turn:
    """One thing to be done about a report.

    It is the turn of `staff_id`, or of the contact point `contact_id`, or else of anybody at the
    desk but `not_staff_id`. One that `sleeps` begins when it is `due`, which is a whole hour.
    `about` is the report, or the referral or proposal that it is about.
    """

    report_id: UUID
    reason: str
    about: UUID
    desk_id: UUID
    urgency: int
    since: date
    due: datetime
    staff_id: UUID | None = None
    not_staff_id: UUID | None = None
    contact_id: str | None = None
    sleeps: bool = False
    doubtful: bool = False

    @property
    def rank(self) -> int:
        """Danger first, whoever has the report; what is put off is no danger."""
        if self.contact_id is not None:
            return OF_CONTACT
        if self.doubtful:
            return IN_DOUBT
        return IN_DANGER if self.urgency == NOW and self.reason != LATER else ORDINARY

    @property
    def place(self) -> int:
        """The order within a rank: what is due first, then the most urgent."""
        return find_hour(self.due) * _LEVELS + NOW - self.urgency

    def is_awake(self, now: datetime) -> bool:
        """Returns whether somebody must act now, and not only from a later hour on."""
        return not self.sleeps or self.place < find_limit(now)


def find_hour(moment: datetime) -> int:
    """Returns the number of the hour in which `moment` lies."""
    return (moment - _EPOCH) // _HOUR


def find_limit(now: datetime) -> int:
    """Returns the place below which everything is due at `now`."""
    return (find_hour(now) + 1) * _LEVELS


def read_due(place: int) -> datetime:
    """Returns the hour that a place stands for."""
    return _EPOCH + _HOUR * (place // _LEVELS)


def read_urgency(place: int) -> int:
    """Returns the urgency that a place stands for."""
    return NOW - place % _LEVELS


def round_up(moment: datetime) -> datetime:
    """Returns the first whole hour that is not before `moment`, in UTC."""
    return _EPOCH + _HOUR * -((_EPOCH - moment) // _HOUR)


def choose_lead(turns: list[Turn]) -> Turn | None:
    """Returns the turn under which a report stands in the queue: one that has begun, if any."""
    desk = [turn for turn in turns if turn.contact_id is None]
    return min(desk, key=_order, default=None)


def _order(turn: Turn) -> tuple[bool, int, int, int]:
    return turn.sleeps, turn.rank, turn.place, REASONS.index(turn.reason)
