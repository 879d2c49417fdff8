"""The desk's page with a year's counts and charts, and their publication."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from reports.errors import Busy, PublicationRefused, SignInRefused, TooManyGuesses
from reports.statistics import collection, publication, tally
from reports.statistics.suppress import K, suppress
from reports.statistics.tally import YearCounts
from webapp.desk import labels
from webapp.desk.desk_errors import describe_error
from webapp.desk.reauthentication import check_person
from webapp.desk.staff_act import acting
from webapp.i18n import DESK
from webapp.site import clock
from webapp.site.db import get_session, get_vault
from webapp.site.security_headers import DESK as HEADERS
from webapp.staff_auth import get_keyring, require_role
from webapp.statistics import charts
from webapp.wording import statistic_labels as words

_ = DESK.lazy_gettext
COUNTERS = ("supervisor", "administrator")
POLICY: Final = HEADERS["Content-Security-Policy"].replace("img-src 'self'", "img-src 'self' data:")
"""Allows the embedded charts."""
blueprint = Blueprint("statistics", __name__, url_prefix="/desk/statistics")


@blueprint.get("")
@require_role(*COUNTERS)
def show_newest() -> ResponseReturnValue:
    """Redirects to this year's counts."""
    return redirect(url_for("statistics.show_year", year=clock.now().year), 303)


@blueprint.get("/<int(fixed_digits=4):year>")
@require_role(*COUNTERS)
def show_year(year: int) -> ResponseReturnValue:
    """Shows the counts of one year as they would be published."""
    return _page(year)


@blueprint.post("/<int(fixed_digits=4):year>/publish")
@require_role(*COUNTERS)
def publish(year: int) -> ResponseReturnValue:
    """Publishes the counts of a past year, after asking for the password again."""
    try:
        check_person()
        counts = _counts(year)
        with acting() as act:
            publication.publish(act, year, counts)
    except (PublicationRefused, SignInRefused, TooManyGuesses, Busy) as problem:
        return _page(year, describe_error(problem, "publish"))
    return redirect(url_for("statistics.show_year", year=year, done="published"), 303)


def _counts(year: int) -> YearCounts:
    rows = collection.read_year(get_session(), get_vault(), get_keyring(), year)
    return tally.count(facts for _row, facts in rows)


def _page(year: int, mistake: object = "") -> Response:
    counts = _counts(year)
    kept = {*collection.list_years(get_session()), clock.now().year, year}
    there = {each.year for each in publication.list_published(get_session(), get_vault())}
    tables = {name: suppress(table) for name, table in counts.tables.items()}
    text = render_template(
        "statistics/desk.html",
        year=year,
        years=sorted(kept, reverse=True),
        tables=tables,
        chart=charts.make_data_url,
        counts=counts,
        published=year in there,
        over=year < clock.now().year,
        words=words,
        hidden_below=K,
        mistake=mistake,
        done=labels.DONE.get(request.args.get("done", "")),
    )
    headers = {"Content-Security-Policy": POLICY}
    return Response(text, status=400 if mistake else 200, headers=headers)
