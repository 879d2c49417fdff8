"""The disk guard: what is no longer taken before a store is full.

A report is refused for want of room where it would lie, and for no other disk: text goes to the
database, a file to the store of files and to the database. What was typed stays in the form, and
reading, leaving and erasing go on.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from threading import Lock
from typing import Final

from flask import Flask
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from reports.blobs import Store
from reports.errors import NoRoom, NoRoomForFiles, StoreFailed
from reports.room import MEGABYTE, measure_disk, measure_postgres, measure_sqlite
from reports.settings import Settings
from webapp.site import failure_log
from webapp.site.app_services import get_services
from webapp.site.db import get_session

Measure = Callable[[], int | None]
REMEMBERED: Final = timedelta(minutes=10)
"""How long the size of a bucket is believed: to measure it, all of it is listed."""
RESERVED: Final = 10
"""Of what must be free for something new, one part in so many must be for what was begun."""

_log: Final = logging.getLogger("wayside.web")


@dataclass(frozen=True)
class StoreRoom:
    """What each store says of its room, in bytes; None where it cannot tell."""

    data_folder: Measure
    database: Measure
    files: Measure


class RememberedMeasure:
    """A measure that costs much: taken now and then by one thread, while nobody waits for it.

    The last one is told meanwhile, and when the store does not answer: writing to it says so.
    """

    def __init__(self, measure: Measure, read_clock: Callable[[], datetime]) -> None:
        self._measure, self._read_clock = measure, read_clock
        self._line = Lock()
        self._taken_at: datetime | None = None
        self._told: int | None = None

    def __call__(self) -> int | None:
        now = self._read_clock()
        old = self._taken_at is None or abs(now - self._taken_at) > REMEMBERED
        if old and self._line.acquire(blocking=False):
            try:
                self._taken_at = now
                with suppress(StoreFailed):
                    self._told = self._measure()
            finally:
                self._line.release()
        return self._told


def gather_room(
    settings: Settings, engine: Engine, store: Store, read_clock: Callable[[], datetime]
) -> StoreRoom:
    """The measures of this application's stores; nothing is measured yet."""
    database: Measure = partial(_measure_postgres, settings.database_limit)
    if engine.url.get_backend_name() == "sqlite":
        file = Path(engine.url.database or settings.data_dir / "wayside.db")
        database = partial(_measure_sqlite, file.resolve().parent)
    files: Measure = store.measure_room
    if settings.blob_url:
        files = RememberedMeasure(files, read_clock)
    return StoreRoom(partial(measure_disk, settings.data_dir), database, files)


def require_free_space() -> None:
    """Raises `NoRoom` when nothing new is begun (docs/security-parameters.md#SP-4.11)."""
    services = get_services()
    if _is_below(services.room.database(), services.config.domain.room_least):
        raise NoRoom("little is left for the database")


def require_reserved_space() -> None:
    """Raises `NoRoom` when not even what was begun can be finished and sent.

    Who sends a report, goes on with one, or writes as a known reporter, uses what is kept free of
    everything that is new: all but a tenth of it.
    """
    services = get_services()
    if _is_below(services.room.database(), services.config.domain.room_least / RESERVED):
        raise NoRoom("nothing is left for the database")


def require_file_space() -> None:
    """Raises `NoRoomForFiles` when text alone is taken now, or nothing at all.

    A file that waits on its way in finds out by itself whether the data folder takes it.
    """
    services = get_services()
    room, least = services.room, services.config.domain
    if _is_below(room.files(), least.room_for_files):
        raise NoRoomForFiles("little is left for files")
    if _is_below(room.database(), least.room_least):
        raise NoRoomForFiles("little is left for the database")


def log_little_room(app: Flask) -> None:
    """One line in the log for each store that has less room than it should. Refuses nothing."""
    with app.app_context():
        services = get_services()
        room, least = services.room, services.config.domain
        for store, measure, needed in (
            ("data_folder", room.data_folder, least.room_least),
            ("database", room.database, least.room_least),
            ("files", room.files, least.room_for_files),
        ):
            try:
                if _is_below(measure(), needed):
                    _log.warning("event=room_low store=%s least_mb=%s", store, needed)
            except (OSError, SQLAlchemyError, StoreFailed) as silence:
                failure_log.log_failure(silence)


def _is_below(free: int | None, least: float) -> bool:
    return free is not None and free < least * MEGABYTE


def _measure_sqlite(folder: Path) -> int:
    return measure_sqlite(get_session(), folder)


def _measure_postgres(limit: int | None) -> int | None:
    # Without a limit the database is not asked, nor a session opened.
    return None if limit is None else measure_postgres(get_session(), limit)
