"""Rows as lines of text, the same from SQLite and from PostgreSQL.

A backup taken from the one can be restored into the other: that is also the way from a small
instance to a larger one.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Connection, Row, Table, insert, select

from reports.errors import BackupDamaged
from reports.model import Base
from reports.model.base import Day, Id, Instant

LEFT_OUT = frozenset(
    {
        "draft",
        "guess",
        "intake_hour",
        "lease",
        "let_go",
        "reporter_session",
        "skipped_report",
        "spent_slot",
        "staff_session",
        "worker_turn",
    }
)
"""What lives for minutes or hours. Sessions are never backed up
(docs/security-parameters.md#SP-3.8)."""

_LINES = 500
"""Rows in one member: what is in memory at a time."""


def list_tables() -> list[Table]:
    """The tables of a backup, each after those that it refers to."""
    return [table for table in Base.metadata.sorted_tables if table.name not in LEFT_OUT]


def dump(
    connection: Connection, table: Table, change: Callable[[dict[str, Any]], object] | None = None
) -> Iterator[bytes]:
    """The rows of `table` in the order of its key, some hundred lines at a time.

    `change` gets each row before it is written, and may put other values into it.
    """
    query = select(table).order_by(*table.primary_key.columns)
    result = connection.execution_options(yield_per=_LINES).execute(query)
    for rows in result.partitions(_LINES):
        lines = [json.dumps([_written(value) for value in _changed(row, change)]) for row in rows]
        yield "\n".join([json.dumps([column.name for column in table.columns]), *lines]).encode()


def load(connection: Connection, table: Table, piece: bytes) -> None:
    """Insert the rows of one piece. Raises `BackupDamaged` when it does not fit the table."""
    try:
        names, *lines = map(json.loads, piece.decode().splitlines())
        read = [_reader(table.columns[name]) for name in names]
        rows: list[Mapping[str, Any]] = [
            {name: reader(value) for name, reader, value in zip(names, read, line, strict=True)}
            for line in lines
        ]
    except (ValueError, KeyError, TypeError, AttributeError) as problem:
        raise BackupDamaged(table.name) from problem
    if rows:
        connection.execute(insert(table), rows)


def _changed(row: Row[Any], change: Callable[[dict[str, Any]], object] | None) -> Iterable[Any]:
    if change is None:
        return row
    values = dict(row._mapping)
    change(values)
    return values.values()


def _written(value: object) -> object:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value


def _reader(column: Column[Any]) -> Callable[[Any], Any]:
    """What makes a column's value again of what stands in a line."""
    if isinstance(column.type, Id):
        make: Callable[[Any], Any] = UUID
    elif isinstance(column.type, Day):
        make = date.fromisoformat
    elif isinstance(column.type, Instant):
        make = datetime.fromisoformat
    elif column.type.python_type is bytes:
        make = base64.b64decode
    else:
        return lambda value: value
    return lambda value: None if value is None else make(value)
