"""Publishes the counts of a past year, once, for everybody to read.

A year is published completely and never changes: comparing two versions of a count would reveal the
few reports in which they differ.
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
    """Publishes the counts of `year`. Raises `PublicationRefused`, whose `reason` is a code.

    "not_over": reports of that year may still be closed; "there": already published; "damaged":
    some rows could not be read, so the counts would be incomplete.
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
    """Returns the published years, the newest first, leaving out rows not written by this
    instance."""
    rows = session.scalars(select(Publication).order_by(Publication.year.desc()))
    return [
        PublishedYear(row.year, row.day, **json.loads(row.tables))
        for row in rows
        if sealed_rows.is_genuine(vault, row)
    ]


def format_csv(years: list[PublishedYear]) -> str:
    """Returns CSV with one line per number: year, dimension, value, country, reports; empty below
    `K`."""
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
    """Returns the same data as one object, with the meaning of the numbers."""
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
