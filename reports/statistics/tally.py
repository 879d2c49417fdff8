"""Counts the rows of a year: a table per dimension, its values by country, and median times."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from reports.statistics.collection import StatisticFacts
from reports.statistics.definitions import COUNTRIES, DIMENSIONS, TIMES
from reports.statistics.suppress import K

CountTable = Mapping[str, Mapping[str, int]]
"""Value to country to number of reports, including zeros."""


@dataclass(frozen=True)
class YearCounts:
    """The counts of one year. `medians` has a value only where at least `K` reports have a time."""

    tables: Mapping[str, CountTable]
    medians: Mapping[str, float | None]
    total: int
    damaged: int


def count(rows: Iterable[StatisticFacts | None]) -> YearCounts:
    """Counts the facts that `collection.read_year` yields; None counts as damaged."""
    tables = {
        name: {value: dict.fromkeys(COUNTRIES, 0) for value in values}
        for name, values in DIMENSIONS.items()
    }
    times: dict[str, list[int]] = {name: [] for name in TIMES}
    total = damaged = 0
    for facts in rows:
        if facts is None:
            damaged += 1
            continue
        total += 1
        for name, table in tables.items():
            # A stored code that no country file has any more is counted as unknown.
            value, country = str(facts[name]), str(facts["country"])
            row = table[value if value in table else "unknown"]
            row[country if country in row else "unknown"] += 1
        for name, days in times.items():
            took = facts[name]
            if isinstance(took, int):
                days.append(took)
    medians = {
        name: statistics.median(days) if len(days) >= K else None for name, days in times.items()
    }
    return YearCounts(tables, medians, total, damaged)
