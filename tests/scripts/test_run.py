"""The supervisor of `make run`: all parts start, all stop, and an early end is said."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.site import end

ROOT = Path(__file__).resolve().parents[2]
OBEDIENT = """
import os, signal, sys
def stop(*_):
    os.write(1, b"{name} stops\\n")
    sys.exit(0)
signal.signal(signal.SIGTERM, stop)
os.write(1, b"{name} runs\\n")
while True:
    signal.pause()
"""
STUBBORN = OBEDIENT.replace("sys.exit(0)", "pass")
SUPERVISOR = """
import sys
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
loader = SourceFileLoader("supervisor", {file!r})
supervisor = module_from_spec(spec_from_loader("supervisor", loader))
loader.exec_module(supervisor)
supervisor.PARTS = {parts!r}
supervisor.PATIENCE = {patience!r}
sys.exit(supervisor.main())
"""


class Run:
    """The supervisor over stand-ins, in a process group of its own, as in a terminal."""

    def __init__(self, site: str, desk: str, worker: str, patience: float = 20.0) -> None:
        parts = {
            "public site": ("public", ("-c", site)),
            "desk": ("desk", ("-c", desk)),
            "worker": ("", ("-c", worker)),
        }
        file = str(ROOT / "scripts/run")
        self.process = subprocess.Popen(
            [sys.executable, "-c", SUPERVISOR.format(file=file, parts=parts, patience=patience)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self.said: list[str] = []

    def until(self, count: int, pattern: str) -> None:
        """Read what is said until `count` lines match `pattern`."""
        assert self.process.stdout is not None
        while count:
            line = self.process.stdout.readline().decode()
            assert line, f"ended after {self.said}"
            self.said.append(line.strip())
            count -= bool(re.search(pattern, line))

    def finish(self) -> int:
        """The exit code, with the rest of what was said in `said`."""
        rest, _ = self.process.communicate(timeout=60)
        self.said += rest.decode().splitlines()
        return self.process.returncode


SITE, DESK, WORKER = (OBEDIENT.format(name=name) for name in ("site", "desk", "worker"))
ALL_STOP = ["Stopped.", "desk stops", "site stops", "worker stops"]


@pytest.fixture
def three() -> Iterator[Run]:
    run = Run(SITE, DESK, WORKER)
    run.until(3, "runs")
    yield run
    end(run.process)


def test_ctrl_c_stops_all_once_and_exits_with_0(three: Run) -> None:
    os.killpg(three.process.pid, signal.SIGINT)
    assert three.finish() == 0
    assert sorted(three.said[3:]) == ALL_STOP


def test_sigterm_to_the_supervisor_alone_stops_all(three: Run) -> None:
    three.process.terminate()
    assert three.finish() == 0
    assert sorted(three.said[3:]) == ALL_STOP


@pytest.mark.parametrize("part", ["public site", "desk", "worker"])
def test_when_one_part_ends_the_others_are_stopped_and_it_is_said(part: str) -> None:
    stands_in = {"public site": SITE, "desk": DESK, "worker": WORKER}
    run = Run(*{**stands_in, part: "raise SystemExit(3)"}.values())
    assert run.finish() == 1
    assert f"The {part} ended by itself (exit code 3); stopping the rest." in run.said


def test_each_part_serves_its_own_face_and_the_worker_none() -> None:
    told = "import os; print('face=' + os.environ['WAYSIDE_FACE']); import signal; signal.pause()"
    run = Run(told, told, told)
    run.until(3, "face=")
    run.process.terminate()
    run.finish()
    assert sorted(run.said[:3]) == ["face=", "face=desk", "face=public"]


def test_a_part_that_does_not_stop_is_killed_and_it_is_said() -> None:
    run = Run(SITE, DESK, STUBBORN.format(name="worker"), patience=0.5)
    run.until(3, "runs")
    run.process.terminate()
    assert run.finish() == 1
    assert any("did not stop" in line and "killed" in line for line in run.said)
