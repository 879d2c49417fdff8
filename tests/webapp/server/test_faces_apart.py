"""What `make run` starts: two faces at two ports, and neither waits for the other."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

import pytest

from tests.support.ports import free_port, wait_for_port
from tests.support.served import list_children
from tests.support.site import ROOT, START, end


@dataclass
class Started:
    """The supervisor with its parts; a port for each face."""

    process: subprocess.Popen[bytes]
    public: int
    desk: int

    def ask(self, port: int, path: str) -> tuple[int, str]:
        """The status, and where it leads or what it says."""
        connection = HTTPConnection("127.0.0.1", port, timeout=START)
        try:
            connection.request("GET", path)
            response = connection.getresponse()
            return response.status, response.headers.get("Location") or response.read().decode()
        finally:
            connection.close()

    def find(self, face: str) -> list[int]:
        """Every process of the part that serves `face`."""
        told = f"\0WAYSIDE_FACE={face}\0".encode()
        first = next(
            pid  # children come right after who started them
            for pid in list_children(self.process.pid)
            if told in b"\0" + Path(f"/proc/{pid}/environ").read_bytes()
        )
        return [first, *list_children(first)]


@pytest.fixture
def started(tmp_path: Path, founded_data_dir: Path) -> Iterator[Started]:
    data_dir = shutil.copytree(founded_data_dir, tmp_path / "var")
    public, desk = free_port(), free_port()
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("WAYSIDE_")}
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "scripts/run"],
            cwd=ROOT,
            env={
                **inherited,
                "PYTHONUNBUFFERED": "1",
                "WAYSIDE_DATA_DIR": str(data_dir),
                "WAYSIDE_PORT": str(public),
                "WAYSIDE_DESK_PORT": str(desk),
                "WAYSIDE_PROCESSES": "1",
            },
            stdout=subprocess.PIPE,
            stderr=log,
            start_new_session=True,
        )
    assert process.stdout
    said = sorted(process.stdout.readline().decode() for _ in range(2))
    assert said == sorted(
        f"Wayside answers at http://127.0.0.1:{place}\n" for place in (public, f"{desk}/desk/")
    )
    yield Started(process, public, desk)
    end(process)
    process.stdout.close()


@contextmanager
def stopped(pids: list[int]) -> Iterator[None]:
    """These processes stand still, as one that waits for something that never comes."""
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in reversed(pids):
            os.kill(pid, signal.SIGCONT)


def test_each_face_answers_at_its_own_port_and_neither_stops_the_other(started: Started) -> None:
    assert started.ask(started.public, "/en/1")[0] == 200
    assert started.ask(started.desk, "/") == (303, "/desk/")
    assert started.ask(started.public, "/desk/sign-in")[0] == 404
    assert started.ask(started.desk, "/en/1")[0] == 404
    with stopped(started.find("desk")):
        status, form = started.ask(started.public, "/en/5")
        assert status == 200
        assert re.search(r'name="t" value="[^"]+"', form)
    with stopped(started.find("public")):
        assert started.ask(started.desk, "/desk/sign-in")[0] == 200
    assert end(started.process) == 0
    for port in (started.public, started.desk):
        wait_for_port(port)


def test_a_face_that_dies_takes_the_others_with_it_and_is_named(started: Started) -> None:
    os.kill(started.find("desk")[0], signal.SIGKILL)
    assert started.process.wait(START) == 1
    assert started.process.stdout
    said = started.process.stdout.read().decode()
    assert "The desk ended by itself (by SIGKILL); stopping the rest." in said
    wait_for_port(started.public)
