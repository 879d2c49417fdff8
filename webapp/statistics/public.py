"""The public statistics: one page with all published years, and the same as data.

The page loads nothing that other pages do not load, so it has tables and no pictures. The data are
for national rapporteurs; the file names reveal nothing.
"""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, render_template

from reports.statistics import publication
from reports.statistics.publication import PublishedYear
from reports.statistics.suppress import K
from webapp.site.db import get_session, get_vault
from webapp.site.padded_response import render_shared_page
from webapp.wording import statistic_labels as words

blueprint = Blueprint("counts", __name__)


@blueprint.get("/<language>/20")
def show_counts() -> Response:
    """Shows every published year, with what is counted and what is hidden."""
    years = _years()
    return render_shared_page(
        lambda: render_template("statistics/public.html", years=years, words=words, hidden_below=K)
    )


@blueprint.get("/<language>/20c")
def download_csv() -> Response:
    """Returns the numbers as CSV (RFC 4180)."""
    text = publication.format_csv(_years())
    return _download(Response(text, content_type="text/csv; charset=utf-8"), "csv")


@blueprint.get("/<language>/20j")
def download_json() -> Response:
    """Returns the numbers as JSON, with what they mean."""
    return _download(jsonify(publication.build_json(_years())), "json")


def _years() -> list[PublishedYear]:
    return publication.list_published(get_session(), get_vault())


def _download(response: Response, ending: str) -> Response:
    response.headers["Content-Disposition"] = f'attachment; filename="data.{ending}"'
    return response
