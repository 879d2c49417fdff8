"""Revisions of the schema, proved with data: up, down and up again, one after the other.

Every table holds rows before the next revision comes: a `Sample` says which, and what it leaves out
is filled by the type of the column.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from alembic.config import Config
from alembic.script import Script, ScriptDirectory
from sqlalchemy import (
    Boolean,
    Column,
    Date,
    DateTime,
    Dialect,
    Engine,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    Uuid,
    event,
)

from reports import db
from reports.model import Id

SOME_ID = UUID("0f0e0d0c-0b0a-4908-8706-050403020100")
A_DAY = date(2027, 3, 10)
BY_TYPE: Sequence[tuple[type, object]] = (
    (LargeBinary, SOME_ID.bytes),
    (Uuid, SOME_ID),
    (Date, A_DAY),
    (DateTime, datetime(2027, 3, 10, 11, tzinfo=UTC)),
    (Boolean, True),
    (Integer, 1),
    (Text, A_DAY.isoformat()),
)
"""All ids are one id, so that whatever refers to a row finds it."""
LEDGER = "alembic_version"
REMADE = "_alembic_tmp_"

Row = tuple[tuple[str, Any], ...]
Content = dict[str, set[Row]]


@dataclass(frozen=True)
class Sample:
    """What the tables hold once a revision has come.

    `rows` gives some columns of the rows of a table; a table that it does not name, and that is
    empty, gets one row. `lost` are the columns, as `table.column`, that going down cannot bring
    back: where an older column was given up for good; a name alone stands for all rows of a table.
    """

    rows: Mapping[str, Sequence[Mapping[str, object]]] = field(default_factory=dict)
    lost: frozenset[str] = frozenset()


def list_revisions() -> list[Script]:
    """Every revision, the first one first."""
    config = Config()
    config.set_main_option("script_location", str(db.MIGRATIONS))
    return list(ScriptDirectory.from_config(config).walk_revisions())[::-1]


def prove(engine: Engine, samples: Mapping[str, Sample]) -> None:
    """Walk an empty database through all revisions; whatever is lost or left behind fails."""
    below = "base"
    for script in list_revisions():
        prove_one(engine, script.revision, below, samples[script.revision])
        below = script.revision


def prove_one(engine: Engine, name: str, below: str, sample: Sample) -> None:
    """Prove one revision over a database that is at the one `below` it, with rows.

    It goes up over these rows, down, which gives back what was there, and up again, which gives the
    same as before. With rows of its own it goes down and up once more: those may go, and no other.
    """
    before = read_all(engine)
    after = move(engine, db.upgrade, name)
    down = move(engine, db.downgrade, below)
    assert without(down, sample.lost) == without(before, sample.lost), f"{name}: down"
    again = move(engine, db.upgrade, name)
    assert without(again, sample.lost) == without(after, sample.lost), f"{name}: up again"
    fill(engine, sample)
    down = move(engine, db.downgrade, below)
    assert_kept(without(before, sample.lost), without(down, sample.lost), f"{name}: down, full")
    again = move(engine, db.upgrade, name)
    assert_kept(without(after, sample.lost), without(again, sample.lost), f"{name}: up, full")
    fill(engine, sample)


def move(engine: Engine, way: Callable[[Engine, str], None], revision: str) -> Content:
    """Go one way; what is there then. Every table of SQLite is kept as ours are."""
    way(engine, revision)
    tables = reflect(engine)
    loose = {name for name, table in tables.items() if not is_ours(table)}
    assert engine.dialect.name != "sqlite" or not loose, "table options"
    return read(engine, tables)


def is_ours(table: Table) -> bool:
    """Whether SQLite keeps it without row ids, and refuses values of the wrong type."""
    options = table.dialect_options["sqlite"]
    return bool(options["strict"]) and not options["with_rowid"]


def fill(engine: Engine, sample: Sample) -> None:
    """Put rows into every table that is empty, and those of the sample that are not there."""
    tables, dialect = reflect(engine), engine.dialect
    unknown = sample.rows.keys() - tables.keys()
    assert not unknown, f"the sample has rows for {unknown}"
    with engine.begin() as connection:
        for name, table in tables.items():
            there = set(connection.execute(table.select().with_only_columns(*table.primary_key)))
            rows = sample.rows.get(name, () if there else ({},))
            for given in rows:
                row = {each.name: value_of(each, given, dialect) for each in table.columns}
                if tuple(row[each.name] for each in table.primary_key) not in there:
                    connection.execute(table.insert(), row)


def value_of(column: Column[Any], given: Mapping[str, object], dialect: Dialect) -> object:
    """What a sample gives a column, as the database takes it; else what its type suggests."""
    if column.name not in given:
        return next(value for kind, value in BY_TYPE if isinstance(column.type, kind))
    value = given[column.name]
    return Id().process_bind_param(value, dialect) if isinstance(value, UUID) else value


def read_all(engine: Engine) -> Content:
    """Every row of every table."""
    return read(engine, reflect(engine))


def read(engine: Engine, tables: Mapping[str, Table]) -> Content:
    with engine.connect() as connection:
        return {
            name: {
                tuple(sorted(row._mapping.items())) for row in connection.execute(table.select())
            }
            for name, table in tables.items()
        }


def reflect(engine: Engine) -> dict[str, Table]:
    """The tables as the database has them, each after those that it refers to."""
    found = MetaData()
    found.reflect(engine)
    return {table.name: table for table in found.sorted_tables if table.name != LEDGER}


def without(content: Content, columns: frozenset[str]) -> Content:
    """The content without some columns."""
    return {
        name: {tuple(pair for pair in row if f"{name}.{pair[0]}" not in columns) for row in rows}
        for name, rows in content.items()
        if name not in columns
    }


def assert_kept(earlier: Content, later: Content, when: str) -> None:
    """Every row of before is still there, unchanged."""
    for name, rows in earlier.items():
        assert rows <= later.get(name, set()), f"{when}: {name}"


def statements_of(engine: Engine, revision: str) -> list[str]:
    """What going up to a revision says to the database, but for the ledger and questions.

    Where Alembic makes a table anew for SQLite it says the constraints in another order each time:
    they stand here in the order of their names.
    """
    said: list[str] = []

    def hear(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        words = statement.split()
        if words[0] not in ("SELECT", "PRAGMA", "BEGIN") and LEDGER not in words:
            whole = " ".join(words)
            remade = REMADE in whole and words[0] == "CREATE"
            said.append(_sort_constraints(whole) if remade else whole)

    event.listen(engine, "before_cursor_execute", hear)
    try:
        db.upgrade(engine, revision)
    finally:
        event.remove(engine, "before_cursor_execute", hear)
    return said


def _sort_constraints(created: str) -> str:
    """The statement with its constraints in the order of their names; its end stays its end."""
    body, end = created.rsplit(" )", 1)
    first, *constraints = body.split(", CONSTRAINT ")
    return ", CONSTRAINT ".join([first, *sorted(constraints)]) + f" ){end}"
