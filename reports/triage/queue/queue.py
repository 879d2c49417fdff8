"""The desk's list of reports: the most urgent first, then the longest waiting.

Reports in doubt come after all others, so that a flood of them displaces nothing. Only reports of
desks whose key the staff member holds are found; any other is treated as nonexistent. Pagination is
by keyset: the next page begins after the last row of this one.

The order is read group by group (in doubt or not, then urgency). In each group the first rows of
every desk and status come straight from the index, so a page costs the same with a thousand waiting
reports or a million.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final, Self
from uuid import UUID

from sqlalchemy import ColumnElement, Select, select, tuple_, union_all
from sqlalchemy.orm import Session, defer

from reports.errors import NoSuchReport
from reports.model import Delivery, Referral, Report, Staff
from reports.roster.keyring import Keyring
from reports.triage.queue import claim, overdue
from reports.triage.queue.claim import ClaimHolder

PAGE: Final = 50
OPEN: Final = ("received", "in_triage", "ready", "referred")
"""The statuses that are not closed: shown when no status is chosen."""
ELSEWHERE: Final = "elsewhere"
"""The filter value for reports outside the known countries."""
URGENCIES: Final = (3, 2, 1, 0)


@dataclass(frozen=True)
class Filters:
    """Which reports to show; None in a field does not filter by it, but `status` None means not
    closed.

    `assignee` is a staff member, or `NOBODY`. `news`: unread changes. `overdue`: as
    `reports.triage.queue.overdue` defines it.
    """

    status: str | None = None
    country: str | None = None
    form: str | None = None
    urgency: int | None = None
    assignee: UUID | None = None
    unverified: bool | None = None
    files: bool = False
    news: bool = False
    overdue: bool = False


NOBODY: Final = UUID(int=0)
"""The filter value for unassigned reports."""


@dataclass(frozen=True)
class Cursor:
    """The position after a row: its values of the columns that the order uses."""

    urgency: int
    day: date
    id: UUID
    unverified: bool = False

    @classmethod
    def from_report(cls, report: Report) -> Self:
        return cls(report.urgency, report.received_day, report.id, report.unverified)

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """Parses the output of `str`; returns None for anything else."""
        parts = text.split(".")
        try:
            urgency, day, id = int(parts[0]), date.fromisoformat(parts[1]), UUID(parts[2])
            doubtful = parts[3] == "1"
        except (ValueError, IndexError):
            return None
        # Databases refuse integers beyond their range.
        return cls(urgency, day, id, doubtful) if urgency in URGENCIES else None

    def __str__(self) -> str:
        return f"{self.urgency}.{self.day.isoformat()}.{self.id.hex}.{int(self.unverified)}"


@dataclass(frozen=True)
class QueueSlice:
    """A request for rows: the first `size` that match `filters`, after `after`.

    `only` is one more condition.
    """

    filters: Filters
    after: Cursor | None = None
    size: int = PAGE
    only: ColumnElement[bool] | None = None


@dataclass(frozen=True)
class QueueRow:
    """One report in the queue.

    `trouble`: one of its deliveries has failed permanently. `holder`: who has claimed it.
    """

    report: Report
    assignee: str | None
    trouble: bool
    overdue: bool
    holder: ClaimHolder | None


@dataclass(frozen=True)
class QueuePage:
    """The rows of a page, and the cursor for the next page (None on the last)."""

    rows: tuple[QueueRow, ...]
    following: Cursor | None


def list_page(session: Session, keyring: Keyring, wanted: QueueSlice, now: datetime) -> QueuePage:
    """Returns one page of the queue."""
    size = wanted.size
    ids = list_ids(session, keyring, replace(wanted, size=size + 1), now)
    whole = select(Report).where(Report.id.in_(ids)).options(*_SEALED)
    every = {each.id: each for each in session.scalars(whole)}
    # Reports erased or handed over between the two statements are left out.
    found = [every[id] for id in ids if id in every]
    shown = found[:size]
    names = _names(session, {report.assignee_id for report in shown})
    troubled = find_undeliverable(session, [report.id for report in shown])
    held = claim.find_holders(session, [report.id for report in shown], now)
    rows = (
        QueueRow(
            report,
            names.get(report.assignee_id),
            report.id in troubled,
            overdue.is_overdue(report, now.date()),
            held.get(report.id),
        )
        for report in shown
    )
    return QueuePage(tuple(rows), Cursor.from_report(shown[-1]) if len(found) > size else None)


def list_ids(session: Session, keyring: Keyring, wanted: QueueSlice, now: datetime) -> list[UUID]:
    """Returns the ids of the reports of a slice, in the order of the queue."""
    found: list[UUID] = []
    filters, after, only = wanted.filters, wanted.after, wanted.only
    desk_ids = sorted(keyring.list_desk_ids(session), key=lambda id: id.bytes)
    for unverified, urgency in _levels(filters, after):
        begin = (
            after if after and (after.unverified, after.urgency) == (unverified, urgency) else None
        )
        parts = [
            _part(filters, _Stretch(desk_id, status, unverified, urgency), now.date(), begin)
            for desk_id in desk_ids
            for status in _statuses(filters)
        ]
        if only is not None:
            parts = [part.where(only) for part in parts]
        found += _merged(session, parts, wanted.size - len(found))
        if len(found) >= wanted.size:
            break
    return found


def find(session: Session, keyring: Keyring, report_id: UUID) -> Report:
    """Returns the report if it is at one of this person's desks. Raises `NoSuchReport`
    otherwise."""
    report = session.get(Report, report_id)
    if report is None or report.desk_id not in keyring.list_desk_ids(session):
        raise NoSuchReport(str(report_id))
    return report


def find_undeliverable(session: Session, report_ids: Iterable[UUID]) -> set[UUID]:
    """Returns those of these reports that have a permanently failed delivery."""
    query = select(Referral.report_id).join(Delivery, Delivery.referral_id == Referral.id)
    failed = Delivery.state == "failed", Referral.report_id.in_(list(report_ids))
    return set(session.scalars(query.where(*failed)))


OrderedIds = Select[UUID, date]
_SEALED: Final = [
    defer(column)
    for column in (Report.public, Report.private_by_desk, Report.private_by_code, Report.case_seal)
]
"""Large columns that a list does not need."""


def _statuses(filters: Filters) -> Sequence[str]:
    """Returns the statuses to read; a received report has no news, because all of it is new."""
    if filters.status:
        return (filters.status,)
    return OPEN[1:] if filters.news else OPEN


def _levels(filters: Filters, after: Cursor | None) -> list[tuple[bool, int]]:
    """Returns the groups (in doubt, urgency) that can appear after `after`, in order."""
    doubts = (False, True) if filters.unverified is None else (filters.unverified,)
    urgencies = URGENCIES if filters.urgency is None else (filters.urgency,)
    every = [(doubt, urgency) for doubt in doubts for urgency in urgencies]
    if after is None:
        return every
    reached = (after.unverified, -after.urgency)
    return [(doubt, urgency) for doubt, urgency in every if (doubt, -urgency) >= reached]


@dataclass(frozen=True)
class _Stretch:
    """One index range: the reports of one desk, status and group."""

    desk_id: UUID
    status: str
    unverified: bool
    urgency: int


def _part(filters: Filters, here: _Stretch, today: date, begin: Cursor | None) -> OrderedIds:
    """Selects the matching reports of one index range, in order, after `begin`."""
    query = select(Report.id, Report.received_day).where(
        Report.desk_id == here.desk_id,
        Report.status == here.status,
        Report.unverified == here.unverified,
        Report.urgency == here.urgency,
    )
    if begin is not None:
        query = query.where(tuple_(Report.received_day, Report.id) > (begin.day, begin.id))
    if filters.overdue:
        cutoff = overdue.find_cutoff(here.status, here.urgency, today)
        query = query.where(Report.received_day < cutoff)
    query = _narrowed(query, filters)
    return query.order_by(Report.received_day, Report.id)


def _narrowed(query: OrderedIds, filters: Filters) -> OrderedIds:
    """Adds the filters on columns other than those that the order uses."""
    if filters.country == ELSEWHERE:
        query = query.where(Report.country.is_(None))
    elif filters.country:
        query = query.where(Report.country == filters.country)
    if filters.form:
        query = query.where(Report.form == filters.form)
    if filters.assignee == NOBODY:
        query = query.where(Report.assignee_id.is_(None))
    elif filters.assignee:
        query = query.where(Report.assignee_id == filters.assignee)
    if filters.files:
        query = query.where(Report.has_attachments)
    if filters.news:
        query = query.where(Report.unread)
    return query


def _merged(session: Session, parts: Sequence[OrderedIds], limit: int) -> list[UUID]:
    """Returns the first `limit` ids of all parts together."""
    if not parts:
        return []
    whole = union_all(*(select(part.limit(limit).subquery()) for part in parts)).subquery()
    query = select(whole.c.id).order_by(whole.c.received_day, whole.c.id).limit(limit)
    return list(session.scalars(query))


def _names(session: Session, ids: Iterable[UUID | None]) -> Mapping[UUID | None, str]:
    query = select(Staff.id, Staff.name).where(Staff.id.in_([id for id in ids if id]))
    return {row.id: row.name for row in session.execute(query)}
