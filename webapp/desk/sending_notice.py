"""The line in the head of the desk's pages that says that nothing leaves, and since when.

Staff need it to know that an urgent report is with nobody yet. It names an hour and no country, and
it is there for staff alone: a liaison sends nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from babel.dates import format_time
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from reports.delivery.standstill import Standstill, find_standstill
from reports.territory import get_territory
from webapp.desk.labels import format_moment
from webapp.i18n import DESK, get_language
from webapp.site import clock, failure_log
from webapp.site.app_services import get_services
from webapp.site.db import get_session
from webapp.staff_auth import get_keyring

_ = DESK.lazy_gettext

ADVICE: Final = {
    "worker": _(
        "No worker finishes its work. Check that the process “worker” runs, and read its log."
    ),
    "outbox": _(
        "The worker runs, and no mail leaves. Check the mail server and WAYSIDE_SMTP_URL, and read "
        "the log of the worker."
    ),
}
"""What an administrator looks at, by what stands still."""


@dataclass(frozen=True)
class SendingNotice:
    """What the head says. `key` is the same for as long as it says the same."""

    key: str
    sentence: str
    advice: str


def find_notice() -> SendingNotice | None:
    """Returns what the head of this page says, or None while all is well; one statement.

    A database that fails here takes no page away that is made already: then nothing is said.
    """
    now = clock.now()
    missed_from = get_services().worker_missed_from
    if not missed_from:
        missed_from.append(now)
    try:
        still = find_standstill(get_session(), now, missed_from[0])
    except SQLAlchemyError as problem:
        failure_log.log_failure(problem)
        return None
    return _describe(still, now) if still else None


def _describe(still: Standstill, now: datetime) -> SendingNotice:
    if still.since is None:
        sentence = str(_("Sending stands still. Call urgent contact points by phone."))
    else:
        sentence = str(
            _(
                "Sending stands still since %(when)s. Call urgent contact points by phone.",
                when=_format_since(still.since, now),
            )
        )
    advice = str(ADVICE[still.cause]) if get_keyring().staff.role == "administrator" else ""
    return SendingNotice(f"{still.cause} {still.since or ''}".strip(), sentence, advice)


def _format_since(since: datetime, now: datetime) -> str:
    """The time of day; with the day where that is not today."""
    zone = get_territory().zone
    if since.astimezone(zone).date() == now.astimezone(zone).date():
        return str(format_time(since.astimezone(zone), "HH:mm", locale=get_language().locale))
    return format_moment(since)


def init_app(app: Flask) -> None:
    """Let the desk's pages ask."""
    app.jinja_env.globals["sending_notice"] = find_notice
