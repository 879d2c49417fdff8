"""Both engines: sessions, transactions and column types; SQLite as durable as promised."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session

from reports.db import begin_write, make_engine, make_session_factory, upgrade, upsert
from reports.model import Base, Desk, Id, IntakeHour, Lease, Membership

SOME_ID = UUID("0f0e0d0c-0b0a-4908-8706-050403020100")
OTHER_ID = UUID("1f1e1d1c-1b1a-4918-9716-151413121110")
A_MOMENT = datetime(2027, 3, 10, 11, 0, 0, 123_456, tzinfo=UTC)


def test_the_sqlite_tables_are_the_ones_of_the_models(tmp_path: Path) -> None:
    """Alembic compares neither STRICT nor WITHOUT ROWID, so the statements are compared here."""
    migrated, direct = (
        make_engine(f"sqlite:///{tmp_path / name}") for name in ("migrated", "direct")
    )
    upgrade(migrated)
    Base.metadata.create_all(direct)

    def options(engine: Engine) -> dict[str, tuple[int, int]]:
        with engine.connect() as connection:
            rows = connection.execute(text("PRAGMA table_list"))
            return {row.name: (row.wr, row.strict) for row in rows if row.schema == "main"}

    kept = options(migrated)
    assert {name for name in Base.metadata.tables if kept[name] != (1, 1)} == set()
    assert options(direct)["report"] == (1, 1)
    migrated.dispose()
    direct.dispose()


def test_sqlite_runs_with_the_pragmas_of_the_scheme(sqlite_url: str) -> None:
    engine = make_engine(sqlite_url)
    wanted = {
        "journal_mode": "delete",
        "synchronous": 3,
        "busy_timeout": 10_000,
        "foreign_keys": 1,
        "secure_delete": 1,
        "trusted_schema": 0,
        "temp_store": 2,
    }
    with engine.connect() as connection:
        for pragma, value in wanted.items():
            assert connection.execute(text(f"PRAGMA {pragma}")).scalar() == value
    engine.dispose()


def test_sessions_on_postgresql_survive_no_crash(postgres_url: str) -> None:
    engine = make_engine(postgres_url)
    query = text("SELECT relname FROM pg_class WHERE relpersistence = 'u' AND relkind = 'r'")
    with engine.connect() as connection:
        unlogged = set(connection.scalars(query))
    assert unlogged == {"staff_session", "reporter_session"}
    engine.dispose()


def test_a_writer_takes_the_lock_before_it_reads(sqlite_url: str) -> None:
    engine = make_engine(sqlite_url)
    other = sqlite3.connect(engine.url.database or "", timeout=0)
    with make_session_factory(engine)() as session:
        begin_write(session)
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
        session.rollback()
        other.execute("BEGIN IMMEDIATE")
    other.close()
    engine.dispose()


def test_writing_after_reading_does_not_fail_half_way(engine: Engine) -> None:
    with make_session_factory(engine)() as session:
        session.get(Desk, SOME_ID)
        begin_write(session)
        session.add(Desk(id=SOME_ID, name="be", country="BE", signature=b""))
        session.commit()


def test_foreign_keys_hold(session: Session) -> None:
    begin_write(session)
    session.add(Membership(desk_id=SOME_ID, staff_id=SOME_ID))
    with pytest.raises(IntegrityError):
        session.flush()


def test_strict_tables_refuse_the_wrong_type(sqlite_url: str) -> None:
    engine = make_engine(sqlite_url)
    with engine.connect() as connection, pytest.raises((IntegrityError, OperationalError)):
        connection.execute(text("INSERT INTO lease VALUES (1, 'not sixteen bytes', 'never')"))
    engine.dispose()


def test_moments_and_ids_come_back_as_they_went(session: Session) -> None:
    begin_write(session)
    session.add(Lease(name="tick", owner=SOME_ID, until=A_MOMENT))
    session.commit()
    session.expire_all()
    lease = session.get_one(Lease, "tick")
    assert lease.until == A_MOMENT
    assert lease.until.tzinfo is not None
    assert lease.owner == SOME_ID
    assert isinstance(Lease.__table__.c.owner.type, Id)


def test_an_upsert_inserts_and_returns_the_new_row(session: Session) -> None:
    begin_write(session)
    row = upsert(session, Lease, {"name": "purge", "owner": SOME_ID, "until": A_MOMENT})
    assert row is not None
    assert (row.name, row.owner, row.until) == ("purge", SOME_ID, A_MOMENT)


def test_an_upsert_without_a_change_leaves_the_row_that_is_there(session: Session) -> None:
    begin_write(session)
    held = Lease(name="purge", owner=SOME_ID, until=A_MOMENT)
    session.add(held)
    session.flush()
    fresh = {"name": "purge", "owner": OTHER_ID, "until": A_MOMENT}
    assert upsert(session, Lease, fresh) is None
    session.refresh(held)
    assert held.owner == SOME_ID


def test_an_upsert_changes_the_row_that_is_there_only_under_its_condition(
    session: Session,
) -> None:
    begin_write(session)
    change = {"owner": OTHER_ID, "until": A_MOMENT + timedelta(minutes=1)}
    fresh = {"name": "purge", "owner": SOME_ID, "until": A_MOMENT}
    assert upsert(session, Lease, fresh, change, Lease.owner == OTHER_ID) is not None
    assert upsert(session, Lease, fresh, change, Lease.owner == OTHER_ID) is None
    row = upsert(session, Lease, fresh, change, Lease.owner == SOME_ID)
    assert row is not None
    assert (row.owner, row.until) == (change["owner"], change["until"])


def test_an_upsert_counts_on_from_the_row_that_is_there(session: Session) -> None:
    begin_write(session)
    counted = [
        upsert(
            session,
            IntakeHour,
            {"key": b"k" * 32, "reports": 1},
            {"reports": IntakeHour.reports + 1},
        )
        for _ in range(3)
    ]
    assert [row.reports for row in counted if row] == [1, 2, 3]
