"""Looking through every table for what should, or should not, be there."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from reports.model import Base


def places_of(session: Session, id: UUID) -> set[str]:
    """Every `table.column` that holds the id, as such or in a text."""
    found = set()
    for table in Base.metadata.sorted_tables:
        for row in session.execute(select(table)).mappings():
            for name, value in row.items():
                whole = value in (id, id.bytes)
                if whole or (isinstance(value, str) and str(id) in value):
                    found.add(f"{table.name}.{name}")
    session.rollback()
    return found
