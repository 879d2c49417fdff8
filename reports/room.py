"""How much room a store still has, each by its own means, in bytes.

A folder asks its disk, PostgreSQL compares its size with a limit that the operator gives, and a
bucket its objects. What has no limit cannot tell, and is never taken for full.

Small on purpose: it measures, and says of no request whether that is enough.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

MEGABYTE: Final = 1024 * 1024


def measure_disk(folder: Path) -> int:
    """How much is free where `folder` lies, or will lie once it is made."""
    there = next(each for each in (folder, *folder.parents) if each.exists())
    return shutil.disk_usage(there).free


def measure_postgres(session: Session, limit: int | None) -> int | None:
    """What is left of `limit` megabytes for the whole database; None without a limit."""
    if limit is None:
        return None
    size = session.scalars(select(func.pg_database_size(func.current_database()))).one()
    return int(limit * MEGABYTE - size)
