"""A real nginx with the configuration that docs/deploy gives away, over an export and a server."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import time
from pathlib import Path

import pytest

from tests.support.ports import free_port
from tests.support.site import ROOT, end
from tests.support.tls import SITE_HOST, Certificate

CONFIGURATION = ROOT / "docs/deploy/nginx.conf"
WHOLE = """
daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log warn; worker_processes 1; {user}
events {{ worker_connections 128; }}
http {{
  client_body_temp_path {folder}/a; proxy_temp_path {folder}/b; fastcgi_temp_path {folder}/c;
  uwsgi_temp_path {folder}/d; scgi_temp_path {folder}/e;
  include {folder}/wayside.conf;
}}
"""
PATIENCE = 60.0


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
    """nginx at `url` in front of the server on `app_port`, serving the export in `export`."""

    def __init__(self, folder: Path, export: Path, app_port: int, certificate: Certificate) -> None:
        self.port = free_port()
        self.url = f"https://{SITE_HOST}:{self.port}"
        text = CONFIGURATION.read_text()
        for given, own in (
            ("/srv/wayside", str(export)),
            ("127.0.0.1:8000", f"127.0.0.1:{app_port}"),
            ("listen 443 ssl", f"listen 127.0.0.1:{self.port} ssl"),
            ("wayside.example", SITE_HOST),
            ("/etc/ssl/wayside.pem", str(certificate.file)),
        ):
            assert given in text
            text = text.replace(given, own)
        folder.mkdir()
        (folder / "wayside.conf").write_text(text)
        user = "user root;" if os.geteuid() == 0 else ""
        whole = re.sub(r"\n\s*", "\n", WHOLE).format(folder=folder, user=user)
        (folder / "nginx.conf").write_text(whole)
        self._process = subprocess.Popen([find(), "-p", folder, "-c", folder / "nginx.conf"])
        last = time.monotonic() + PATIENCE
        while time.monotonic() < last and self._process.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                time.sleep(0.05)
        end(self._process)
        raise AssertionError(f"nginx did not start: {(folder / 'error.log').read_text()}")

    def stop(self) -> None:
        end(self._process)
