"""Engines, sessions and the schema, the same on SQLite and on PostgreSQL.

Nothing here commits. A writer calls `begin_write` first: SQLite then takes its write lock at once
(`BEGIN IMMEDIATE`), so that a transaction that read before never fails half-way for want of it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from alembic import command
from alembic.config import Config as AlembicConfig
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Row,
    create_engine,
    event,
    func,
    inspect,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session, sessionmaker

from reports.errors import SchemaMissing, SchemaNewer, SchemaOlder
from reports.model.base import Base
from reports.patience import (
    REQUEST,
    UPGRADE,
    Patience,
    allow_time,
    build_connect_args,
    limit_waiting,
)
from reports.triage.turns.turn_beginner import begin_turns
from reports.triage.turns.turn_keeper import keep_turns

MIGRATIONS = Path(__file__).parent / "migrations"

_MIGRATING: Final = 0x57617973696464
"""PostgreSQL's advisory lock of who changes the schema."""
_SHOWN: Final = "shown to the database"
_PRAGMAS = (
    # Why: docs/security-parameters.md#SP-3.3.
    "journal_mode=DELETE",
    "synchronous=EXTRA",
    "busy_timeout=10000",
    "foreign_keys=ON",
    "secure_delete=ON",
    "trusted_schema=OFF",
    "temp_store=MEMORY",
)


def make_engine(url: str, patience: Patience = REQUEST) -> Engine:
    """An engine for `url` with the durability that an acknowledgement relies on.

    `patience` says how long PostgreSQL is waited for.
    """
    # Of a connection that ended badly the pool tells with the driver's own words, in which rows may
    # stand. Whoever used it hears the failure.
    logging.getLogger("sqlalchemy.pool").setLevel(logging.CRITICAL + 1)
    named = make_url(url)
    if named.get_backend_name() != "sqlite":
        told = build_connect_args(named, patience)
        engine = create_engine(url, pool_pre_ping=True, hide_parameters=True, connect_args=told)
        limit_waiting(engine, patience)
        return engine
    engine = create_engine(url, hide_parameters=True)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def make_session_factory(engine: Engine, *, begins_turns: bool = False) -> sessionmaker[Session]:
    """Sessions whose objects stay readable after a commit.

    Each commit leaves the stored turns right (`reports.triage.turns.turn_keeper`), or only begins
    them, for the process of the public site (`reports.triage.turns.turn_beginner`).
    """
    factory = sessionmaker(engine, expire_on_commit=False)
    if begins_turns:
        begin_turns(factory)
    else:
        keep_turns(factory)
    event.listen(factory, "after_begin", _show_again)
    return factory


def begin_write(session: Session) -> None:
    """Start a write transaction on `session`; what it read before is read anew."""
    if session.in_transaction():
        session.rollback()
    session.connection(execution_options={"wayside_write": True})


def end_reading(session: Session) -> None:
    """End a transaction that only reads, so that it holds up no writer; one that writes goes on."""
    if session.in_transaction():
        options = session.connection().get_execution_options()
        if not options.get("wayside_write", False):
            session.rollback()


def show(session: Session, name: str, value: str) -> None:
    """Shows PostgreSQL a secret under the name of a setting, for its rules on rows.

    It ends with the transaction; each further one of the session shows it again. Other engines are
    shown nothing.
    """
    if session.get_bind().dialect.name != "postgresql":
        return
    fresh = not session.in_transaction()
    session.info.setdefault(_SHOWN, {})[name] = value
    connection = session.connection()  # a transaction that begins here shows all of it by itself
    if not fresh:
        _set_for_transaction(connection, name, value)


def upsert(
    session: Session,
    kind: type[Base],
    fresh: Mapping[str, Any],
    change: Mapping[str, Any] | None = None,
    only_if: ColumnElement[bool] | None = None,
) -> Row[Any] | None:
    """Inserts the row `fresh` of `kind`, or changes the one that has its primary key.

    One statement decides, so that of two that come at once the second waits and then finds the row
    of the first. `change` holds the new values of a row that is there, which may be expressions
    over its columns; without it such a row stays as it is. `only_if` must hold for a row to be
    changed. Returns the row as it then stands, or None when nothing was written.
    """
    postgres = session.get_bind().dialect.name == "postgresql"
    wanted = (postgresql.insert if postgres else sqlite.insert)(kind).values(fresh)
    mapped = inspect(kind)
    if change is None:
        wanted = wanted.on_conflict_do_nothing(index_elements=mapped.primary_key)
    else:
        wanted = wanted.on_conflict_do_update(
            index_elements=mapped.primary_key, set_=change, where=only_if
        )
    return session.execute(wanted.returning(*mapped.columns)).first()


def get_head_revision() -> str:
    """The newest revision of the schema."""
    return _scripts().get_current_head() or ""


def list_revisions() -> list[str]:
    """Every revision that this version knows, the newest first."""
    return [script.revision for script in _scripts().walk_revisions()]


def require_head(engine: Engine) -> None:
    """Return when the schema of the database is at our newest revision.

    Raises `SchemaMissing`, `SchemaOlder` or `SchemaNewer`, and SQLAlchemy's `OperationalError` when
    the database does not answer.
    """
    scripts, found = _scripts(), _revision(engine)
    needed = scripts.get_current_head() or ""
    if not found:
        raise SchemaMissing(found, needed)
    if found not in list_revisions():
        raise SchemaNewer(found, needed)
    if found != needed:
        raise SchemaOlder(found, needed)


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Bring the schema to `revision` by migration; nothing happens when it is there.

    Raises `SchemaNewer` when a newer version has been here.
    """
    with suppress(SchemaMissing, SchemaOlder):
        require_head(engine)
    _migrate(engine, command.upgrade, revision)


def downgrade(engine: Engine, revision: str) -> None:
    """Take the schema back to `revision`."""
    _migrate(engine, command.downgrade, revision)


def _show_again(session: Session, _transaction: Any, connection: Connection) -> None:
    for name, value in session.info.get(_SHOWN, {}).items():
        _set_for_transaction(connection, name, value)


def _set_for_transaction(connection: Connection, name: str, value: str) -> None:
    connection.execute(select(func.set_config(name, value, True)))


def _migrate(engine: Engine, way: Callable[[AlembicConfig, str], None], revision: str) -> None:
    """One process at a time: whoever comes second finds the schema that the first has left."""
    config = _alembic()
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            # SQLite changes a table by making it anew, which rows that refer to it would forbid.
            # All references are checked before the commit (migrations/env.py), and the connection
            # that went without ends here.
            connection.detach()
            connection.connection.execute("PRAGMA foreign_keys=OFF")
            connection.execution_options(wayside_write=True)
            connection.begin()
        else:
            allow_time(connection, UPGRADE)
            connection.commit()
            connection.execute(select(func.pg_advisory_xact_lock(_MIGRATING)))
        config.attributes["connection"] = connection
        way(config, revision)


def _revision(engine: Engine) -> str:
    """What the database says of itself; empty where no migration has run."""
    url = engine.url
    plain = url.get_backend_name() == "sqlite" and url.database and not url.query
    if plain and not Path(url.database or "").exists():
        return ""  # connecting would make the file
    with engine.connect() as connection:
        return ",".join(MigrationContext.configure(connection).get_current_heads())


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(_alembic())


def _alembic() -> AlembicConfig:
    config = AlembicConfig()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config


def _prepare_sqlite(raw: Any, _record: object) -> None:
    # The driver must not begin transactions of its own: see _begin_sqlite.
    raw.isolation_level = None
    cursor = raw.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writing = connection.get_execution_options().get("wayside_write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")
