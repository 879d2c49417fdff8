"""How long PostgreSQL is waited for, and that each end of the waiting is one kind of failure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import Engine, TextClause, make_url, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from reports import patience
from reports.db import begin_write, make_engine, make_session_factory
from reports.patience import REQUEST, UPGRADE, WORKER, Patience, allow_time, build_connect_args
from tests.support.postgres import PostgresServer

SHORT = Patience(statement=1, lock=1, idle=60)
LIMITS = tuple(REQUEST.limits)


@pytest.fixture
def hurried(postgres_url: str) -> Iterator[Engine]:
    """An engine that waits for no more than a second."""
    engine = make_engine(postgres_url, SHORT)
    yield engine
    engine.dispose()


def limits(engine: Engine) -> list[str]:
    with engine.connect() as connection:
        return [str(connection.scalar(text(f"SHOW {name}"))) for name in LIMITS]


def take(session: Session, taken: TextClause) -> None:
    begin_write(session)
    session.execute(taken)


def test_a_request_and_the_worker_have_limits_of_their_own(postgres_url: str) -> None:
    for chosen, told in ((REQUEST, ["15s", "10s", "2min"]), (WORKER, ["2min", "1min", "3min"])):
        engine = make_engine(postgres_url, chosen)
        assert limits(engine) == told
        engine.dispose()


def test_what_the_address_says_itself_is_left_alone() -> None:
    url = make_url("postgresql+psycopg://h/d?connect_timeout=7&options=-c%20lock_timeout%3D1s")
    told = build_connect_args(url, REQUEST)
    assert "connect_timeout" not in told
    assert told["options"].endswith("-c lock_timeout=1s")
    assert told["tcp_user_timeout"] == patience.HOST * 1000


def test_long_work_is_allowed_by_name_and_for_one_connection_alone(postgres_url: str) -> None:
    engine = make_engine(postgres_url)
    with engine.connect() as connection:
        allow_time(connection, UPGRADE)
        assert connection.scalar(text("SHOW statement_timeout")) == "0"
        # It outlives the end of a transaction: an upgrade has many.
        connection.commit()
        assert connection.scalar(text("SHOW statement_timeout")) == "0"
    assert limits(engine) == ["15s", "10s", "2min"]
    engine.dispose()


def test_on_sqlite_long_work_needs_no_leave(sqlite_url: str) -> None:
    engine = make_engine(sqlite_url)
    with engine.connect() as connection:
        allow_time(connection, UPGRADE)
    engine.dispose()


def test_a_statement_that_takes_too_long_is_ended(hurried: Engine) -> None:
    with hurried.connect() as connection, pytest.raises(OperationalError):
        connection.execute(text("SELECT pg_sleep(60)"))


def test_a_lock_that_is_held_is_one_failure_on_both_databases(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reports.db._PRAGMAS", ("busy_timeout=100",))
    engine = make_engine(database_url, SHORT)
    taken = text("UPDATE lease SET name = 'purge'")
    if engine.dialect.name == "postgresql":
        taken = text("LOCK TABLE lease")
    sessions = make_session_factory(engine)
    with sessions() as holder, sessions() as other:
        take(holder, taken)
        with pytest.raises(OperationalError):
            take(other, taken)
    engine.dispose()


def test_a_transaction_that_lies_idle_is_ended_as_by_a_silent_database(postgres_url: str) -> None:
    engine = make_engine(postgres_url, replace(REQUEST, idle=1))
    with engine.connect() as connection:
        connection.execute(text("SELECT 1"))
        backend = connection.scalar(text("SELECT pg_backend_pid()"))
        with engine.connect() as watcher:
            gone = text("SELECT count(*) = 0 FROM pg_stat_activity WHERE pid = :pid")
            while not watcher.scalar(gone, {"pid": backend}):
                watcher.rollback()
        with pytest.raises(OperationalError):
            connection.execute(text("SELECT 1"))
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT 1")) == 1
    engine.dispose()


def test_a_server_that_stands_still_is_given_up_and_found_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(patience, "CONNECT", 2)
    monkeypatch.setattr(patience, "MARGIN", 0.1)
    server = PostgresServer()
    engine = make_engine(server.url(server.create()), SHORT)
    try:
        with engine.connect() as held, server.frozen():
            with pytest.raises(OperationalError):
                held.execute(text("SELECT 1"))
            with pytest.raises(OperationalError):
                engine.connect()
        with engine.connect() as connection:
            assert connection.scalar(text("SELECT 1")) == 1
            connection.rollback()
            with server.frozen(), pytest.raises(OperationalError):
                connection.execute(text("SELECT 1"))
    finally:
        engine.dispose()
        server.stop()
