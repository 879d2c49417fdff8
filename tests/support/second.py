"""A revision that is made up, as a version of Wayside that does not exist yet has it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from reports import db

Put = Callable[[str], None]
PutNext = Callable[[], str]

EMPTY = '''
"""Nothing but a number"""

revision = "{next}"
down_revision = "{newest}"
branch_labels = None
depends_on = None


def upgrade() -> None: ...


def downgrade() -> None: ...
'''


@pytest.fixture
def put_second(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Put:
    """There is the first revision alone, until `put_second(source)` puts another behind it."""
    later = shutil.ignore_patterns("000[2-9]*", "00[1-9]*")
    folder = shutil.copytree(db.MIGRATIONS, tmp_path / "migrations", ignore=later)
    monkeypatch.setattr(db, "MIGRATIONS", folder)

    def put(source: str) -> None:
        (folder / "versions" / "0002_made_up.py").write_text(source)

    return put


@pytest.fixture
def put_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PutNext:
    """`put_next()` puts a revision that changes nothing behind our newest; its number."""
    folder = shutil.copytree(db.MIGRATIONS, tmp_path / "migrations")
    monkeypatch.setattr(db, "MIGRATIONS", folder)

    def put() -> str:
        newest = db.get_head_revision()
        number = f"{int(newest) + 1:04}"
        source = EMPTY.format(next=number, newest=newest)
        (folder / "versions" / f"{number}_made_up.py").write_text(source)
        return number

    return put
