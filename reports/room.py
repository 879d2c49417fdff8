"""How much room a store still has, each by its own means, in bytes.

A folder asks its disk, PostgreSQL compares its size with a limit that the operator gives, and a
bucket its objects. What has no limit cannot tell, and is never taken for full.

Small on purpose: it measures, and says of no request whether that is enough.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Final

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

MEGABYTE: Final = 1024 * 1024


def measure_disk(folder: Path) -> int:
    """How much is free where `folder` lies, or will lie once it is made."""
    there = next(each for each in (folder, *folder.parents) if each.exists())
    return shutil.disk_usage(there).free


def measure_sqlite(session: Session, folder: Path) -> int:
    """How much a database of SQLite in `folder` still takes: what its disk has, and free pages.

    Pages that were freed are used again and not given back. To give them back, SQLite moves pages
    that are in use into their place; what they held would stay on the disk where no erasing finds
    it (docs/security-parameters.md#SP-3.3). SQLite itself is asked: a process that opens the file
    and closes it again gives up every lock that SQLite has on it, of all its threads, and two
    writers destroy each other's rows (https://www.sqlite.org/howtocorrupt.html, 2.2).
    """
    pages, size = (
        session.scalars(text(f"PRAGMA {name}")).one() for name in ("freelist_count", "page_size")
    )
    return measure_disk(folder) + int(pages) * int(size)


def measure_postgres(session: Session, limit: int | None) -> int | None:
    """What is left of `limit` megabytes for the whole database; None without a limit."""
    if limit is None:
        return None
    size = session.scalars(select(func.pg_database_size(func.current_database()))).one()
    return int(limit * MEGABYTE - size)
