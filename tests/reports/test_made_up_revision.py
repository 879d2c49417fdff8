"""The proof of revisions is able to fail: a second revision, made up, right and then wrong."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest
from alembic.util import CommandError
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from reports import db
from tests.support.revisions import Sample, fill, prove_one, read_all
from tests.support.samples import LATER_ID, SAMPLES
from tests.support.second import Put

SECOND = '''
"""One urgency more, one kind of finding more, and the turns of reports that have come in"""

import sqlalchemy as sa
from alembic import op

from reports import model

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def check(table, column, condition):
    name = op.f(f"ck_{table}_{column}")
    with op.batch_alter_table(table) as batch:
        batch.drop_constraint(name, type_="check")
        batch.create_check_constraint(name, condition)


def upgrade() -> None:
    check("report", "urgency", "urgency BETWEEN 0 AND 4")
    check("finding", "kind", "kind IN ('correction', 'assessment', 'trace', 'opinion')")
    with op.batch_alter_table("note") as batch:
        batch.add_column(sa.Column("length", sa.Integer(), nullable=False, server_default="0"))
    op.create_table(
        "turn",
        sa.Column("report_id", model.Id(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_turn_report_id")),
        sa.PrimaryKeyConstraint("report_id", name=op.f("pk_turn")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.execute("INSERT INTO turn SELECT id, 'new' FROM report WHERE status = 'received'")


def downgrade() -> None:
    op.drop_table("turn")
    with op.batch_alter_table("note") as batch:
        batch.drop_column("length")
    op.execute("DELETE FROM finding WHERE kind = 'opinion'")
    op.execute("DELETE FROM report WHERE urgency = 4")
    check("finding", "kind", "kind IN ('correction', 'assessment', 'trace')")
    check("report", "urgency", "urgency BETWEEN 0 AND 3")
'''
OTHER_ID = UUID("aa0e0d0c-0b0a-4908-8706-050403020100")
SAMPLE = Sample(
    {
        "finding": [{"id": OTHER_ID, "kind": "opinion"}],
        "report": [{"id": OTHER_ID, "status": "ready", "urgency": 4, "token_hash": None}],
        "turn": [{"report_id": LATER_ID, "reason": "danger"}],
    }
)
DROPPED = '    op.drop_table("turn")\n'
INSERTED = "INSERT INTO turn SELECT id, 'new' FROM report WHERE status = 'received'"
WRONG = {
    "a row goes on the way up": (INSERTED, "DELETE FROM legal_hold"),
    "a value goes on the way up": (INSERTED, "UPDATE report SET country = NULL"),
    "a row refers to nothing": (INSERTED, "DELETE FROM desk"),
    "a table is kept loosely": ("        sqlite_strict=True,\n", ""),
    "a table stays behind": (DROPPED, ""),
    "a column stays behind": ('        batch.drop_column("length")\n', "        pass\n"),
    "rows of before go with the new ones": ("WHERE kind = 'opinion'", "WHERE kind <> 'trace'"),
    "new rows do not go down": ("kind = 'opinion'", "kind = 'nothing'"),
    "a value goes on the way down": (
        DROPPED,
        f"{DROPPED}    op.execute(\"UPDATE report SET status = 'received'\")\n",
    ),
}


def first(url: str) -> Engine:
    """A database at the first revision, with rows in each of its tables."""
    engine = db.make_engine(url)
    db.upgrade(engine)
    fill(engine, SAMPLES["0001"])
    return engine


@pytest.fixture
def filled(bare_database_url: str, put_second: Put) -> Iterator[Engine]:
    engine = first(bare_database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def filled_sqlite(tmp_path: Path, put_second: Put) -> Iterator[Engine]:
    engine = first(f"sqlite:///{tmp_path / 'filled.db'}")
    yield engine
    engine.dispose()


def test_a_second_revision_that_is_right_is_proved(filled: Engine, put_second: Put) -> None:
    put_second(SECOND)
    prove_one(filled, "0002", "0001", SAMPLE)
    content = read_all(filled)
    assert {dict(row)["reason"] for row in content["turn"]} == {"new", "danger"}
    assert {dict(row)["urgency"] for row in content["report"]} == {1, 4}


@pytest.mark.parametrize(("right", "wrong"), WRONG.values(), ids=WRONG.keys())
def test_a_second_revision_that_is_wrong_is_not(
    filled_sqlite: Engine, put_second: Put, right: str, wrong: str
) -> None:
    assert SECOND.count(right) == 1
    put_second(SECOND.replace(right, wrong))
    with pytest.raises((AssertionError, CommandError, DBAPIError)):
        prove_one(filled_sqlite, "0002", "0001", SAMPLE)


def test_a_column_that_is_given_up_must_be_said(filled: Engine, put_second: Put) -> None:
    gone = """
    with op.batch_alter_table("note") as batch:
        batch.drop_column("day")
"""
    back = """
    with op.batch_alter_table("note") as batch:
        batch.add_column(sa.Column("day", model.Day(), nullable=False, server_default="2027-01-01"))
"""
    put_second(SECOND.replace("\n\ndef downgrade", f"{gone}\n\ndef downgrade") + back)
    with pytest.raises(AssertionError, match="0002: down"):
        prove_one(filled, "0002", "0001", SAMPLE)
    db.downgrade(filled, "base")
    db.upgrade(filled, "0001")
    fill(filled, SAMPLES["0001"])
    prove_one(filled, "0002", "0001", replace(SAMPLE, lost=frozenset({"note.day"})))


def test_a_revision_that_fails_leaves_everything_as_it_was(filled: Engine, put_second: Put) -> None:
    before = read_all(filled)
    put_second(SECOND.replace(INSERTED, "DELETE FROM desk"))
    with pytest.raises((CommandError, DBAPIError)):
        db.upgrade(filled)
    assert read_all(filled) == before
    with filled.connect() as connection, pytest.raises(IntegrityError):
        connection.execute(text("DELETE FROM desk"))
