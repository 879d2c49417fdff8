"""Runs the migrations on the connection that `reports.db` hands over; there is no offline mode."""

from alembic import context
from alembic.util import CommandError

from reports.model import Base

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
    if connection.dialect.name == "sqlite":
        # Nothing was checked on the way: see reports.db.
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
        if broken:
            tables = ", ".join(sorted({row[0] for row in broken}))
            raise CommandError(f"rows of {tables} would refer to nothing")
connection.commit()
