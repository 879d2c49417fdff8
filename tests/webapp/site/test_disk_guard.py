"""A report is refused for want of room where it would lie, and for no other disk."""

from __future__ import annotations

import logging
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import Session

from reports import blobs
from reports.blobs.bucket import Bucket
from reports.errors import NoRoom, NoRoomForFiles, StoreFailed
from reports.room import MEGABYTE, measure_disk, measure_postgres, measure_sqlite
from reports.settings import Settings
from tests.support.cast import NOW
from tests.support.web import Clock, make_room, put_services
from webapp.site import disk_guard
from webapp.site.disk_guard import REMEMBERED, RememberedMeasure


@pytest.fixture
def context(app: Flask) -> Iterator[Flask]:
    with app.app_context():
        yield app


def test_a_full_data_folder_refuses_nothing_that_lies_elsewhere(context: Flask) -> None:
    put_services(context, room=make_room(data_folder=0))
    disk_guard.require_free_space()
    disk_guard.require_file_space()


def test_a_full_store_of_files_takes_words(context: Flask) -> None:
    put_services(context, room=make_room(files=2047 * MEGABYTE))
    disk_guard.require_free_space()
    with pytest.raises(NoRoomForFiles):
        disk_guard.require_file_space()


def test_a_full_database_takes_neither(context: Flask) -> None:
    put_services(context, room=make_room(database=499 * MEGABYTE))
    with pytest.raises(NoRoom):
        disk_guard.require_free_space()
    with pytest.raises(NoRoomForFiles):
        disk_guard.require_file_space()


def test_a_store_with_little_room_is_one_line_at_the_start(
    context: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    put_services(context, room=make_room(data_folder=0, files=10))
    with caplog.at_level(logging.WARNING, "wayside.web"):
        disk_guard.log_little_room(context)
    assert [record.getMessage() for record in caplog.records] == [
        "event=room_low store=data_folder least_mb=500",
        "event=room_low store=files least_mb=2048",
    ]


def test_each_database_measures_itself(session: Session, engine: Engine, tmp_path: Path) -> None:
    settings = Settings.from_environ({"WAYSIDE_DATA_DIR": str(tmp_path / "var")})
    store = blobs.choose(settings)
    room = disk_guard.gather_room(settings, engine, store, Clock())
    files = room.files()
    assert files is not None
    assert abs(files - measure_disk(tmp_path)) < 100 * MEGABYTE
    if engine.dialect.name == "postgresql":
        assert room.database() is None
        left = measure_postgres(session, 1000)
        assert left is not None
        assert 0 < left < 1000 * MEGABYTE
        assert (measure_postgres(session, 1) or 0) < 0
    else:
        assert 0 < measure_sqlite(session, tmp_path) < measure_disk(tmp_path) + MEGABYTE


def test_a_bucket_tells_what_its_limit_leaves(tmp_path: Path) -> None:
    url = f"file://{tmp_path}"
    assert Bucket.from_url(url).measure_room() is None
    bucket = Bucket.from_url(url, 1)
    assert bucket.measure_room() == MEGABYTE
    bucket.put("some-name", [b"x" * 1000])
    assert bucket.measure_room() == MEGABYTE - 1000


def test_the_size_of_a_bucket_is_remembered_for_a_while() -> None:
    clock, sizes = Clock(NOW), iter((3, 2, 1))
    measure = RememberedMeasure(lambda: next(sizes), clock)
    assert [measure(), measure()] == [3, 3]
    clock.now += REMEMBERED + timedelta(seconds=1)
    assert [measure(), measure()] == [2, 2]


def test_a_bucket_that_does_not_answer_is_not_taken_for_full() -> None:
    def fail() -> int:
        raise StoreFailed("away")

    assert RememberedMeasure(fail, Clock(NOW))() is None


def test_free_pages_of_a_database_file_count_as_room(sqlite_url: str, tmp_path: Path) -> None:
    file = Path(sqlite_url.removeprefix("sqlite:///"))
    with sqlite3.connect(file) as raw:
        raw.execute("CREATE TABLE much (words BLOB)")
        raw.executemany("INSERT INTO much VALUES (zeroblob(100000))", [()] * 50)
        raw.commit()
        raw.execute("DROP TABLE much")
        raw.commit()
        pages, size = (
            raw.execute(f"PRAGMA {name}").fetchone()[0] for name in ("freelist_count", "page_size")
        )
    with Session(create_engine(sqlite_url)) as session:
        free = measure_sqlite(session, file.parent) - measure_disk(tmp_path)
    assert abs(free - pages * size) < 2 * MEGABYTE
    assert pages * size > 4 * MEGABYTE


def test_measuring_takes_no_lock_away_from_whoever_writes(sqlite_url: str) -> None:
    """POSIX: a process that closes a file, by whatever descriptor, has no lock on it any more."""
    file = sqlite_url.removeprefix("sqlite:///")
    engine = create_engine(sqlite_url)
    with sqlite3.connect(file) as writer, Session(engine) as session:
        writer.execute("CREATE TABLE some (words)")
        writer.commit()
        writer.execute("BEGIN IMMEDIATE")
        assert is_locked(file)
        measure_sqlite(session, Path(file).parent)
        session.close()
        assert is_locked(file)
        writer.rollback()
        assert not is_locked(file)
    engine.dispose()


def is_locked(file: str) -> bool:
    """Whether another process finds a writer."""
    program = f"import sqlite3; sqlite3.connect({file!r}, timeout=0).execute('BEGIN IMMEDIATE')"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False)
    return b"database is locked" in done.stderr
