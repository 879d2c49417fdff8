"""What each column of the database says in the clear: read from its data file, told as a table.

`docs/columns.toml` declares a kind and words for each column; SECURITY.md shows what they make.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
DECLARED: Final = ROOT / "docs/columns.toml"
PAGE: Final = ROOT / "SECURITY.md"
BEGIN: Final = "<!-- columns: scripts/columns writes what follows -->\n"
END: Final = "<!-- columns end -->\n"
SILENT: Final = ("random", "sealed", "hashed", "public", "signed")
"""Kinds that say nothing but what belongs together; the others need words."""
TELLING: Final = ("clear", "day", "order", "moment")


@dataclass(frozen=True)
class Declared:
    """What the data file says of one column."""

    kind: str
    words: str = ""


Columns = Mapping[str, Mapping[str, Declared]]
"""By table and column."""


def read_declared(text: str) -> Columns:
    """Returns what a data file declares."""
    return {
        table: {name: _parse(told) for name, told in columns.items()}
        for table, columns in tomllib.loads(text).items()
    }


def format_table(declared: Columns) -> str:
    """Returns the Markdown table of all that stands in the clear, a row for each table."""
    rows = [_format_row(table, columns) for table, columns in sorted(declared.items())]
    head = "| table | in the clear | finer than a day, and why |\n|---|---|---|\n"
    return head + "".join(rows)


def insert_table(page: str, table: str) -> str:
    """Returns a page with this table between its marks. Raises `ValueError` without them."""
    before, begin, rest = page.partition(BEGIN)
    _old, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError("the marks of the table are missing")
    return f"{before}{BEGIN}\n{table}\n{END}{after}"


def _parse(told: str) -> Declared:
    kind, _, words = told.partition(": ")
    return Declared(kind, words)


def _format_row(table: str, columns: Mapping[str, Declared]) -> str:
    clear = "; ".join([*_list_ids(columns), *_list_words(columns, ("clear", "day", "order"))])
    finer = "; ".join(_list_words(columns, ("moment",)))
    return f"| `{table}` | {clear} | {finer} |\n"


def _list_ids(columns: Mapping[str, Declared]) -> Iterator[str]:
    ids = [f"`{name}`" for name, each in columns.items() if each.kind == "random"]
    if ids:
        yield f"{', '.join(ids)} (random)"


def _list_words(columns: Mapping[str, Declared], kinds: tuple[str, ...]) -> Iterator[str]:
    for name, each in columns.items():
        if each.kind in kinds:
            # A semicolon parts the columns of a cell.
            yield f"`{name}`: {each.words.replace('; ', ', ')}"
