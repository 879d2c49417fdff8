"""The desk's list: the most urgent first, then the one that waits longest.

Reports in doubt come after all others, so that a flood of them pushes nothing down.
Only reports of desks whose key the staff member holds are ever found here; any other report is as
if it did not exist. Pages are keyset pages: the last row of one is where the next begins.

The order is walked group by group (in doubt or not, urgency), and in each group the first rows of
every desk and status are read straight from the index: a page costs the same whether a thousand
reports wait or a million.
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
"""What is shown when no status was asked for: all that is not closed."""
ELSEWHERE: Final = "elsewhere"
"""The filter value for reports of no country of ours."""
URGENCIES: Final = (3, 2, 1, 0)


@dataclass(frozen=True)
class Filters:
    """What to show; None shows all. `status` None shows all that are not closed.

    `assignee`: a staff member, or `NOBODY`. `overdue`: what has waited longer than
    `reports.triage.queue.overdue` allows.
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
"""The filter value for reports that nobody works on."""


@dataclass(frozen=True)
class Cursor:
    """Where a page ends: the values of its last row that the order goes by."""

    urgency: int
    day: date
    id: UUID
    unverified: bool = False

    @classmethod
    def from_report(cls, report: Report) -> Self:
        return cls(report.urgency, report.received_day, report.id, report.unverified)

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """Read what `str` gave; None for anything else."""
        parts = text.split(".")
        try:
            urgency, day, id = int(parts[0]), date.fromisoformat(parts[1]), UUID(parts[2])
            doubtful = parts[3] == "1"
        except (ValueError, IndexError):
            return None
        # No database takes a number of any size.
        return cls(urgency, day, id, doubtful) if urgency in URGENCIES else None

    def __str__(self) -> str:
        return f"{self.urgency}.{self.day.isoformat()}.{self.id.hex}.{int(self.unverified)}"


@dataclass(frozen=True)
class QueueSlice:
    """Which rows to read: the first `size` that `filters` let through behind `after`.

    `only` is one more condition that they fulfil.
    """

    filters: Filters
    after: Cursor | None = None
    size: int = PAGE
    only: ColumnElement[bool] | None = None


@dataclass(frozen=True)
class QueueRow:
    """One report in the queue.

    `trouble`: one of its deliveries has failed for good. `holder`: who has it in hand now.
    """

    report: Report
    assignee: str | None
    trouble: bool
    overdue: bool
    holder: ClaimHolder | None


@dataclass(frozen=True)
class QueuePage:
    """Some rows, and the place that the next page begins after (None on the last page)."""

    rows: tuple[QueueRow, ...]
    following: Cursor | None


def list_page(session: Session, keyring: Keyring, wanted: QueueSlice, now: datetime) -> QueuePage:
    """The rows of one page, and where the next one begins."""
    size = wanted.size
    ids = list_ids(session, keyring, replace(wanted, size=size + 1), now)
    whole = select(Report).where(Report.id.in_(ids)).options(*_SEALED)
    every = {each.id: each for each in session.scalars(whole)}
    # One that was erased or handed over between the two statements is left out.
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
    """The ids of the reports of a slice, in the queue's order."""
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
    """The report of this id on a desk of this staff member. Raises `NoSuchReport`."""
    report = session.get(Report, report_id)
    if report is None or report.desk_id not in keyring.list_desk_ids(session):
        raise NoSuchReport(str(report_id))
    return report


def find_undeliverable(session: Session, report_ids: Iterable[UUID]) -> set[UUID]:
    """Which of these reports have a delivery that failed for good."""
    query = select(Referral.report_id).join(Delivery, Delivery.referral_id == Referral.id)
    failed = Delivery.state == "failed", Referral.report_id.in_(list(report_ids))
    return set(session.scalars(query.where(*failed)))


OrderedIds = Select[UUID, date]
_SEALED: Final = [
    defer(column)
    for column in (Report.public, Report.private_by_desk, Report.private_by_code, Report.case_seal)
]
"""Most of what a report weighs, and nothing that a list shows."""


def _statuses(filters: Filters) -> Sequence[str]:
    """One that nobody has read yet has no news: all of it is new."""
    if filters.status:
        return (filters.status,)
    return OPEN[1:] if filters.news else OPEN


def _levels(filters: Filters, after: Cursor | None) -> list[tuple[bool, int]]:
    """The groups of the order that a page may hold, from the place `after` on."""
    doubts = (False, True) if filters.unverified is None else (filters.unverified,)
    urgencies = URGENCIES if filters.urgency is None else (filters.urgency,)
    every = [(doubt, urgency) for doubt in doubts for urgency in urgencies]
    if after is None:
        return every
    reached = (after.unverified, -after.urgency)
    return [(doubt, urgency) for doubt, urgency in every if (doubt, -urgency) >= reached]


@dataclass(frozen=True)
class _Stretch:
    """One stretch of the index: the reports of one desk, status and group."""

    desk_id: UUID
    status: str
    unverified: bool
    urgency: int


def _part(filters: Filters, here: _Stretch, today: date, begin: Cursor | None) -> OrderedIds:
    """The reports of one stretch that `filters` let through, in order, behind `begin`."""
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
    """What the index holds besides the order."""
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
    """The first `limit` ids of all parts together."""
    if not parts:
        return []
    whole = union_all(*(select(part.limit(limit).subquery()) for part in parts)).subquery()
    query = select(whole.c.id).order_by(whole.c.received_day, whole.c.id).limit(limit)
    return list(session.scalars(query))


def _names(session: Session, ids: Iterable[UUID | None]) -> Mapping[UUID | None, str]:
    query = select(Staff.id, Staff.name).where(Staff.id.in_([id for id in ids if id]))
    return {row.id: row.name for row in session.execute(query)}
