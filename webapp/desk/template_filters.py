"""Template filters of the desk: parts of a report, sizes, hours, languages, ages."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from babel import Locale, UnknownLocaleError
from babel.dates import format_timedelta, get_day_names
from flask import Flask

from reports.intake.questions import FIELDS
from reports.routing.entries import Span
from webapp.desk.labels import STANDING, label_code
from webapp.i18n import DESK, get_known_languages, get_language

_ = DESK.gettext
_KILO: Final = 1000


def label_part(name: str) -> str:
    """Returns the name of a part of a report: an answer, the story, all messages or one of them."""
    if name in FIELDS:
        return str(_(FIELDS[name].label))
    return str(_("Messages") if name == "messages" else _("A message"))


def format_kilobytes(size: int) -> str:
    """Formats a size in bytes as kilobytes, at least one."""
    return str(_("%(number)s kB", number=max(1, round(size / _KILO))))


def format_hours(span: Span) -> str:
    """Formats a span of opening hours: days and times in the contact point's time zone."""
    names = get_day_names("abbreviated", "stand-alone", get_language().locale)
    days = [names[day] for day in span.days]
    shown = f"{days[0]}–{days[-1]}" if len(days) > 2 else ", ".join(days)
    return f"{shown} {span.start:%H:%M}–{span.end:%H:%M}"


def label_standing(code: str) -> str:
    """Returns the label for the standing of a referral."""
    return label_code(STANDING, code)


def format_language(tag: str) -> str:
    """Returns a language's own name, or the tag if it is unknown."""
    listed = get_known_languages().get(tag)
    if listed:
        return listed.name
    try:
        return Locale.parse(tag, sep="-").get_display_name() or tag
    except (UnknownLocaleError, ValueError):
        return tag


def format_age(since: date, today: date) -> str:
    """Formats how long ago something was made."""
    days = (today - since).days
    if days < 1:
        return str(_("made today"))
    age = format_timedelta(timedelta(days=days), "day", 1.5, locale=get_language().locale)
    return str(_("%(age)s old", age=age))


def format_hours_left(left: timedelta) -> str:
    """How long something still waits, in hours that are begun."""
    hours = -(-left // timedelta(hours=1))
    return str(
        DESK.ngettext(
            "It goes on by itself in about %(num)s hour.",
            "It goes on by itself in about %(num)s hours.",
            hours,
        )
    )


def init_app(app: Flask) -> None:
    """Registers the filters."""
    filters = {
        "part": label_part,
        "kilobytes": format_kilobytes,
        "hours": format_hours,
        "standing": label_standing,
        "tongue": format_language,
        "made": format_age,
    }
    app.jinja_env.filters |= filters
