"""The board: ages, workload, answers that are late, failed deliveries, contact points to check."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from reports.triage.queue import board
from webapp.desk import contact_status, labels
from webapp.desk.channel_wording import describe_problem
from webapp.i18n import DESK
from webapp.site import clock
from webapp.site.app_services import get_services
from webapp.site.country_edition import get_countries
from webapp.site.db import get_session, get_vault
from webapp.staff_auth import get_keyring, require_role

blueprint = Blueprint("board", __name__, url_prefix="/desk")
WATCHERS: Final = ("supervisor", "administrator")


@blueprint.get("/board")
@require_role(*WATCHERS)
def show_board() -> ResponseReturnValue:
    """How the desks of who looks are doing."""
    config, now = get_services().config, clock.now()
    every = contact_status.list_all(get_session(), get_vault(), get_countries(), now.date())
    return render_template(
        "board/board.html",
        board=board.build(
            get_session(), get_keyring().list_desk_ids(get_session()), config.domain, now
        ),
        columns=label_columns(),
        points=[point for point in every if point.due or point.ends or point.broken],
        contacts=get_countries().contacts,
        lasting=format_duration,
        most=board.MOST,
        now=now,
        in_words=describe_problem,
        labels=labels,
    )


def label_columns() -> list[str]:
    """The heads of the ages: "today", "1", "3 to 6", "30 and more"."""
    pairs = zip(board.AGES, (*board.AGES[1:], None), strict=True)
    return [_column(first, after) for first, after in pairs]


def _column(first: int, after: int | None) -> str:
    if first == 0:
        return str(DESK.gettext("today"))
    if after is None:
        return str(DESK.gettext("%(first)s days and more", first=first))
    if after - first == 1:
        return str(DESK.ngettext("%(num)s day", "%(num)s days", first))
    return str(DESK.gettext("%(first)s to %(last)s days", first=first, last=after - 1))


def format_duration(time: timedelta) -> str:
    """A length of time: hours, and whole days from two days on."""
    hours = max(0, int(time.total_seconds() // 3600))
    if hours < 48:
        return str(DESK.ngettext("%(num)s hour", "%(num)s hours", hours))
    return str(DESK.ngettext("%(num)s day", "%(num)s days", hours // 24))
