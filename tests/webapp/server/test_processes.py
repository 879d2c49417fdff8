"""The web server's processes on a real port: one that ends, restarts, hundreds that only begin."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from http.client import HTTPConnection
from pathlib import Path
from threading import Event

import pytest

from tests.support.ports import wait_for_port
from tests.support.served import Served, list_children
from tests.support.site import READY, ROOT, START, end, first_line
from webapp.server.request_body import MOST_BYTES
from webapp.site.form_body import MAX_FIELD

HALF = b"POST /en/5 HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\nf"
HANDED = 3
"""The number of a socket that is handed over (sd_listen_fds(3))."""
RESTARTS = 2
SOCKETS = 2048
"""Of this process, beside the files that it has open anyway."""


@pytest.fixture
def many_sockets() -> Iterator[None]:
    """Room for the connections of hundreds of people in this one process."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < SOCKETS:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(SOCKETS, hard), hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.fixture
def serve(tmp_path: Path, founded_data_dir: Path) -> Iterator[Callable[..., Served]]:
    """A web server that is not started yet: `serve(WAYSIDE_PROCESSES="2")`."""
    made: list[Served] = []

    def make(**settings: str) -> Served:
        made.append(Served(tmp_path / f"site{len(made)}", WAYSIDE_LANGUAGES="en", **settings))
        shutil.copytree(founded_data_dir, made[-1].data_dir)
        return made[-1]

    yield make
    for each in made:
        each.stop()


def until(true: Callable[[], object]) -> None:
    """Wait for something that comes a moment later."""
    latest = time.monotonic() + START
    while not true():
        assert time.monotonic() < latest, "it never came"
        time.sleep(0.02)


def test_a_process_that_is_killed_is_replaced_and_all_end_with_the_first(
    serve: Callable[..., Served],
) -> None:
    site = serve(WAYSIDE_PROCESSES="3").start()
    until(lambda: len(site.pids) == 4)
    killed = site.pids[1]
    os.kill(killed, signal.SIGKILL)
    until(lambda: len(site.pids) == 4 and killed not in site.pids)
    assert site.get("/en/1").status == 200
    os.kill(site.pids[0], signal.SIGKILL)
    wait_for_port(site.port)


def test_a_taken_port_is_said_in_one_sentence(serve: Callable[..., Served]) -> None:
    site = serve().start()
    asked = [sys.executable, "-m", "webapp.serve"]
    told = subprocess.run(asked, cwd=ROOT, env=site.environ, capture_output=True, check=False)
    assert (told.returncode, told.stdout) == (1, b"")
    assert told.stderr.decode() == (
        f"Port {site.port} cannot be used (Address already in use); set WAYSIDE_PORT.\n"
    )


def test_what_is_on_its_way_when_a_stop_is_asked_for_is_answered(
    serve: Callable[..., Served],
) -> None:
    site = serve(WAYSIDE_PROCESSES="1").start()
    with socket.create_connection(("127.0.0.1", site.port), START) as line:
        line.sendall(HALF.replace(b"1000", b"5"))
        until(lambda: is_taken(site))
        os.kill(site.pids[0], signal.SIGTERM)
        until(lambda: not listens(site.port))
        line.sendall(b"1=BE")
        assert line.recv(65_536).startswith(b"HTTP/1.1 200")
    site.stop()


def is_taken(site: Served) -> bool:
    """Whether a connection has got as far as a process that serves: until then it has no inode."""
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return any(
        row[1].endswith(f":{site.port:04X}") and row[3] == "01" and row[9] != "0" for row in rows
    )


def listens(port: int) -> bool:
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return any(row[3] == "0A" and row[1].endswith(f":{port:04X}") for row in rows)


@pytest.mark.usefixtures("many_sockets")
def test_hundreds_who_only_begin_keep_nobody_out(serve: Callable[..., Served]) -> None:
    site = serve(WAYSIDE_PROCESSES="2").start()
    for people, sent in ((900, HALF), (300, b""), (300, HALF[:30])):
        with ExitStack() as held:
            for _ in range(people):
                line = socket.create_connection(("127.0.0.1", site.port), START)
                held.enter_context(line)
                line.sendall(sent)
            for path in ("/en/1", "/en/5", "/desk/sign-in"):
                assert site.get(path).status == 200


