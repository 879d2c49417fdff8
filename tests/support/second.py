"""A second revision that is made up, as a version of Wayside that does not exist yet has it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from reports import db

Put = Callable[[str], None]

EMPTY = '''
"""Nothing but a number"""

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None: ...


def downgrade() -> None: ...
'''


@pytest.fixture
def put_second(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Put:
    """There is the first revision alone, until `put_second(EMPTY)` puts another behind it."""
    later = shutil.ignore_patterns("000[2-9]*", "00[1-9]*")
    folder = shutil.copytree(db.MIGRATIONS, tmp_path / "migrations", ignore=later)
    monkeypatch.setattr(db, "MIGRATIONS", folder)

    def put(source: str) -> None:
        (folder / "versions" / "0002_made_up.py").write_text(source)

    return put
