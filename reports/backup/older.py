"""A backup of an earlier version: its rows go through the migrations in a database of their own.

What lies in the folder meanwhile is as sealed as the backup is, and goes at the end. The instance
itself is written once, in one transaction, with rows of our schema.
"""

from __future__ import annotations

import base64
import json
import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Column, Connection, Integer, LargeBinary, MetaData, Table, insert

from reports.backup import rows
from reports.db import make_engine, upgrade
from reports.errors import BackupDamaged
from reports.model import Instant

Piece = tuple[str, bytes]
"""The name of a table and some of its rows, as `rows.dump` writes them."""
_PREFIX: Final = ".restore-"
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def remove_leftovers(folder: Path) -> None:
    """Removes what a restore left in `folder` that was cut off; call it where no other restores."""
    for left in folder.glob(f"{_PREFIX}*"):
        shutil.rmtree(left)


@contextmanager
def upgrade_rows(pieces: Iterable[Piece], revision: str, folder: Path) -> Iterator[Iterator[Piece]]:
    """The rows of a backup at `revision`, at ours; each table after those that it refers to.

    Raises `BackupDamaged` when rows do not fit the schema that the backup names.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.TemporaryDirectory(prefix=_PREFIX, dir=folder) as place:
        engine = make_engine(f"sqlite:///{Path(place) / 'older'}")
        try:
            upgrade(engine, revision)
            known = MetaData()
            known.reflect(engine)
            with engine.begin() as connection:
                for name, piece in pieces:
                    if name not in known.tables:
                        raise BackupDamaged(name)
                    _load(connection, known.tables[name], piece)
            upgrade(engine)
            with engine.connect() as connection:
                yield _dump_all(connection)
        finally:
            engine.dispose()


def _dump_all(connection: Connection) -> Iterator[Piece]:
    for table in rows.list_tables():
        for piece in rows.dump(connection, table):
            yield table.name, piece


def _load(connection: Connection, table: Table, piece: bytes) -> None:
    try:
        names, *lines = map(json.loads, piece.decode().splitlines())
        columns = [table.columns[name] for name in names]
        made = [
            {
                column.name: _read(column, value, connection)
                for column, value in zip(columns, line, strict=True)
            }
            for line in lines
        ]
    except (ValueError, KeyError, TypeError) as problem:
        raise BackupDamaged(table.name) from problem
    if made:
        connection.execute(insert(table), made)


def _read(column: Column[Any], told: Any, connection: Connection) -> Any:
    """A value as SQLite stores it. The column alone says how: our models know only our schema."""
    if isinstance(told, str) and isinstance(column.type, LargeBinary):
        # No text of base64 has a hyphen.
        return bytes.fromhex(told.replace("-", "")) if _UUID.fullmatch(told) else _decode(told)
    if isinstance(told, str) and isinstance(column.type, Integer):
        return Instant().process_bind_param(datetime.fromisoformat(told), connection.dialect)
    return int(told) if isinstance(told, bool) else told


def _decode(told: str) -> bytes:
    return base64.b64decode(told, validate=True)
