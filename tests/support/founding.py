"""Founding once: what it wrote is kept in this process, and written again for each test.

Founding and setting up the cast takes a dozen transactions and as many key pairs. All instances of
a process that were founded at the same moment on the same kind of database are one and the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Table, insert, select
from sqlalchemy.orm import Session

from reports.db import begin_write
from reports.model import Base
from reports.vault import Vault


@dataclass(frozen=True)
class Founded:
    """A whole founded instance: its tables, its keys outside them, what was printed and typed."""

    rows: Mapping[Table, Sequence[Row[Any]]]
    keys: Mapping[str, bytes]
    told: Any


_KEPT: dict[tuple[str, datetime], Founded] = {}


def kept(session: Session, now: datetime) -> Founded | None:
    """What was kept of an instance founded at `now` on this kind of database."""
    return _KEPT.get((session.get_bind().dialect.name, now))


def keep(session: Session, vault: Vault, now: datetime, told: Any) -> None:
    """Keep the instance as it stands."""
    tables = Base.metadata.sorted_tables
    rows = {table: found for table in tables if (found := session.execute(select(table)).all())}
    session.rollback()
    _KEPT[session.get_bind().dialect.name, now] = Founded(rows, vault.read_key_files(), told)


def put_back(session: Session, vault: Vault, founded: Founded) -> None:
    """Make this empty instance the kept one; who holds `vault` holds the kept keys from now on."""
    data_dir = vault.key_folder.path.parent
    Vault.write_key_files(data_dir, founded.keys)
    costs = {"password_cost": vault._password_cost, "receipt_cost": vault._receipt_cost}
    vars(vault).update(vars(Vault(vault.key_folder.path, founded.keys["pepper"], **costs)))
    begin_write(session)
    for table, rows in founded.rows.items():
        session.execute(insert(table), [dict(row._mapping) for row in rows])
    session.commit()
