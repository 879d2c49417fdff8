"""Search over a desk's reports, which are decrypted in the staff session batch by batch.

Nothing decrypted is kept, on disk or between batches: a batch returns which reports match, in which
parts, and where it ended. Filters apply first, because each report costs two decryptions. The
instance's custody records who searched how many reports, never the words.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Self
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from reports.act import Act
from reports.model import Report
from reports.roster.keyring import Keyring
from reports.triage.search.batch_reader import BatchReader
from reports.triage.search.query import SearchQuery, match_parts
from reports.vault import Vault

BATCH: Final = 500
"""Reports in a batch: about a quarter of a second."""


@dataclass(frozen=True)
class SearchCursor:
    """The last report of a batch; the newest come first."""

    day: date
    id: UUID

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """Parses the output of `str`; returns None for anything else."""
        day, _dot, id = text.partition(".")
        try:
            return cls(date.fromisoformat(day), UUID(id))
        except ValueError:
            return None

    def __str__(self) -> str:
        return f"{self.day.isoformat()}.{self.id.hex}"


@dataclass(frozen=True)
class SearchStep:
    """One step of a search: up to `size` reports after `after`."""

    after: SearchCursor | None = None
    size: int = BATCH


@dataclass(frozen=True)
class SearchHit:
    """A report that matches. `where`: "story", "answers", "messages", "notes" or "name"."""

    report_id: UUID
    where: tuple[str, ...]


@dataclass(frozen=True)
class SearchBatch:
    """The hits of a batch, the number of reports searched and of parts damaged, and the next
    cursor."""

    found: tuple[SearchHit, ...]
    searched: int
    damaged: int
    following: SearchCursor | None


def count_reports(session: Session, keyring: Keyring, wanted: SearchQuery) -> int:
    """Returns how many reports the filters leave to search."""
    count: Any = select(func.count()).select_from(Report)
    return session.scalar(_narrowed(count, session, keyring, wanted)) or 0


def record(act: Act, count: int) -> None:
    """Records that this person searches `count` reports; never for which words."""
    act.record_here("searched", {"reports": str(count)})


def search_batch(
    session: Session,
    vault: Vault,
    keyring: Keyring,
    wanted: SearchQuery,
    step: SearchStep | None = None,
) -> SearchBatch:
    """Searches the reports of one step, the first batch without one. Damaged parts are only
    counted."""
    after, size = (step.after, step.size) if step else (None, BATCH)
    # Ids only, straight from the index; sealed columns are fetched just for the reports opened.
    whole: Any = select(Report.id, Report.received_day)
    query = _narrowed(whole, session, keyring, wanted)
    if after is not None:
        query = query.where(_behind(after))
    query = query.order_by(Report.received_day.desc(), Report.id.desc()).limit(size + 1)
    rows = session.execute(query).all()
    ids = [row.id for row in rows[:size]]
    reader, ways = BatchReader(session, vault, keyring, ids), wanted.ways
    where = {id: match_parts(ways, parts) for id, parts in reader.read_all()}
    found = (SearchHit(id, where[id]) for id in ids if where.get(id))
    last = rows[size - 1] if len(rows) > size else None
    following = SearchCursor(last.received_day, last.id) if last else None
    return SearchBatch(tuple(found), len(ids), reader.damaged, following)


def _narrowed(query: Any, session: Session, keyring: Keyring, wanted: SearchQuery) -> Any:
    """Adds the filters, and the limit to one's own desks, to a query of any columns."""
    query = query.where(Report.desk_id.in_(keyring.list_desk_ids(session)))
    if wanted.status:
        query = query.where(Report.status == wanted.status)
    if wanted.country:
        query = query.where(Report.country == wanted.country)
    if wanted.form:
        query = query.where(Report.form == wanted.form)
    if wanted.since:
        query = query.where(Report.received_day >= wanted.since)
    return query


def _behind(place: SearchCursor) -> ColumnElement[bool]:
    same_day = (Report.received_day == place.day) & (Report.id < place.id)
    return or_(Report.received_day < place.day, same_day)
