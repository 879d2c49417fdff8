"""Time as offices count it: days and hours on which a country's offices are closed count for
nothing.

Each country file has its office hours and holidays; for anything else offices are closed at the
weekend.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Final

from reports.routing.entries import Hours
from reports.territory import get_territory

FURTHEST: Final = 60
"""Days after which a next working day is no longer looked for: a file that closes offices for
months must not hold up a report for as long."""
_WEEKEND: Final = (5, 6)
_ONE_DAY: Final = timedelta(days=1)


@dataclass(frozen=True)
class OfficeCalendar:
    """When offices of one country work, by the clock of `zone`."""

    zone: tzinfo
    hours: Hours | None
    is_holiday: Callable[[date], bool]

    def is_working_day(self, day: date) -> bool:
        """Returns whether offices are open on `day`, for however long."""
        if self.hours is not None and self.hours.kind == "always":
            return True
        return bool(self._list_spans(day)) and not self.is_holiday(day)

    def add_days(self, day: date, count: int) -> date:
        """Returns the working day that is `count` working days after `day`, or is the next one.

        With 0 it is `day` itself, if offices work on it.
        """
        for _ in range(count):
            day = self._find_working_day(day + _ONE_DAY)
        return self._find_working_day(day)

    def add_hours(self, moment: datetime, length: timedelta) -> datetime:
        """Returns the moment when `length` is over: hours of closed days do not count, and what
        ends while the office is closed ends when it opens."""
        local, left = moment.astimezone(self.zone), length
        for _ in range(FURTHEST):
            after = datetime.combine(local.date() + _ONE_DAY, time(), tzinfo=self.zone)
            if self.is_working_day(local.date()):
                # Compared as instants: a day on which the clock is changed has 23 or 25 hours.
                today = after.astimezone(moment.tzinfo) - local.astimezone(moment.tzinfo)
                if left < today:
                    break
                left -= today
            local = after
        return self._find_opening(local.astimezone(moment.tzinfo) + left).astimezone(moment.tzinfo)

    def get_start(self, day: date) -> datetime:
        """Returns the moment when `day` begins."""
        return datetime.combine(day, time(), tzinfo=self.zone)

    def get_end(self, day: date) -> datetime:
        """Returns the moment when `day` is over."""
        return self.get_start(day + _ONE_DAY)

    def _find_working_day(self, day: date) -> date:
        days = (day + _ONE_DAY * after for after in range(FURTHEST))
        return next((each for each in days if self.is_working_day(each)), day)

    def _find_opening(self, moment: datetime) -> datetime:
        """Returns `moment`, or when the office opens next if it is closed then."""
        if self.hours is not None and self.hours.kind == "always":
            return moment
        local = moment.astimezone(self.zone)
        day, clock = local.date(), local.time()
        if self.is_working_day(day):
            for start, end in self._list_spans(day):
                if clock < end:
                    return max(local, datetime.combine(day, start, tzinfo=self.zone))
        following = self._find_working_day(day + _ONE_DAY)
        opens = min((start for start, _end in self._list_spans(following)), default=time())
        return datetime.combine(following, opens, tzinfo=self.zone)

    def _list_spans(self, day: date) -> list[tuple[time, time]]:
        if self.hours is None or self.hours.kind == "unknown":
            return [] if day.weekday() in _WEEKEND else [(time(), time.max)]
        spans = (span for span in self.hours.spans if day.weekday() in span.days)
        return sorted((span.start, span.end) for span in spans)


def find_calendar(country: str | None) -> OfficeCalendar:
    """Returns the calendar of the offices of a country; without one, that of the staff's clock with
    no holidays."""
    territory = get_territory()
    known = territory.countries.get(country or "")
    if known is None:
        return OfficeCalendar(territory.zone, None, lambda _day: False)
    return OfficeCalendar(
        known.place.zone, known.office_hours, lambda day: territory.is_holiday(known.code, day)
    )


def find_office_calendar(contact_id: str) -> OfficeCalendar:
    """Returns the calendar of a contact point: that of its country, or no closed time for one that
    is always open."""
    for country in get_territory().countries.values():
        contact = country.contacts.get(contact_id)
        if contact is not None:
            calendar = find_calendar(country.code)
            if contact.hours.kind == "unknown":
                return calendar
            return OfficeCalendar(calendar.zone, contact.hours, calendar.is_holiday)
    return find_calendar(None)
