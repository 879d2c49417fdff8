"""What is shown of a table tells of no group smaller than five, also not by subtracting."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from reports.statistics.suppress import SUM, K, suppress

Numbers = dict[str, dict[str, int]]
COLUMNS = ("BE", "NL", "LU")
tables = st.dictionaries(
    st.sampled_from("abcdef"),
    st.fixed_dictionaries({column: st.integers(0, 12) for column in COLUMNS}),
    min_size=1,
)


def whole(table: Numbers) -> Numbers:
    """The table with its sums."""
    rows = {row: {**cells, SUM: sum(cells.values())} for row, cells in table.items()}
    sums = {column: sum(row[column] for row in rows.values()) for column in (*COLUMNS, SUM)}
    return {**rows, SUM: sums}


def bounds(table: Numbers) -> dict[tuple[str, str], tuple[float, float]]:
    """What somebody who subtracts learns of each cell: at least and at most.

    Each line says that its cells add up to its sum; narrowed until nothing changes.
    """
    shown = suppress(table)
    known: dict[tuple[str, str], tuple[float, float]] = {
        (row, column): (0, math.inf) if number is None else (number, number)
        for row, cells in shown.items()
        for column, number in cells.items()
    }
    every_row, every_column = [*table, SUM], [*COLUMNS, SUM]
    lines = [([(row, column) for column in COLUMNS], (row, SUM)) for row in every_row]
    lines += [([(row, column) for row in table], (SUM, column)) for column in every_column]
    changed = True
    while changed:
        changed = False
        for inner, total in lines:
            low = sum(known[cell][0] for cell in inner)
            high = sum(known[cell][1] for cell in inner)
            changed |= narrow(known, total, low, high)
            for cell in inner:
                others_low = low - known[cell][0]
                others_high = sum(known[other][1] for other in inner if other != cell)
                changed |= narrow(
                    known, cell, known[total][0] - others_high, known[total][1] - others_low
                )
                low = sum(known[other][0] for other in inner)
    return known


def narrow(
    known: dict[tuple[str, str], tuple[float, float]],
    cell: tuple[str, str],
    low: float,
    high: float,
) -> bool:
    before = known[cell]
    known[cell] = (max(before[0], low), min(before[1], high))
    return known[cell] != before


@given(tables)
def test_no_small_number_is_shown_or_follows_from_what_is_shown(table: Numbers) -> None:
    learned = bounds(table)
    for row, cells in whole(table).items():
        for column, number in cells.items():
            low, high = learned[row, column]
            assert low <= number <= high
            if 0 < number < K:
                assert low < high, f"{row} {column} is {number}, and that can be worked out"


@given(tables)
def test_what_is_shown_is_true(table: Numbers) -> None:
    numbers = whole(table)
    for row, cells in suppress(table).items():
        for column, number in cells.items():
            assert number is None or number == numbers[row][column]


def test_large_numbers_are_all_shown() -> None:
    table = {"a": dict.fromkeys(COLUMNS, 10), "b": dict.fromkeys(COLUMNS, 0)}
    assert suppress(table) == whole(table)


def test_one_small_number_hides_its_neighbours_and_no_more() -> None:
    table: Numbers = {row: dict.fromkeys(COLUMNS, 20) for row in "abcd"}
    table["a"]["BE"] = 2
    shown = suppress(table)
    hidden = [cell for row in shown.values() for cell in row.values() if cell is None]
    assert shown["a"]["BE"] is None
    assert len(hidden) == 4
