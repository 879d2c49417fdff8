"""The entry point by which other servers and every command start."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import pytest

ROOT = Path(__file__).resolve().parents[1]
VISIT = """
import os
os.umask(0o022)
import wsgi
print(wsgi.app.test_client().get("/up").status_code)
open(os.path.join(os.environ["WAYSIDE_DATA_DIR"], "made"), "w").close()
"""


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    made = tmp_path / "var"
    made.mkdir()
    return made


def visit(data_dir: Path, url: str) -> subprocess.CompletedProcess[str]:
    """What another server does: import the application and answer."""
    return subprocess.run(
        [sys.executable, "-c", VISIT],
        cwd=ROOT,
        env={
            **os.environ,
            "WAYSIDE_DATA_DIR": str(data_dir),
            "WAYSIDE_DATABASE_URL": url,
            "WAYSIDE_FACE": "both",
        },
        capture_output=True,
        text=True,
        timeout=300,
    )


def test_what_the_process_makes_is_read_by_its_owner_alone(data_dir: Path, sqlite_url: str) -> None:
    done = visit(data_dir, sqlite_url)
    assert done.stdout.strip() == "204", done.stderr
    made = list(data_dir.iterdir())
    assert data_dir / "made" in made
    assert {path.stat().st_mode & 0o077 for path in made} == {0}


def test_a_database_of_another_version_is_not_served(data_dir: Path, sqlite_url: str) -> None:
    with closing(sqlite3.connect(urlsplit(sqlite_url).path)) as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
        database.commit()
    done = visit(data_dir, sqlite_url)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("The database is at revision 9999, made by a newer Wayside")
    assert "Traceback" not in done.stderr
