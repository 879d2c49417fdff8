"""Restore a backup as the command does.

Small on purpose: what the tests of backups, of keys and of the erased have in common.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import Engine, Table, select
from sqlalchemy.orm import Session

from reports import backup, outer_layer
from reports.blobs import Store
from reports.blobs.folder import Folder
from reports.db import begin_write, make_session_factory
from reports.vault import Vault
from tests.support.cast import NOW


def restore(engine: Engine, path: Path, data_dir: Path, store: Store | None = None) -> Session:
    """The session that looks at the result. Files go into the data folder, or into `store`."""
    session = make_session_factory(engine)()
    begin_write(session)
    try:
        made = backup.restore(session, data_dir, store or Folder(data_dir / "blobs"), path, NOW)
        session.commit()
    except BaseException:
        session.close()
        raise
    session.info["erased"] = made.erased
    return session


def read_bare(engine: Engine, table: Table, vault: Vault) -> list[dict[str, Any]]:
    """The rows of a table, those of reports without the outer layer, which each has anew."""
    with engine.connect() as connection:
        found = connection.execute(select(table).order_by(*table.primary_key.columns))
        made = [dict(row._mapping) for row in found]
    if table.name == "report":
        assert all(outer_layer.strip(vault.outer_keys, row) for row in made)
    return made
