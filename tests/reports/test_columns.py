"""What stands in the clear is declared column by column, and what is finer than a day has a reason.

A new column needs a line in docs/columns.toml, and `scripts/columns` then writes SECURITY.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from sqlalchemy import Column, Integer, LargeBinary

from reports.model import Base, Day, Flag, Id, Instant
from tests.support import columns
from tests.support.columns import SILENT, TELLING, Declared

DECLARED = columns.read_declared(columns.DECLARED.read_text("utf-8"))
REPORT_LEADS = frozenset({"report", "custody_line"})
"""Tables that lead to a report without a column that refers to it."""
ACTS_OF_OTHERS = re.compile(r"act of (staff|an office)|by staff|what staff sent|for minutes")
"""How a reason says that a moment beside a report is no act of a reporter."""
NEVER_SENT = re.compile(r"empty once it is sent|0 once it is sent")


def every_column() -> Iterator[tuple[str, Column[object]]]:
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            yield table.name, column


def list_undeclared(declared: columns.Columns) -> list[str]:
    return [
        f"{table}.{column.name}"
        for table, column in every_column()
        if column.name not in declared.get(table, {})
    ]


def find_kinds(column: Column[object]) -> tuple[str, ...]:
    """The kinds that a column of this type may be."""
    if isinstance(column.type, Instant):
        return ("moment",)
    if isinstance(column.type, Day):
        return ("day",)
    if isinstance(column.type, Id):
        return ("random",)
    if isinstance(column.type, LargeBinary):
        return tuple(kind for kind in SILENT if kind != "random")
    if isinstance(column.type, Flag):
        return ("clear",)
    if isinstance(column.type, Integer):
        return ("clear", "order", "moment")
    return ("clear", "random")


def leads_to_a_report(table: str) -> bool:
    """Whether a row of the table is joined to a report, be it over other tables."""
    if table in REPORT_LEADS:
        return True
    found = Base.metadata.tables[table]
    over = {key.column.table.name for key in found.foreign_keys} - {"staff", "desk", "desk_key"}
    return any(leads_to_a_report(each) for each in over)


def test_every_column_is_declared_and_nothing_else() -> None:
    assert list_undeclared(DECLARED) == [], "columns without a line in docs/columns.toml"
    there = {(table, column.name) for table, column in every_column()}
    told = {(table, name) for table, found in DECLARED.items() for name in found}
    assert told - there == set(), "lines of docs/columns.toml without a column"


def test_a_column_that_nobody_declared_is_named() -> None:
    known = {name: each for name, each in DECLARED["report"].items() if name != "locator"}
    assert list_undeclared({**DECLARED, "report": known}) == ["report.locator"]


@pytest.mark.parametrize("table", sorted(Base.metadata.tables))
def test_the_kind_of_a_column_is_that_of_its_type_and_says_what_it_tells(table: str) -> None:
    for column in Base.metadata.tables[table].columns:
        told = DECLARED[table][column.name]
        assert told.kind in find_kinds(column), f"{table}.{column.name} is no {told.kind}"
        assert bool(told.words) == (told.kind in TELLING), f"{table}.{column.name}: words"


def list_close(table: str) -> list[tuple[str, Declared]]:
    return [(name, each) for name, each in DECLARED[table].items() if each.kind == "moment"]


def test_no_minute_of_a_reporter_is_joined_to_a_report() -> None:
    """Whatever is finer than a day in a row that leads to a report is an act of somebody else, or
    empty from the moment at which the row leads there."""
    faults = [
        f"{table}.{name}"
        for table in Base.metadata.tables
        if leads_to_a_report(table)
        for name, each in list_close(table)
        if not ACTS_OF_OTHERS.search(each.words) and not NEVER_SENT.search(each.words)
    ]
    assert faults == []


def test_the_tables_that_lead_to_a_report_are_found() -> None:
    assert all(map(leads_to_a_report, ("message", "claim", "portal_key", "referral_answer")))
    assert not any(map(leads_to_a_report, ("reporter_session", "draft", "guess", "staff_session")))


def test_the_page_on_security_shows_what_is_declared() -> None:
    page = columns.PAGE.read_text("utf-8")
    assert columns.insert_table(page, columns.format_table(DECLARED)) == page, "run scripts/columns"


def test_the_table_has_a_line_for_what_is_new() -> None:
    table = columns.format_table({"new": {"at": Declared("moment", "of a thing; for a reason")}})
    assert "| `new` |  | `at`: of a thing, for a reason |" in table
