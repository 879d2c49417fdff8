"""What breaks on purpose here: processes, the disk, the mail server.

`make faults` runs all of it at length. `make test` runs the short form, so that a promise that is
broken is seen at once; what has no short form is `at_length`.
"""

from __future__ import annotations

import os
import shutil
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.length import LONG
from tests.support.reporters import Reporters
from tests.support.served import Served
from tests.support.site import flask

STRACE = shutil.which("strace")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave what runs only at length to `make faults` and `make attack`."""
    left = [] if LONG else [item for item in items if item.get_closest_marker("at_length")]
    if left:
        config.hook.pytest_deselected(items=left)
        items[:] = [item for item in items if item not in left]


@pytest.fixture
def rounds() -> int:
    """How often a process is killed."""
    return 12 if LONG else 2


@pytest.fixture
def serve(tmp_path: Path, founded_data_dir: Path) -> Iterator[Callable[..., Served]]:
    """A founded instance whose web server is not started yet: `serve(WAYSIDE_DATABASE_URL=...)`."""
    made: list[Served] = []

    def make(**options: object) -> Served:
        served = Served(tmp_path / f"site{len(made)}", **options)  # type: ignore[arg-type]  # settings and `under`
        if "WAYSIDE_DATABASE_URL" not in options:
            shutil.copytree(founded_data_dir, served.data_dir)
        if {"WAYSIDE_DATABASE_URL", "WAYSIDE_BLOB_URL"} & set(options):
            flask(served.environ, "init")  # found it, or mark its bucket
        made.append(served)
        return served

    yield make
    for served in made:
        served.stop()


@pytest.fixture
def strace() -> str:
    """The program; its want is loud, and a failure where CI=true."""
    if STRACE is None:
        reason = "NOT CHECKED: what the kernel is asked for, for want of strace (Debian: strace)"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        warnings.warn(reason, stacklevel=1)
        pytest.skip(reason)
    return STRACE


@pytest.fixture
def reporters() -> Iterator[Callable[[Served], Reporters]]:
    """People at work; none is left behind when the test fails."""
    made: list[Reporters] = []

    def begin(site: Served) -> Reporters:
        made.append(Reporters(site))
        return made[-1]

    yield begin
    for people in made:
        people.abandon()
