"""Languages and ages as staff read them."""

from __future__ import annotations

from datetime import date, timedelta

from babel import Locale, UnknownLocaleError
from babel.dates import format_timedelta
from flask import Flask

from webapp.i18n import DESK, get_known_languages, get_language

_ = DESK.gettext


def format_language(tag: str) -> str:
    """A language's own name; the tag where nobody knows one."""
    listed = get_known_languages().get(tag)
    if listed:
        return listed.name
    try:
        return Locale.parse(tag, sep="-").get_display_name() or tag
    except (UnknownLocaleError, ValueError):
        return tag


def format_age(since: date, today: date) -> str:
    """How long ago something was made, in words."""
    days = (today - since).days
    if days < 1:
        return str(_("made today"))
    age = format_timedelta(timedelta(days=days), "day", 1.5, locale=get_language().locale)
    return str(_("%(age)s old", age=age))


def init_app(app: Flask) -> None:
    """Give the desk's templates these two."""
    app.jinja_env.filters |= {"tongue": format_language, "made": format_age}
