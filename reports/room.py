"""How much room a store still has, each by its own means, in bytes.

A folder asks its disk, PostgreSQL compares its size with a limit that the operator gives, and a
bucket its objects. What has no limit cannot tell, and is never taken for full.

Small on purpose: it measures, and says of no request whether that is enough.
"""

from __future__ import annotations

import shutil
import struct
from pathlib import Path
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

MEGABYTE: Final = 1024 * 1024
_HEADER: Final = struct.Struct(">16s H 18x I")
"""How a file of SQLite begins: its name, the size of a page, and the number of free pages
(https://www.sqlite.org/fileformat2.html#the_database_header)."""
_SQLITE: Final = b"SQLite format 3\0"


def measure_disk(folder: Path) -> int:
    """How much is free where `folder` lies, or will lie once it is made."""
    there = next(each for each in (folder, *folder.parents) if each.exists())
    return shutil.disk_usage(there).free


def measure_sqlite(file: Path) -> int:
    """How much a database of SQLite still takes: what its disk has, and its own free pages.

    Pages that were freed are used again and not given back. To give them back, SQLite moves pages
    that are in use into their place; what they held would stay on the disk where no erasing finds
    it (docs/security-parameters.md#SP-3.3).
    """
    free = measure_disk(file.parent)
    try:
        with file.open("rb") as opened:
            name, page, pages = _HEADER.unpack(opened.read(_HEADER.size))
    except (FileNotFoundError, struct.error):
        return free
    # A page of 65,536 bytes, which two bytes cannot say, is written as 1.
    return free + (pages * (65_536 if page == 1 else page) if name == _SQLITE else 0)


def measure_postgres(session: Session, limit: int | None) -> int | None:
    """What is left of `limit` megabytes for the whole database; None without a limit."""
    if limit is None:
        return None
    size = session.scalars(select(func.pg_database_size(func.current_database()))).one()
    return int(limit * MEGABYTE - size)
