"""Taking a backup: one moment of the database, then the sealed files, then the keys."""

from __future__ import annotations

import errno
import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine, select

from reports import outer_layer
from reports.backup import archive, rows
from reports.blobs import Store
from reports.db import get_head_revision, make_engine
from reports.errors import ObjectMissing
from reports.model import Attachment, Report
from reports.patience import BACKUP, allow_time
from reports.vault import Vault

FORMAT = 1


def take(engine: Engine, vault: Vault, store: Store, path: Path, now: datetime) -> int:
    """Write the instance into the file `path`; returns how many rows it holds.

    Nobody who writes meanwhile waits for it or is half in it. The file is whole or not there. It
    holds no outer key: the wraps of case keys stand in it without, and a restore gives them new
    ones. Raises `OSError`, also where the file of outer keys is damaged or another's.
    """
    count = 0
    shut: list[UUID] = []

    def bare(row: dict[str, Any]) -> None:
        if not outer_layer.strip(vault.outer_keys, row):
            shut.append(row["id"])

    with archive.create(path) as made, _one_moment(engine, path) as connection:
        told = {"format": FORMAT, "schema": get_head_revision(), "day": now.date().isoformat()}
        made.add("wayside.json", json.dumps(told).encode())
        for table in rows.list_tables():
            change = bare if table.name == Report.__tablename__ else None
            for number, piece in enumerate(rows.dump(connection, table, change)):
                made.add(f"tables/{table.name}/{number:06}", piece)
                count += piece.count(b"\n")
        _require_erased(engine, shut)
        for name in _objects(connection, store):
            with suppress(ObjectMissing):  # its report was erased a moment ago
                made.add(f"files/{name}", b"".join(store.get(name)))
        for name, data in vault.read_key_files().items():
            made.add(f"keys/{name}", data)
    return count


def _require_erased(engine: Engine, shut: list[UUID]) -> None:
    """Whose outer key has gone was erased a moment ago; else the file of outer keys is at fault."""
    with engine.connect() as connection:
        left = outer_layer.list_there(connection, shut)
    if left:
        told = f"the outer keys of {len(left)} reports are missing or damaged"
        raise OSError(errno.EIO, told)


def _objects(connection: Connection, store: Store) -> list[str]:
    """The sealed files of reports that are still there; one erased meanwhile is not missed."""
    query = select(Attachment.blob, Attachment.original_blob).where(
        Attachment.report_id.is_not(None)
    )
    wanted = {name for row in connection.execute(query) for name in row if name}
    return sorted(wanted & store.list_names())


@contextmanager
def _one_moment(engine: Engine, path: Path) -> Iterator[Connection]:
    """A connection that sees the database as it is now, however long the reading takes."""
    if engine.dialect.name == "sqlite":
        # To read from the file itself would hold up every writer until the reading ends. What
        # lies beside it for a moment is as sealed as the database is.
        with archive.make_room_beside(path) as copied:
            _copy(engine, copied)
            aside = make_engine(f"sqlite:///{copied}")
            try:
                with aside.connect() as connection:
                    yield connection
            finally:
                aside.dispose()
        return
    with engine.connect() as connection:
        connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        allow_time(connection, BACKUP)
        yield connection


def _copy(engine: Engine, path: Path) -> None:
    raw = engine.raw_connection()
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    try:
        source = raw.driver_connection
        assert isinstance(source, sqlite3.Connection)
        with closing(sqlite3.connect(path)) as target:
            source.backup(target)
    except sqlite3.Error as problem:
        told = "the copy of the database beside it could not be written (is the disk full?)"
        raise OSError(errno.EIO, told) from problem
    finally:
        raw.close()
