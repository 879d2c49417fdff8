"""Words for what is sent: parts of a report, sizes of files, opening hours, how far it is."""

from __future__ import annotations

from typing import Final

from babel.dates import get_day_names
from flask import Flask

from reports.intake.questions import FIELDS
from reports.routing.entries import Span
from webapp.desk.labels import label_code
from webapp.desk.recipient_labels import STANDING
from webapp.i18n import DESK, get_language

_ = DESK.gettext
_KILO: Final = 1000


def label_part(name: str) -> str:
    """What a part of a report is called: an answer, the story, the messages or one of them."""
    if name in FIELDS:
        return str(_(FIELDS[name].label))
    return str(_("Messages") if name == "messages" else _("A message"))


def format_kilobytes(size: int) -> str:
    """The size of a file, given in bytes; the smallest has one kilobyte."""
    return str(_("%(number)s kB", number=max(1, round(size / _KILO))))


def format_hours(span: Span) -> str:
    """When somebody answers: days and times on the clock of the country."""
    names = get_day_names("abbreviated", "stand-alone", get_language().locale)
    days = [names[day] for day in span.days]
    shown = f"{days[0]}–{days[-1]}" if len(days) > 2 else ", ".join(days)
    return f"{shown} {span.start:%H:%M}–{span.end:%H:%M}"


def label_standing(code: str) -> str:
    """How far a referral is."""
    return label_code(STANDING, code)


def init_app(app: Flask) -> None:
    """Give the desk's templates these words."""
    filters = {
        "part": label_part,
        "kilobytes": format_kilobytes,
        "hours": format_hours,
        "standing": label_standing,
    }
    app.jinja_env.filters |= filters
