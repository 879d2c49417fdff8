"""The disk guard: what is no longer taken before the disk is full.

Below two gigabytes free text alone is taken, below half a gigabyte nothing new. What was typed
stays in the form, and reading, leaving and erasing go on.

Small on purpose: two limits on one figure.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Final

from reports.errors import NoRoom, NoRoomForFiles
from webapp.site.app_services import get_services

LEAST: Final = 500 * 1024 * 1024
"""Bytes that must be free where the data folder is (docs/security-parameters.md#SP-4.11)."""
LEAST_FOR_FILES: Final = 2 * 1024 * 1024 * 1024
"""The same, for files to be taken (docs/security-parameters.md#SP-4.11)."""


def require_free_space() -> None:
    """Raises `NoRoom` when too little is free to take anything more."""
    if get_services().free_space() < LEAST:
        raise NoRoom("the disk of the data folder is nearly full")


def require_file_space() -> None:
    """Raises `NoRoomForFiles` when text alone is taken now."""
    if get_services().free_space() < LEAST_FOR_FILES:
        raise NoRoomForFiles("little is left on the disk of the data folder")


def measure_free_space(folder: Path) -> int:
    """Returns how many bytes are free where `folder` lies."""
    return shutil.disk_usage(folder).free
