"""Where files are kept, and what cleans them; one of each for the application."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final, cast

from flask import Flask, current_app

from reports import blobs
from reports.blobs import Store
from reports.errors import NoRoomForFiles
from reports.scrub.scrubber import Scrubber
from reports.settings import Settings

LEAST: Final = 2 * 1024 * 1024 * 1024
"""Bytes that must be free where the data folder is for files to be taken
(docs/security-parameters.md#SP-4.11)."""


def get_store() -> Store:
    """The store of sealed files."""
    return cast(Store, current_app.extensions["blobs"])


def get_scrubber() -> Scrubber:
    """What takes hidden details out."""
    return cast(Scrubber, current_app.extensions["scrubber"])


def get_spool_folder() -> Path:
    """Where a body may wait, encrypted, while it comes in."""
    return cast(Path, current_app.extensions["spools"])


def require_file_space() -> None:
    """Raise `NoRoomForFiles` when text alone is taken now."""
    free: Callable[[], int] = current_app.extensions["free_space"]
    if free() < LEAST:
        raise NoRoomForFiles("little is left on the disk of the data folder")


def init_app(app: Flask, settings: Settings) -> None:
    """Choose the store. Comes after `room`, which knows what is free."""
    app.extensions["spools"] = settings.data_dir
    app.extensions["blobs"] = blobs.choose(settings)
    app.extensions["scrubber"] = Scrubber(settings.data_dir)
