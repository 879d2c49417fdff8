"""Runs the migrations on the connection that `reports.db` hands over; there is no offline mode."""

from alembic import context

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
connection.commit()
