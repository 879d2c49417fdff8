"""Opening hours in words: whether a contact point is open now, until when, and on which days."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from babel.dates import format_time, get_day_names
from flask_babel import get_locale

from reports.routing.entries import Hours, Span
from webapp.i18n import MESSAGES

_ = MESSAGES.gettext


@dataclass(frozen=True, slots=True)
class Opening:
    """The hours on a card: the state `now`, in words, and a line for each span of the week.

    `open` is None when unknown.
    """

    now: str
    week: tuple[str, ...]
    open: bool | None


def format_opening(hours: Hours, moment: datetime, *, holiday: bool = False) -> Opening:
    """Returns the opening hours as seen at `moment` (with an offset).

    `holiday`: it is a public holiday there, and no source says whether it is open.
    """
    if hours.kind == "always":
        return Opening(_("Open day and night."), (), True)
    if hours.kind == "unknown":
        return Opening(_("We do not know the opening hours."), (), None)
    week = (*map(_span, hours.spans), str(_("On public holidays this can be different.")))
    closing = find_closing_time(hours, moment)
    if closing is None:
        said = [_again(hours, moment)]
    else:
        said = [_("Open now, until %(time)s.", time=_clock(closing))]
    if holiday:
        said.append(_("Today is a public holiday: this can be different."))
    return Opening(" ".join(map(str, said)), week, closing is not None)


def find_opening_time(hours: Hours, moment: datetime) -> datetime | None:
    """Returns the start of the next span after `moment`, or None without spans."""
    local = moment.astimezone(hours.zone)
    days = [local.date() + timedelta(days=ahead) for ahead in range(8)]
    starts = [
        datetime.combine(day, span.start, hours.zone)
        for day in days
        for span in hours.spans
        if day.weekday() in span.days
    ]
    return min((start for start in starts if start > local), default=None)


def _again(hours: Hours, moment: datetime) -> str:
    """Returns that it is closed and until when, naming the day: a tired person counts no hours."""
    start = find_opening_time(hours, moment)
    if start is None:
        return str(_("Closed now."))
    clock = _clock(start.time())
    ahead = (start.date() - moment.astimezone(hours.zone).date()).days
    if ahead == 0:
        return str(_("Closed now. Opens again today at %(time)s.", time=clock))
    if ahead == 1:
        return str(_("Closed now. Opens again tomorrow at %(time)s.", time=clock))
    day = get_day_names("wide", locale=get_locale())[start.weekday()]
    return str(_("Closed now. Opens again at %(time)s. Day: %(day)s.", time=clock, day=day))


def find_closing_time(hours: Hours, moment: datetime) -> time | None:
    """Returns the end of the span that contains `moment`, or None."""
    local = moment.astimezone(hours.zone)
    day, clock = local.weekday(), local.time()
    ends = [s.end for s in hours.spans if day in s.days and s.start <= clock < s.end]
    return max(ends, default=None)


def _span(span: Span) -> str:
    names = get_day_names("wide", locale=get_locale())
    days = sorted(span.days)
    in_a_row = len(days) > 2 and days == list(range(days[0], days[-1] + 1))
    if in_a_row:
        said = _("%(first)s to %(last)s", first=names[days[0]], last=names[days[-1]])
    else:
        said = ", ".join(names[day] for day in days)
    start, end = _clock(span.start), _clock(span.end)
    return str(_("%(days)s: %(start)s to %(end)s", days=said, start=start, end=end))


def _clock(moment: time) -> str:
    return "24:00" if moment == time.max else str(format_time(moment, "HH:mm", locale="en"))
