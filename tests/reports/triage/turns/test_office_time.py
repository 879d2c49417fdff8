"""Office hours and holidays, as deadlines count them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from reports.routing.entries import Hours
from reports.territory import get_territory
from reports.triage.turns.office_time import OfficeCalendar, find_calendar, find_office_calendar

BRUSSELS = ZoneInfo("Europe/Brussels")


def at(day: int, hour: int, minute: int = 0, month: int = 3) -> datetime:
    return datetime(2027, month, day, hour, minute, tzinfo=BRUSSELS)


@pytest.mark.parametrize(
    ("begin", "hours", "end"),
    [
        (at(10, 11), 4, at(10, 15)),
        (at(10, 11), 24, at(11, 11)),
        (at(12, 11), 24, at(15, 11)),
        (at(12, 16), 4, at(15, 9)),
        (at(13, 12, 25), 4, at(15, 9)),
        (at(10, 11), 72, at(15, 11)),
        (at(26, 11), 24, at(30, 11)),
        (at(25, 23), 3, at(26, 9)),
    ],
    ids=[
        "the same day",
        "the next day",
        "over a weekend",
        "after closing on Friday",
        "on a Saturday",
        "three days over a weekend",
        "Easter Monday is a holiday, and the clock was changed on Sunday",
        "in the night",
    ],
)
def test_closed_days_do_not_count_and_nothing_ends_while_closed(
    begin: datetime, hours: int, end: datetime
) -> None:
    found = find_calendar("BE").add_hours(begin.astimezone(UTC), timedelta(hours=hours))
    assert found == end
    assert found.tzinfo is UTC


def test_an_office_that_is_always_open_has_no_closed_hours() -> None:
    always = OfficeCalendar(BRUSSELS, Hours("always", BRUSSELS), lambda _day: True)
    saturday = at(13, 3)
    assert always.add_hours(saturday, timedelta(hours=4)) == at(13, 7)
    assert always.is_working_day(date(2027, 3, 14))


def test_a_country_that_is_not_known_has_weekends_and_no_holidays() -> None:
    calendar = find_calendar(None)
    assert calendar.add_days(date(2027, 12, 24), 1) == date(2027, 12, 27)
    assert find_calendar("BE").add_days(date(2027, 3, 26), 1) == date(2027, 3, 30)
    assert find_office_calendar("xx-nobody").is_working_day(date(2027, 3, 29))
    every = get_territory().countries["BE"].contacts.values()
    weekly = next(each for each in every if each.hours.kind == "weekly")
    assert not find_office_calendar(weekly.id).is_working_day(date(2027, 3, 29))


def test_a_file_that_closes_an_office_for_months_holds_nothing_up_for_as_long() -> None:
    closed = OfficeCalendar(UTC, None, lambda _day: True)
    begin = datetime(2027, 3, 10, 10, tzinfo=UTC)
    assert closed.add_days(begin.date(), 1) == date(2027, 3, 11)
    assert begin < closed.add_hours(begin, timedelta(hours=4)) < begin + timedelta(days=65)
