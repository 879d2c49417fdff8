"""A desk with as many reports as one likes, put there by SQL, which nobody can open.

They are narrower than real ones: a page reads fifty rows whole, however many there are, and finds
them in indexes that hold the same as in earnest. What they are spread over is what a queue is
filtered by: one in five is closed, one in twenty is in doubt, a form and a country are rare, and a
person has a few in a thousand.

A million takes about a minute: they come in the order of their ids, and the indexes are made after.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Connection, Engine, text
from sqlalchemy.orm import Session

from reports.model import Report
from tests.support.cast import NOW

MANY = 20_000
"""From so many on it pays to make the indexes anew."""
HASTE = {
    "sqlite": ("PRAGMA synchronous=OFF", "PRAGMA secure_delete=OFF", "PRAGMA cache_size=-200000"),
    "postgresql": (
        "SET maintenance_work_mem = '256MB'",
        # No trigger looks up the desk and the person of each report: they are there.
        "SET session_replication_role = replica",
    ),
}
"""For the one connection that fills; its loss would be no loss."""

COLUMNS = """id, desk_id, desk_key_id, status, urgency, country, form, received_day,
  updated_day, assignee_id, has_attachments, unverified, public, private_by_desk, private_by_code,
  case_seal, locator, custody_number, custody_seal"""
DESK = """(SELECT k.id, k.desk_id FROM desk_key k JOIN desk ON desk.id = k.desk_id
  WHERE desk.country = 'BE' AND k.current) d"""
STATUS = """CASE n.status WHEN 0 THEN 'received' WHEN 1 THEN 'in_triage' WHEN 2 THEN 'ready'
  WHEN 3 THEN 'referred' ELSE 'closed' END"""
COUNTRY = "CASE WHEN n.country < 2 THEN 'LU' WHEN n.country < 30 THEN NULL ELSE 'BE' END"
FORM = """CASE WHEN n.form < 5 THEN 'organs' WHEN n.form < 300 THEN 'sexual'
  WHEN n.form < 400 THEN 'unknown' ELSE 'labour' END"""
PERSON = "CASE WHEN n.status = 0 OR n.person > 2 THEN NULL ELSE :person END"
SQLITE = f"""WITH RECURSIVE i(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM i WHERE i < :count),
  n AS MATERIALIZED (SELECT randomblob(16) AS id, abs(random()) % 5 AS status,
    abs(random()) % 1000 AS country, abs(random()) % 1000 AS form, abs(random()) % 1000 AS person
    FROM i ORDER BY 1)
  INSERT INTO report ({COLUMNS}) SELECT n.id, d.desk_id, d.id, {STATUS},
  abs(random()) % 4, {COUNTRY}, {FORM},
  date(:today, '-' || (abs(random()) % 80) || ' days'), :today, {PERSON},
  abs(random()) % 5 = 0, abs(random()) % 20 = 0,
  x'00', x'00', x'00', x'00', '0000000', 0, x'' FROM n, {DESK}"""
POSTGRES = f"""WITH n AS MATERIALIZED (SELECT gen_random_uuid() AS id,
    floor(random() * 5)::int AS status, floor(random() * 1000)::int AS country,
    floor(random() * 1000)::int AS form, floor(random() * 1000)::int AS person
    FROM generate_series(1, :count) ORDER BY 1)
  INSERT INTO report ({COLUMNS}) SELECT n.id, d.desk_id, d.id, {STATUS},
  floor(random() * 4)::int, {COUNTRY}, {FORM},
  CAST(:today AS date) - floor(random() * 80)::int, CAST(:today AS date),
  {PERSON.replace(":person", "CAST(:person AS uuid)")},
  random() < 0.2, random() < 0.05,
  '', '', '', '', '0000000', 0, '' FROM n, {DESK}"""

# What is passed on sleeps, some reporters have written, and what is in danger comes first.
PLACED = """UPDATE report SET turn_sleeps = (status = 'referred'),
  turn = CASE WHEN status = 'referred' THEN 'later'
    WHEN urgency = 3 AND NOT unverified THEN 'danger'
    WHEN form = 'sexual' THEN 'reporter_wrote' ELSE 'new' END,
  turn_rank = CASE WHEN unverified THEN 2 WHEN urgency = 3 AND status <> 'referred' THEN 0
    ELSE 1 END,
  turn_place = ({days} + CASE WHEN status = 'referred' THEN 100 ELSE 3 - urgency END) * 96
    + 3 - urgency
  WHERE status <> 'closed' AND custody_number = 0"""
DAYS = {
    "sqlite": "CAST(julianday(received_day) - 2440587.5 AS INTEGER)",
    "postgresql": "(received_day - DATE '1970-01-01')",
}
TURNS = """INSERT INTO turn (report_id, reason, about, desk_id, staff_id, urgency, rank, sleeps,
  place, since, called) SELECT id, turn, id, desk_id, assignee_id, urgency, turn_rank, turn_sleeps,
  turn_place, received_day, 1 = 0 FROM report WHERE turn IS NOT NULL AND custody_number = 0"""


def fill(session: Session, engine: Engine, size: int, person: UUID) -> None:
    """Put `size` reports there, a few in a thousand of them in the hands of `person`."""
    session.rollback()
    with engine.connect() as connection:
        connection.detach()
        own = connection.connection.cursor()
        for order in HASTE[engine.dialect.name]:
            own.execute(order)
        own.close()
        connection.connection.commit()
        put(connection, size, person)
        connection.commit()
    with engine.connect() as connection:
        # So that it is as a database is that has had its rest.
        if engine.dialect.name == "postgresql":
            connection = connection.execution_options(isolation_level="AUTOCOMMIT")
            connection.execute(text("VACUUM ANALYZE"))
        else:
            connection.execute(text("ANALYZE"))
            connection.commit()


def put(connection: Connection, size: int, person: UUID) -> None:
    """The reports and their turns; their indexes after them, if they are many."""
    lite = connection.dialect.name == "sqlite"
    tables = (Report.metadata.tables[name] for name in ("report", "turn"))
    indexes = [index for table in tables for index in table.indexes if size >= MANY]
    for index in indexes:
        index.drop(connection)
    told = {"count": size, "today": NOW.date().isoformat()}
    connection.execute(
        text(SQLITE if lite else POSTGRES),
        {**told, "person": person.bytes if lite else str(person)},
    )
    connection.execute(text(PLACED.format(days=DAYS[connection.dialect.name])))
    connection.execute(text(TURNS))
    for index in indexes:
        index.create(connection)
