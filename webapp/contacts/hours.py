"""Opening hours in words: whether a contact point answers now, until when, and on which days."""

from dataclasses import dataclass
from datetime import datetime, time

from babel.dates import format_time, get_day_names
from flask_babel import get_locale

from reports.routing.entries import Hours, Span
from webapp.i18n import MESSAGES

_ = MESSAGES.gettext


@dataclass(frozen=True, slots=True)
class Opening:
    """What a card says: `now` in one sentence, and a line for each span of the week."""

    now: str
    week: tuple[str, ...]


def opening(hours: Hours, moment: datetime) -> Opening:
    """The hours of a contact point as seen at `moment` (with an offset)."""
    if hours.kind == "always":
        return Opening(_("Open day and night."), ())
    if hours.kind == "unknown":
        return Opening(_("We do not know the opening hours."), ())
    week = tuple(_span(span) for span in hours.spans)
    closing = closes_at(hours, moment)
    if closing is None:
        return Opening(_("Closed now."), week)
    return Opening(_("Open now, until %(time)s.", time=_clock(closing)), week)


def closes_at(hours: Hours, moment: datetime) -> time | None:
    """When the span that `moment` falls in ends; None outside all spans."""
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
    return str(format_time(moment, "HH:mm", locale="en"))
