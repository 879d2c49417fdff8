"""The disk guard: below half a gigabyte free nothing new is taken, before the disk is full.

What was typed stays in the form, and reading, leaving and erasing go on.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Final

from flask import Flask, current_app

from reports.errors import NoRoom

LEAST: Final = 500 * 1024 * 1024
"""Bytes that must be free where the data folder is (docs/security-parameters.md#SP-4.11)."""


def require_free_space() -> None:
    """Raise `NoRoom` when too little is free to take anything more."""
    free: Callable[[], int] = current_app.extensions["free_space"]
    if free() < LEAST:
        raise NoRoom("the disk of the data folder is nearly full")


def init_app(app: Flask, data_dir: Path) -> None:
    """Let the application go by what the machine says is free."""
    app.extensions["free_space"] = lambda: shutil.disk_usage(data_dir).free
