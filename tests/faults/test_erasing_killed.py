"""Kill -9 of the worker while it erases files: none is forgotten, and none comes back.

A file goes before its tombstone does. So whoever is killed between the two leaves a tombstone for a
file that is gone, which the next worker removes, and never a file that nobody will erase.
"""

from __future__ import annotations

import signal
from pathlib import Path

import pytest
from sqlalchemy import Engine

from reports import tombstones
from reports.scrub.scrubber import Scrubber
from reports.tombstones import FILES
from tests.support.cast import Instance
from tests.support.filed import Place
from tests.support.length import at_length
from tests.support.working import Process, Workplace

REPORTS = 3


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
    victim = place.work.settings().data_dir / "blobs" / doomed[int(share * len(doomed))]
    kill = ["-e", "trace=unlink", "-P", str(victim), "-e", "inject=unlink:signal=SIGKILL"]
    under = [strace, "-D", "-f", "-o", str(tmp_path / "record"), *kill]
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


def is_doomed(place: Place, name: str) -> bool:
    """Whether a tombstone names the row that this object belongs to."""
    place.session.rollback()
    rows = tombstones.list_rows(place.session, FILES)
    place.session.rollback()
    return any(name.startswith(f"{row.hex}.") for row in rows)
