"""Publishing: the counts of a year that is over, once, as everybody may read them.

A year is published whole and stays as it is: two versions of one count, laid side by side, would
tell of the few reports between them.
"""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from reports import sealed_rows
from reports.act import Act
from reports.errors import PublicationRefused
from reports.model import Publication
from reports.statistics.suppress import SUM, K, SuppressedTable, suppress
from reports.statistics.tally import YearCounts
from reports.vault import Vault


@dataclass(frozen=True)
class PublishedYear:
    """One year as it was published."""

    year: int
    day: date
    tables: dict[str, SuppressedTable]
    medians: dict[str, float | None]


def publish(act: Act, year: int, counts: YearCounts) -> None:
    """Make the counts of `year` public. Raises `PublicationRefused`, whose `reason` is a code.

    "not_over": reports of that year may still be closed; "there": it is published already;
    "damaged": some rows could not be read, so that the counts are not whole.
    """
    if year >= act.now.year:
        raise PublicationRefused("not_over")
    if act.session.get(Publication, year) is not None:
        raise PublicationRefused("there")
    if counts.damaged:
        raise PublicationRefused("damaged")
    told = {
        "tables": {name: suppress(table) for name, table in counts.tables.items()},
        "medians": dict(counts.medians),
    }
    row = Publication(year=year, day=act.now.date(), tables=json.dumps(told))
    row.seal = sealed_rows.compute_seal(act.vault, row)
    act.session.add(row)
    act.record_here("published", {"year": str(year)})


def list_published(session: Session, vault: Vault) -> list[PublishedYear]:
    """Every year that was published, the newest first; one that we did not write is left out."""
    rows = session.scalars(select(Publication).order_by(Publication.year.desc()))
    return [
        PublishedYear(row.year, row.day, **json.loads(row.tables))
        for row in rows
        if sealed_rows.is_genuine(vault, row)
    ]


def format_csv(years: list[PublishedYear]) -> str:
    """One line for each number: year, dimension, value, country, reports; empty below `K`."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(("year", "dimension", "value", "country", "reports"))
    for each in years:
        for name, table in each.tables.items():
            for value, row in table.items():
                for country, number in row.items():
                    shown = "" if number is None else number
                    writer.writerow((each.year, name, value, country, shown))
        for name, days in each.medians.items():
            writer.writerow((each.year, name, "median", SUM, "" if days is None else days))
    return out.getvalue()


def build_json(years: list[PublishedYear]) -> dict[str, Any]:
    """The same as one object, with what a number means."""
    return {
        "format": 1,
        "unit": "reports closed in the year; one report may be about several people",
        "hidden_below": K,
        "sum": SUM,
        "years": [
            {
                "year": each.year,
                "published": each.day.isoformat(),
                "tables": each.tables,
                "median_days": each.medians,
            }
            for each in years
        ],
    }
