"""A real Redis on loopback that keeps nothing on a disk, as the README asks of whoever runs one."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from pathlib import Path

import pytest
from redis import Redis
from redis.exceptions import RedisError

from tests.support.ports import free_port

NAMES = ("redis-server", "valkey-server")
PATIENCE = 180.0
PAUSE = 0.05


class RedisServer:
    """One server, started when made; `url` is what `WAYSIDE_LIMITS_URL` takes."""

    def __init__(self, folder: Path) -> None:
        program = next(filter(None, map(shutil.which, NAMES)), None)
        if program is None:
            reason = "no Redis or Valkey: see scripts/test"
            if os.environ.get("CI") == "true":
                pytest.fail(reason)
            pytest.skip(reason)
        port = free_port()
        where = ("--bind", "127.0.0.1", "--port", str(port), "--dir", str(folder))
        kept = ("--save", "", "--appendonly", "no")
        self._process = subprocess.Popen([program, *where, *kept], stdout=subprocess.DEVNULL)
        self.url = f"redis://127.0.0.1:{port}/0"
        self.client = Redis.from_url(self.url)
        last = time.monotonic() + PATIENCE
        while not self._answers():
            assert time.monotonic() < last, "Redis did not start"
            time.sleep(PAUSE)

    def _answers(self) -> bool:
        try:
            return bool(self.client.ping())
        except RedisError:
            return False

    def everything(self) -> bytes:
        """All names and values that it holds."""
        names = self.client.keys("*")
        return b" ".join([*names, *(self.client.get(name) or b"" for name in names)])

    def stop(self) -> None:
        """End it; what it held is gone."""
        self.client.close()
        self._process.terminate()
        self._process.wait(PATIENCE)
