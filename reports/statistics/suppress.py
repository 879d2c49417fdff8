"""Statistical disclosure control: hides small numbers, and numbers that would reveal them.

Primary suppression hides cells of 1 to `K` - 1. Secondary suppression: a row or column whose sum is
shown must hide at least two cells, which together hold at least `K`; otherwise subtraction would
reveal them. Sums are treated like other cells. Zero may be shown: it concerns nobody.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

K: Final = 5
"""The smallest number that is shown (the limit that national rapporteurs ask for)."""
SUM: Final = "sum"
SuppressedTable = Mapping[str, Mapping[str, int | None]]
"""Rows and columns with their sums under `SUM`; None marks a hidden cell."""
Cell = tuple[str, str]


@dataclass(frozen=True)
class _Line:
    """A row or a column: its inner cells and the cell with their sum."""

    inner: tuple[Cell, ...]
    sum: Cell


def suppress(table: Mapping[str, Mapping[str, int]], k: int = K) -> SuppressedTable:
    """Returns `table` with sums, without numbers that reveal a count between 1 and `k` - 1."""
    rows = list(table)
    columns = list(dict.fromkeys(column for row in table.values() for column in row))
    numbers = _with_sums(table, rows, columns)
    every_row, every_column = [*rows, SUM], [*columns, SUM]
    lines = [
        *(_Line(tuple((row, c) for c in columns), (row, SUM)) for row in every_row),
        *(_Line(tuple((r, column) for r in rows), (SUM, column)) for column in every_column),
    ]
    hidden = {cell for cell, number in numbers.items() if 0 < number < k}
    while True:
        more = {cell for line in lines if (cell := _one_more(line, numbers, hidden, k))}
        if not more:
            break
        hidden |= more
    return {
        row: {
            column: None if (row, column) in hidden else numbers[row, column]
            for column in every_column
        }
        for row in every_row
    }


def _with_sums(
    table: Mapping[str, Mapping[str, int]], rows: list[str], columns: list[str]
) -> dict[Cell, int]:
    numbers = {(row, column): table[row][column] for row in rows for column in columns}
    for row in rows:
        numbers[row, SUM] = sum(table[row].values())
    for column in columns:
        numbers[SUM, column] = sum(table[row][column] for row in rows)
    numbers[SUM, SUM] = sum(numbers[row, SUM] for row in rows)
    return numbers


def _one_more(line: _Line, numbers: Mapping[Cell, int], hidden: set[Cell], k: int) -> Cell | None:
    """Returns the cell to hide next in this line, or None if the line is safe."""
    missing = [cell for cell in line.inner if cell in hidden]
    if line.sum in hidden:
        safe = bool(missing)
    elif not missing:
        safe = True
    else:
        safe = len(missing) > 1 and sum(numbers[cell] for cell in missing) >= k
    if safe:
        return None
    left = [cell for cell in line.inner if cell not in hidden]
    counted = [cell for cell in left if numbers[cell]]
    if counted:
        return min(counted, key=lambda cell: (numbers[cell], cell))
    if line.sum not in hidden:
        return line.sum
    return min(left) if left else None
