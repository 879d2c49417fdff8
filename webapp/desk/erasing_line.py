"""Lines for who watches over the desks: what holds erasing back, and who is to administer."""

from __future__ import annotations

from typing import Final

from flask import Flask

from reports import erasing_guard
from reports.erasing_guard import ErasingState
from reports.model import Staff
from reports.roster import invitation
from reports.roster.invitation import ADMINISTRATOR
from webapp.desk.labels import DeskLabels
from webapp.i18n import DESK
from webapp.site import clock
from webapp.site.app_services import get_services
from webapp.site.db import get_session

_ = DESK.lazy_gettext

LINES: Final[DeskLabels] = {
    "kept": _("An administrator holds erasing back. Nothing that is due is erased."),
    "ahead": _(
        "The clock is days ahead of the last time it was read. Nothing that is due is erased yet."
    ),
    "behind": _("The clock is days behind the last time it was read. Please look at it."),
    "parted": _(
        "The clock has jumped. Erasing, reminders and calls wait until it runs evenly again."
    ),
    "limit": _("Today's limit for erasing is reached. What is left waits until tomorrow."),
}


def read_erasing() -> ErasingState:
    """What holds erasing back now."""
    return erasing_guard.read_state(get_session(), get_services().config.domain, clock.now())


def find_line(state: ErasingState) -> str | None:
    """The one line that matters most; None where nothing is to be said."""
    if state.kept:
        return str(LINES["kept"])
    if state.doubt:
        return str(LINES[state.doubt])
    if state.parted:
        return str(LINES["parted"])
    return str(LINES["limit"]) if state.over_limit else None


def find_erasing_line(role: str) -> str | None:
    """The line for somebody of this role; None for who can do nothing about it."""
    return find_line(read_erasing()) if role in erasing_guard.WATCHERS else None


def list_raised(role: str) -> list[Staff]:
    """Who is to become an administrator, for those who can stop it; nobody for everybody else."""
    return invitation.list_raised(get_session()) if role == ADMINISTRATOR else []


def init_app(app: Flask) -> None:
    """Let every page of the desk ask for the lines."""
    app.jinja_env.globals |= {
        "erasing_line": find_erasing_line,
        "line_of": find_line,
        "raised_line": list_raised,
    }
