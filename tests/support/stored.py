"""A small instance as the first release wrote it: rows, keys outside the database, Dana's own key.

`stored_bytes.json` was written once, by the code of the first release, and is never made anew: what
stands in it is what stands in the databases of instances that run.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Engine, Table, Text, column, insert, select
from sqlalchemy import table as lean
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeEngine

from reports.db import make_session_factory, upgrade
from reports.model import Base, Flag, Report, Staff
from reports.roster.keyring import Keyring
from reports.vault import Vault
from tests.support.cast import cheap_vault

FILE: Final = Path(__file__).with_name("stored_bytes.json")
FIRST: Final = "0001"
"""The revision of the schema that the rows were written in."""
_READ: Final[Mapping[str, Callable[[str], Any]]] = {
    "bytes": base64.b64decode,
    "id": UUID,
    "day": date.fromisoformat,
    "at": datetime.fromisoformat,
}


@dataclass(frozen=True)
class StoredInstance:
    """The instance, open; `dana` holds every key of it."""

    session: Session
    vault: Vault
    dana: Keyring
    report: Report


def load(engine: Engine, data_dir: Path) -> StoredInstance:
    """Write the stored rows into a database without tables, and bring it to the newest schema."""
    told = json.loads(FILE.read_text(encoding="utf-8"))
    upgrade(engine, FIRST)
    with engine.begin() as connection:
        for table in Base.metadata.sorted_tables:
            for row in told["rows"].get(table.name, ()):
                values = {name: _value(value) for name, value in row.items()}
                # Without the columns of today, and what they would be filled with.
                kinds = [column(name, _find_type(table, name, values[name])) for name in values]
                connection.execute(insert(lean(table.name, *kinds)).values(values))
    upgrade(engine)
    files = {name: _value(value) for name, value in told["keys"].items()}
    Vault.write_key_files(data_dir, files)
    session = make_session_factory(engine)()
    vault, staff = cheap_vault(data_dir), session.scalars(select(Staff)).one()
    dana = Keyring(staff, _value(told["private"]), vault.outer_keys)
    return StoredInstance(session, vault, dana, session.scalars(select(Report)).one())


def _find_type(table: Table, name: str, value: Any) -> TypeEngine[Any]:
    """The type of a column; what is no longer mapped is known by the value that it had."""
    if name in table.c:
        return table.c[name].type
    return Flag() if isinstance(value, bool) else Text()


def _value(told: Any) -> Any:
    if not isinstance(told, dict):
        return told
    [(kind, text)] = told.items()
    return _READ[kind](text)
