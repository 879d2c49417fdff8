"""The real application in processes of its own, over an empty data folder, behind HTTPS."""

from __future__ import annotations

import os
import selectors
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.support.ports import free_port
from tests.support.tls import SITE_HOST, Certificate, HttpsServer, front_for

ROOT = Path(__file__).resolve().parents[2]
READY = b"Wayside answers at"
START = 180.0
"""Seconds that a server may take to start on a machine that does much else."""


class Site:
    """One running instance: `url` (HTTPS), `plain_url` (behind it), `data_dir`, its commands."""

    def __init__(
        self,
        data_dir: Path,
        certificate: Certificate,
        exit_url: str,
        settings: Mapping[str, str],
        founded: Path,
    ) -> None:
        """Start over a copy of the data folder `founded`, or over another database of its own."""
        self.target: HttpsServer | None = None
        self.data_dir = data_dir
        self.port = free_port()
        self.plain_url = f"http://127.0.0.1:{self.port}"
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("WAYSIDE_")}
        self.environ = {
            **inherited,
            "PYTHONUNBUFFERED": "1",
            "WAYSIDE_DATA_DIR": str(data_dir),
            "WAYSIDE_EXIT_URL": exit_url,
            "WAYSIDE_FACE": "both",
            "WAYSIDE_PORT": str(self.port),
            "WAYSIDE_PROXY_HOPS": "1",
            **settings,
        }
        self.log = data_dir.with_suffix(".log")
        self.worker_log = data_dir.with_suffix(".worker.log")
        if "WAYSIDE_DATABASE_URL" in settings:
            self.flask("init")
        else:
            shutil.copytree(founded, data_dir)
        self._web = self._start("-m", "webapp.serve")
        self.front = HttpsServer(SITE_HOST, certificate, front_for(self.port))
        self.url = self.front.url

    def flask(self, *arguments: str, feed: str | None = None) -> subprocess.CompletedProcess[str]:
        """Run one command of the command line to its end; fails when it fails."""
        return flask(self.environ, *arguments, feed=feed)

    @contextmanager
    def worker(self) -> Iterator[None]:
        """The worker runs inside the `with` block."""
        with self.worker_log.open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "flask", "--app", "wsgi", "worker"],
                cwd=ROOT,
                env=self.environ,
                stdout=log,
                stderr=log,
            )
        try:
            yield
        finally:
            end(process)

    def stop(self) -> None:
        """Stop the front and the web server."""
        self.front.stop()
        end(self._web)
        if self._web.stdout:
            self._web.stdout.close()

    def _start(self, *arguments: str) -> subprocess.Popen[bytes]:
        with self.log.open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, *arguments],
                cwd=ROOT,
                env=self.environ,
                stdout=subprocess.PIPE,
                stderr=log,
            )
        line = first_line(process, timeout=START)
        if not line.startswith(READY):
            end(process)
            raise AssertionError(f"the web server did not start: {line!r} {self.log.read_text()}")
        return process


def found(data_dir: Path) -> Path:
    """Make a data folder as `init` does, to be copied: it takes seconds."""
    flask({**os.environ, "WAYSIDE_DATA_DIR": str(data_dir)}, "init")
    return data_dir


def flask(
    environ: Mapping[str, str], *arguments: str, feed: str | None = None
) -> subprocess.CompletedProcess[str]:
    """Run one command of the command line to its end; fails when it fails."""
    done = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", *arguments],
        cwd=ROOT,
        env=environ,
        input=feed,
        capture_output=True,
        text=True,
        timeout=START,
    )
    if done.returncode:
        raise AssertionError(f"{' '.join(arguments)}: {done.stdout}{done.stderr}")
    return done


def first_line(process: subprocess.Popen[bytes], timeout: float) -> bytes:
    """The first line that `process` prints; empty when it ends or `timeout` seconds pass."""
    assert process.stdout is not None
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        if not selector.select(timeout):
            return b""
    return process.stdout.readline()


def end(process: subprocess.Popen[bytes], patience: float = START) -> int:
    """Ask `process` to stop, wait for it, and give its exit code."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
    try:
        return process.wait(patience)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        raise
