"""The role of the public site is refused what its code does not do; no table is forgotten."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

import pytest
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import ProgrammingError

from reports.database_roles import (
    ALL,
    DESK,
    PUBLIC,
    ROLES,
    TABLES,
    WORKER,
    Rights,
    format_sql,
)
from reports.db import make_engine
from reports.model import Base

DENIED: Final = "42501"
READ_NOTHING: Final = (
    *("staff", "membership", "staff_session", "passkey", "spare_code", "desk_grant"),
    *("roster_grant", "saved_view", "statistic", "contact_setting", "contact_change"),
    *("notice_address", "lease", "worker_turn", "used_key"),
)
POWERS: Final = (
    *(f"SELECT 1 FROM {table}" for table in READ_NOTHING),
    *(f"DELETE FROM {table}" for table in READ_NOTHING),
    *(
        f"SELECT sealed FROM {table}"
        for table in ("report_body", "note", "finding", "proposal", "referral_answer")
    ),
    "SELECT sealed FROM signing_key",
    "SELECT packet FROM delivery",
    "SELECT recipient FROM delivery",
    "SELECT contact_id FROM referral",
    "SELECT row_id FROM tombstone",
    *(
        f"UPDATE report SET {change}"
        for change in (
            *("status = 'closed'", "urgency = 0", "unverified = true", "desk_id = id"),
            *("retention_day = CURRENT_DATE", "public = ''", "case_seal = ''"),
            *("assignee_id = NULL", "locator = '0000000'", "received_day = CURRENT_DATE"),
        )
    ),
    "UPDATE message SET author = 'desk'",
    "UPDATE custody_line SET act = 'opened'",
    "UPDATE delivery SET recipient = 'mallory@example.org'",
    "UPDATE contact_setting SET email = 'mallory@example.org'",
    "UPDATE organisation SET recovery_public = ''",
    "UPDATE organisation SET signing_day = NULL",
    "UPDATE message SET signature = NULL",
    "UPDATE signing_key SET public = ''",
    "UPDATE desk_key SET public = ''",
    "UPDATE desk SET country = 'BE'",
    "UPDATE staff SET state = 'disabled'",
    "UPDATE clock_record SET seen_at = now()",
    *(
        f"INSERT INTO {table} DEFAULT VALUES"
        for table in (
            *("staff", "staff_session", "desk", "desk_key", "desk_grant", "contact_setting"),
            *("delivery", "referral", "note", "finding", "proposal", "legal_hold"),
            *("referral_answer", "publication", "notice_address", "lease"),
            *("signing_key", "used_key"),
        )
    ),
    "DELETE FROM organisation",
    "DELETE FROM desk_key",
    "DELETE FROM publication",
    "DELETE FROM signing_key",
    "TRUNCATE report",
    "DROP TABLE report",
    "CREATE TABLE own (id int)",
    "ALTER TABLE report DISABLE TRIGGER ALL",
    "UPDATE alembic_version SET version_num = '9999'",
)

As = Callable[[str], Connection]


@pytest.fixture
def engine(postgres_url: str) -> Iterator[Engine]:
    made = make_engine(postgres_url)
    make_roles(made)
    yield made
    made.dispose()


@pytest.fixture
def connect(engine: Engine, postgres_url: str) -> Iterator[As]:
    """A connection of a process: `connect("public")`."""
    made: list[Engine] = []

    def as_role(role: str) -> Connection:
        made.append(make_engine(postgres_url.replace("postgres@", f"wayside_{role}@")))
        return made[-1].connect()

    yield as_role
    for each in made:
        each.dispose()


def make_roles(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text(format_sql()))


def is_refused(connection: Connection, statement: str) -> bool:
    """Whether the role lacks the right; any other failure is no refusal."""
    try:
        connection.execute(text(statement))
    except ProgrammingError as refusal:
        return getattr(refusal.orig, "sqlstate", "") == DENIED
    finally:
        connection.rollback()
    return False


def test_every_table_has_a_line_with_the_rights_of_each_process() -> None:
    assert sorted(TABLES) == sorted(Base.metadata.tables)
    for table, rights in TABLES.items():
        assert set(rights) == {PUBLIC, DESK, WORKER}, table


@pytest.mark.parametrize("table", sorted(TABLES))
def test_every_column_that_a_right_names_is_there(table: str) -> None:
    columns = {column.name for column in Base.metadata.tables[table].columns}
    for rights in TABLES[table].values():
        for named in (rights.select, rights.update):
            assert tuple(named) == ALL or set(named) <= columns


def test_rights_are_written_as_grant_takes_them() -> None:
    told = Rights(select=("id", "day"), update=ALL, insert=True)
    assert list(told.list_privileges()) == ['SELECT ("id", "day")', "UPDATE", "INSERT"]
    assert list(Rights().list_privileges()) == []


def test_the_public_role_has_none_of_the_powers_that_its_code_does_not_use(connect: As) -> None:
    with connect(PUBLIC) as connection:
        assert [each for each in POWERS if not is_refused(connection, each)] == []


def test_the_roles_may_be_made_again_and_lose_what_they_had_more(
    engine: Engine, connect: As
) -> None:
    with engine.begin() as connection:
        connection.execute(text("GRANT ALL ON staff TO wayside_public"))
    with connect(PUBLIC) as connection:
        assert not is_refused(connection, "SELECT 1 FROM staff")
        make_roles(engine)
        assert is_refused(connection, "SELECT 1 FROM staff")


def test_a_backup_reads_every_table_and_changes_none(connect: As) -> None:
    with connect("backup") as connection:
        for table in Base.metadata.tables:
            assert not is_refused(connection, f"SELECT 1 FROM {table}")
            assert is_refused(connection, f"DELETE FROM {table}")


def test_only_the_migrator_changes_the_schema(connect: As) -> None:
    for role in ROLES:
        with connect(role) as connection:
            added = "ALTER TABLE report ADD COLUMN more int"
            assert is_refused(connection, added) == (role != "migrator")
