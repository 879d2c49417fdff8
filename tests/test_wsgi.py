"""The entry point by which other servers and every command start."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VISIT = """
import os
os.umask(0o022)
import wsgi
print(wsgi.app.test_client().get("/up").status_code)
"""


def test_what_the_process_makes_is_read_by_its_owner_alone(tmp_path: Path) -> None:
    data_dir = tmp_path / "var"
    data_dir.mkdir()
    done = subprocess.run(
        [sys.executable, "-c", VISIT],
        cwd=ROOT,
        env={**os.environ, "WAYSIDE_DATA_DIR": str(data_dir)},
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    assert done.stdout.strip() == "204"
    made = list(data_dir.iterdir())
    assert made
    assert {path.stat().st_mode & 0o077 for path in made} == {0}