def test_a_restart_behind_a_socket_that_stays_open_loses_no_request(
    serve: Callable[..., Served],
) -> None:
    """As systemd's socket unit does it: requests wait in the socket while nobody serves."""
    site = serve(WAYSIDE_PROCESSES="2")
    with socket.create_server(("127.0.0.1", site.port), backlog=512) as listening:
        running = start_behind(site, listening)
        stop = Event()
        with ThreadPoolExecutor(4) as people:
            asking = [people.submit(ask_until, stop, site.port) for _ in range(4)]
            for _ in range(RESTARTS):
                until(lambda: site_answers(site))
                end(running)
                running = start_behind(site, listening)
            until(lambda: site_answers(site))
            stop.set()
            told = [each.result() for each in asking]
        end(running)
    assert min(told) > 0


def test_an_older_server_gives_way_to_a_newer_one_and_loses_no_request(
    serve: Callable[..., Served],
) -> None:
    site = serve(WAYSIDE_PROCESSES="1").start()
    until(lambda: len(site.pids) == 2)
    older, its_own = site.pids
    stop = Event()
    with ThreadPoolExecutor(2) as people:
        asking = [people.submit(ask_until, stop, site.port) for _ in range(2)]
        os.kill(older, signal.SIGUSR2)
        until(lambda: len(site.pids) == 4)
        newer = next(pid for pid in list_children(older) if pid != its_own)
        until(lambda: site_answers(site))
        site.stop()
        for _ in range(5):
            assert site_answers(site)
        stop.set()
        told = [each.result() for each in asking]
    os.kill(newer, signal.SIGTERM)
    wait_for_port(site.port)
    assert min(told) > 0


def test_the_head_of_a_page_is_as_long_on_the_wire_whatever_its_status(
    serve: Callable[..., Served],
) -> None:
    site = serve(WAYSIDE_PROCESSES="1").start()
    asked = {
        "GET /en/1": b"",
        "GET /en/zz": b"",
        "PUT /en/1": b"",
        "POST /en/5": b"&".join([b"a" * MAX_FIELD] * 8),
        "POST /en/6": b"a" * (MOST_BYTES + 1),
    }
    heads: dict[str, tuple[int, int]] = {}
    for line, body in asked.items():
        told = f"{line} HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: {len(body)}"
        # Somebody who sends everything first, as most do, still hears the answer.
        head = site.raw(told.encode() + b"\r\n\r\n" + body).partition(b"\r\n\r\n")[0]
        heads[line] = int(head.split()[1]), len(head)
    assert [status for status, _ in heads.values()] == [200, 404, 405, 413, 413]
    assert len({length for _, length in heads.values()}) == 1, heads


def start_behind(site: Served, listening: socket.socket) -> subprocess.Popen[bytes]:
    """A server that is handed the socket; the shell has the process id that the server will."""
    own = 'LISTEN_FDS=1 LISTEN_PID=$$ exec "$0" -m webapp.serve'
    running = subprocess.Popen(
        ["/bin/sh", "-c", own, sys.executable],
        cwd=ROOT,
        env=site.environ,
        stdout=subprocess.PIPE,
        preexec_fn=lambda: os.dup2(listening.fileno(), HANDED),
        pass_fds=(HANDED,),
    )
    assert first_line(running, timeout=START).startswith(READY)
    assert running.stdout
    running.stdout.close()
    assert list_children(running.pid) is not None
    return running


def site_answers(site: Served) -> bool:
    return site.get("/en/1").status == 200


def ask_until(stop: Event, port: int) -> int:
    """Ask again and again on new connections; how often. Raises where one got no page."""
    asked = 0
    while not stop.is_set():
        connection = HTTPConnection("127.0.0.1", port, timeout=START)
        connection.request("GET", "/en/1", headers={"Connection": "close"})
        assert connection.getresponse().read()
        connection.close()
        asked += 1
    return asked
