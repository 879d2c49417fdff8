"""Whoever erases files is killed at one of them: none is forgotten, none needed goes with it.

A file goes before its tombstone does. So whoever is killed between the two leaves a tombstone for a
file that is gone, which the next worker removes, and never a file that nobody will erase.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import Engine

from reports import tombstones
from reports.attachments import objects
from reports.scrub.scrubber import Scrubber
from reports.tombstones import FILES
from tests.support.cast import Instance
from tests.support.filed import Place
from tests.support.length import at_length
from tests.support.site import ROOT
from tests.support.working import Process, Workplace

REPORTS = 3
AT_ONCE = """
from datetime import timedelta
from flask.cli import main
from reports import inventory
inventory.OLD = timedelta()
main()
"""
"""The command line, for which nothing is too young: nobody can make a file older than it is."""


@pytest.fixture
def place(instance: Instance, engine: Engine, tmp_path: Path) -> Place:
    """An instance whose files lie in a folder, once on each engine."""
    return Place(Workplace.at(instance, engine, tmp_path / "var"), {}, Scrubber(tmp_path))


@pytest.mark.filterwarnings("default:NOT CHECKED")
@pytest.mark.parametrize(
    "share", [0.5, pytest.param(0.0, marks=at_length), pytest.param(0.99, marks=at_length)]
)
def test_no_file_is_forgotten_whichever_the_worker_was_at_when_it_was_killed(
    place: Place, tmp_path: Path, strace: str, share: float
) -> None:
    reports = [place.report()[0] for _ in range(REPORTS)]
    kept = place.file()
    place.erase(*reports)
    names = place.store.list_names() - {kept.blob}
    doomed = sorted(name for name in names if is_doomed(place, name))
    assert len(doomed) > REPORTS
    victim = files_of(place) / doomed[int(share * len(doomed))]
    under = kill_at(victim, "SIGKILL", strace)
    worker = Process(place.work.environ, tmp_path / "log", under=under)
    try:
        assert worker.wait() == -signal.SIGKILL
    finally:
        worker.end(signal.SIGKILL)
    # What is still there of the doomed is still written down.
    assert all(is_doomed(place, name) for name in set(doomed) & place.store.list_names())
    place.take_lease_away()
    place.worker().purge()
    assert place.left() == 0
    assert place.store.list_names() == {kept.blob}


@pytest.mark.filterwarnings("default:NOT CHECKED")
def test_files_check_that_is_ended_half_way_goes_on_the_next_time(
    place: Place, strace: str
) -> None:
    kept, folder = place.file(), files_of(place)
    place.worker().purge()
    unknown = sorted(objects.make_object_name(uuid4()) for _ in range(5))
    for name in unknown:
        place.store.put(name, [b"of no row"])
    environ = {**os.environ, **place.work.environ}
    check = [sys.executable, "-c", AT_ONCE, "--app", "wsgi"]
    check += ["files-check", "--erase", "--all-the-same"]
    under = kill_at(folder / unknown[2], "SIGTERM", strace)
    ended = subprocess.run(
        [*under, *check], cwd=ROOT, env=environ, capture_output=True, check=False
    )
    assert ended.returncode == -signal.SIGTERM
    assert b"Traceback" not in ended.stderr
    assert kept.blob in place.store.list_names()
    done = subprocess.run(check, cwd=ROOT, env=environ, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert place.store.list_names() == {kept.blob}


def files_of(place: Place) -> Path:
    return place.work.settings().data_dir / "blobs"


def kill_at(file: Path, by: str, strace: str) -> list[str]:
    """What a program is run under, so that it gets a signal when it erases `file`."""
    inject = ["-e", "trace=unlink", "-P", str(file), "-e", f"inject=unlink:signal={by}"]
    return [strace, "-D", "-f", "-o", os.devnull, *inject]


def is_doomed(place: Place, name: str) -> bool:
    """Whether a tombstone names the row that this object belongs to."""
    place.session.rollback()
    rows = tombstones.list_rows(place.session, FILES)
    place.session.rollback()
    return any(name.startswith(f"{row.hex}.") for row in rows)
