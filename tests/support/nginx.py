"""A real nginx with the configuration that docs/deploy gives away, over an export and a server."""

from __future__ import annotations

import http.server
import os
import re
import shutil
import socket
import ssl
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import ClassVar

import pytest

from tests.support.ports import free_port
from tests.support.site import ROOT, end
from tests.support.tls import SITE_HOST, Certificate

DEPLOY = ROOT / "docs/deploy"
ONION = "wayside.onion"
STRANGER = "X-Stranger"
"""A header by which a test says from which address it comes."""
WHOLE = """
daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log warn; worker_processes 1;
events {{ worker_connections 256; }}
http {{
  client_body_temp_path {folder}/a; proxy_temp_path {folder}/b; fastcgi_temp_path {folder}/c;
  uwsgi_temp_path {folder}/d; scgi_temp_path {folder}/e;
  set_real_ip_from 127.0.0.1; real_ip_header {stranger};
  include {folder}/nginx.conf-public; include {folder}/nginx.conf-desk;
}}
"""
PATIENCE = 60.0
DESK_HOST = "desk.test"


def find() -> str:
    """The program; a machine without it skips the test, and fails where CI=true."""
    found = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
    if found is None:
        reason = "no nginx: see scripts/test"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return found


class Nginx:
    """nginx, as a user without rights, with the configuration of docs/deploy.

    It serves the export in `export` and stands in front of the server on `app_port`; the desk is on
    `desk_port`. Its own ports: `port` (TLS), `plain_port`, and `onion_port` for Tor.
    """

    def __init__(
        self, export: Path, app_port: int, certificate: Certificate, desk_port: int = 1
    ) -> None:
        self.port, self.plain_port, self.onion_port = free_port(), free_port(), free_port()
        self.url = f"https://{SITE_HOST}:{self.port}"
        self.folder = Path(tempfile.mkdtemp(prefix="nginx-"))
        self.folder.chmod(0o755)
        key = self.folder / "certificate.pem"
        key.write_bytes(certificate.file.read_bytes())
        own = {
            "/srv/wayside": str(export),
            "/etc/nginx/wayside": str(self.folder),
            "127.0.0.1:8000": f"127.0.0.1:{app_port}",
            "127.0.0.1:8001": f"127.0.0.1:{desk_port}",
            "127.0.0.1:8090": f"127.0.0.1:{self.onion_port}",
            "listen 443 ssl": f"listen 127.0.0.1:{self.port} ssl",
            "listen 80": f"listen 127.0.0.1:{self.plain_port}",
            "desk.wayside.example": DESK_HOST,
            "wayside.example": SITE_HOST,
            "wayside.onion": ONION,
            "/etc/ssl/wayside.pem": str(key),
        }
        for given, name in (
            ("nginx.conf", "nginx.conf-public"),
            ("nginx-desk.conf", "nginx.conf-desk"),
            ("nginx-locations.conf", "nginx-locations.conf"),
        ):
            text = re.sub(r"\n *listen \[::\][^\n]*", "", (DEPLOY / given).read_text())
            for word, instead in own.items():
                text = text.replace(word, instead)
            (self.folder / name).write_text(text)
        whole = re.sub(r"\n\s*", "\n", WHOLE).format(folder=self.folder, stranger=STRANGER)
        (self.folder / "nginx.conf").write_text(whole)
        nobody = {"user": "nobody", "group": "nogroup"} if os.geteuid() == 0 else {}
        for file in [self.folder, *self.folder.iterdir()] if nobody else []:
            shutil.chown(file, **nobody)
        self._process = subprocess.Popen(
            [find(), "-p", self.folder, "-c", self.folder / "nginx.conf"],
            extra_groups=[] if nobody else None,
            **nobody,
        )
        last = time.monotonic() + PATIENCE
        while time.monotonic() < last and self._process.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                time.sleep(0.05)
        end(self._process)
        raise AssertionError(f"nginx did not start: {(self.folder / 'error.log').read_text()}")

    def stop(self) -> None:
        end(self._process)
        shutil.rmtree(self.folder)

    def connect(self, name: str | None = SITE_HOST, *, tls: bool = True) -> socket.socket:
        """A connection that asks for the host `name` in its handshake, or for none."""
        plain = socket.create_connection(("127.0.0.1", self.port if tls else self.plain_port), 30)
        if not tls:
            return plain
        trusting = ssl.create_default_context()
        trusting.check_hostname = False
        trusting.verify_mode = ssl.CERT_NONE
        return trusting.wrap_socket(plain, server_hostname=name)


@dataclass(frozen=True)
class Raw:
    """One answer as it came: every byte of its head, and its body."""

    status: int
    head: bytes
    body: bytes

    @property
    def headers(self) -> dict[str, str]:
        """By name in small letters."""
        lines = self.head.decode("latin-1").split("\r\n")[1:]
        pairs = (line.partition(":") for line in lines if line)
        return {name.lower(): value.strip() for name, _, value in pairs}

    @property
    def size(self) -> int:
        """Bytes of all of it."""
        return len(self.head) + len(self.body)


def read_answer(connection: socket.socket) -> Raw | None:
    """One answer from a connection; None where it was closed without a word."""
    came = b""
    while b"\r\n\r\n" not in came:
        try:
            piece = connection.recv(65_536)
        except ConnectionResetError:
            piece = b""
        if not piece:
            return None
        came += piece
    head, _, body = came.partition(b"\r\n\r\n")
    answer = Raw(int(head.split(b" ", 2)[1]), head + b"\r\n\r\n", b"")
    length = int(answer.headers.get("content-length", "0"))
    while len(body) < length:
        piece = connection.recv(65_536)
        if not piece:
            break
        body += piece
    return replace(answer, body=body)


def ask(
    connection: socket.socket, method: str, path: str, body: bytes = b"", **headers: str
) -> Raw | None:
    """One request on a connection that stays open, and its answer; `Accept_Encoding` for
    `Accept-Encoding`."""
    told = {"Host": SITE_HOST, **{k.replace("_", "-"): v for k, v in headers.items()}}
    if body or method == "POST":
        told |= {"Content-Length": told.get("Content-Length", str(len(body)))}
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in told.items())]
    connection.sendall("\r\n".join([*lines, "", ""]).encode() + body)
    return read_answer(connection)


class Noted(http.server.BaseHTTPRequestHandler):
    """Answers everything, and keeps what came."""

    protocol_version = "HTTP/1.1"
    seen: ClassVar[list[tuple[str, dict[str, str]]]] = []

    def do_GET(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        type(self).seen.append((self.path, headers))
        self.send_response_only(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    do_POST = do_GET

    def log_message(self, *_: object) -> None:
        """Keep no log."""


@contextmanager
def start_noting() -> Iterator[int]:
    """A server that notes what reaches it; its port."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Noted)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join(30)
    server.server_close()
