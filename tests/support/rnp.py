"""RNP, the library of Thunderbird, as a contact point uses it: a home of its own.

Small on purpose: the few commands that its tests need.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest


class Rnp:
    """One person's RNP: makes keys, hands out the public half, reads mail."""

    def __init__(self, home: Path) -> None:
        self._home = home
        home.mkdir(mode=0o700)

    def generate(self, email: str) -> None:
        """Make a key without a passphrase."""
        self._run("rnpkeys", "--generate-key", "--userid", email)

    def export(self, email: str) -> bytes:
        return self._run("rnpkeys", "--export-key", email)

    def decrypt(self, encrypted: bytes) -> bytes:
        file = self._home / "message.asc"
        file.write_bytes(encrypted)
        return self._run("rnp", "--decrypt", str(file), "--output", "-")

    def _run(self, program: str, *arguments: str) -> bytes:
        asked = [program, "--homedir", str(self._home), "--password=", *arguments]
        done = subprocess.run(asked, capture_output=True, timeout=300)
        assert done.returncode == 0, done.stderr
        return done.stdout


def need_rnp() -> None:
    """Skip, and say so, where RNP is not installed; under CI=true that is a failure."""
    if shutil.which("rnp") is None:
        reason = "RNP is not installed (Debian: rnp): keys are not tried against it"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
