"""The desk's list of reports, by whose turn it is: danger, then what is due first, then urgency.

Each report stands under one of its turns (`reports.triage.turns`). What must be done comes before
what waits for somebody else or was put off, and reports in doubt come after all others, so that a
flood of them displaces nothing. Only reports of desks whose key the staff member holds are found;
any other is treated as nonexistent. Pagination is by keyset: the next page begins after the last
row of this one.

The order is read group by group. In each group the first rows of every desk come straight from the
index, so a page costs the same with a thousand waiting reports or a million.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final, Self
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    exists,
    false,
    or_,
    select,
    true,
    tuple_,
    union_all,
)
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased, defer

from reports.errors import NoSuchReport
from reports.model import Report, Staff, StoredTurn
from reports.model.turn import REASONS
from reports.roster.keyring import Keyring
from reports.triage.queue import claim
from reports.triage.queue.claim import ClaimHolder
from reports.triage.turns.turn import (
    IN_DANGER,
    IN_DOUBT,
    OF_CONTACT,
    ORDINARY,
    find_limit,
    read_due,
)

PAGE: Final = 50
OPEN: Final = ("received", "in_triage", "ready", "referred")
"""The statuses that are not closed."""
ELSEWHERE: Final = "elsewhere"
"""The filter value for reports outside the known countries."""
URGENCIES: Final = (3, 2, 1, 0)
NONE: Final = OF_CONTACT
"""The rank of a report without a turn of the desk: it is closed."""
GROUPS: Final = (
    (IN_DANGER, True),
    (ORDINARY, True),
    (IN_DANGER, False),
    (ORDINARY, False),
    (IN_DOUBT, True),
    (IN_DOUBT, False),
    (NONE, True),
)
"""Rank, and whether something must be done now, in the order of the queue."""
_SIZE: Final = 1 << 62


@dataclass(frozen=True)
class Filters:
    """Which reports to show; None in a field does not filter by it, but `status` None means not
    closed, or waiting for somebody although it is.

    `assignee` is a staff member, or `NOBODY`. `turn`: a reason for which something must be done
    now. `overdue`: something must be done, and its time is over.
    """

    status: str | None = None
    country: str | None = None
    form: str | None = None
    urgency: int | None = None
    assignee: UUID | None = None
    unverified: bool | None = None
    files: bool = False
    turn: str | None = None
    overdue: bool = False


NOBODY: Final = UUID(int=0)
"""The filter value for unassigned reports."""


@dataclass(frozen=True)
class Cursor:
    """The position after a row: its group, and its values of the columns that the order uses."""

    group: int
    place: int
    day: date
    id: UUID

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """Parses the output of `str`; returns None for anything else."""
        parts = text.split(".")
        try:
            group, place = int(parts[0]), int(parts[1])
            day, id = date.fromisoformat(parts[2]), UUID(parts[3])
        except (ValueError, IndexError):
            return None
        # Databases refuse integers beyond their range.
        fits = 0 <= group < len(GROUPS) and abs(place) < _SIZE
        return cls(group, place, day, id) if fits else None

    def __str__(self) -> str:
        return f"{self.group}.{self.place}.{self.day.isoformat()}.{self.id.hex}"


@dataclass(frozen=True)
class QueueSlice:
    """A request for rows: the first `size` that match `filters`, after `after`."""

    filters: Filters
    after: Cursor | None = None
    size: int = PAGE


@dataclass(frozen=True)
class QueueRow:
    """One report in the queue.

    `reasons`: why something must be done now, in the order of `REASONS`; `later` alone for what
    waits. `due`: until when, or when it begins; None without a turn. `holder`: who has claimed it.
    """

    report: Report
    assignee: str | None
    reasons: tuple[str, ...]
    due: datetime | None
    overdue: bool
    holder: ClaimHolder | None

    @property
    def waits(self) -> bool:
        """Whether nothing must be done about the report now."""
        return self.due is not None and not self.reasons


@dataclass(frozen=True)
class QueuePage:
    """The rows of a page, and the cursor for the next page (None on the last)."""

    rows: tuple[QueueRow, ...]
    following: Cursor | None


def list_page(session: Session, keyring: Keyring, wanted: QueueSlice, now: datetime) -> QueuePage:
    """Returns one page of the queue."""
    size = wanted.size
    places = _list_places(session, keyring, replace(wanted, size=size + 1), now)
    ids = [place.id for place in places[:size]]
    whole = select(Report).where(Report.id.in_(ids)).options(*_SEALED)
    every = {each.id: each for each in session.scalars(whole)}
    # Reports erased or handed over between the two statements are left out.
    shown = [every[id] for id in ids if id in every]
    names = _names(session, {report.assignee_id for report in shown})
    reasons = _list_reasons(session, [report.id for report in shown], now)
    held = claim.find_holders(session, [report.id for report in shown], now)
    rows = (
        QueueRow(
            report,
            names.get(report.assignee_id),
            reasons.get(report.id, ()),
            read_due(report.turn_place) if report.turn else None,
            report.turn is not None and report.turn_place < find_limit(now),
            held.get(report.id),
        )
        for report in shown
    )
    return QueuePage(tuple(rows), places[size - 1] if len(places) > size else None)


def _list_places(
    session: Session, keyring: Keyring, wanted: QueueSlice, now: datetime
) -> list[Cursor]:
    """Returns the places of the reports of a slice, in the order of the queue."""
    found: list[Cursor] = []
    filters, after = wanted.filters, wanted.after
    walk = _choose_walk(filters, keyring.staff.id, now)
    desk_ids = sorted(keyring.list_desk_ids(session), key=lambda id: id.bytes)
    for group in _list_groups(filters, after):
        begin = after if after and after.group == group else None
        parts = [
            part for desk_id in desk_ids for part in _list_parts(walk, desk_id, group, begin, now)
        ]
        rows = _merged(session, parts, wanted.size - len(found))
        found += [Cursor(group, place, day, id) for id, place, day in rows]
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


OrderedIds = Select[UUID, int, date]
_SEALED: Final = [
    defer(column)
    for column in (Report.public, Report.private_by_desk, Report.private_by_code, Report.case_seal)
]
"""Large columns that a list does not need."""


def _list_groups(filters: Filters, after: Cursor | None) -> list[int]:
    """Returns the groups that can hold what is asked for, from that of `after` on."""
    found = range(after.group if after else 0, len(GROUPS))
    return [group for group in found if _may_hold(filters, *GROUPS[group])]


def _may_hold(filters: Filters, rank: int, awake: bool) -> bool:
    if rank == NONE:
        return filters.status == "closed" and not filters.overdue
    doubtful, begun = rank == IN_DOUBT, filters.overdue or filters.turn is not None
    return filters.unverified in (None, doubtful) and (awake or not begun)


_OTHER: Final = aliased(StoredTurn)
"""Made once: statements with a new one each time would be compiled each time."""


@dataclass(frozen=True)
class _Walk:
    """What is walked in order: the reports, or the turns of one reason; and what must hold."""

    query: OrderedIds
    desk_id: InstrumentedAttribute[UUID]
    rank: InstrumentedAttribute[int]
    sleeps: InstrumentedAttribute[bool]
    order: tuple[
        InstrumentedAttribute[int], InstrumentedAttribute[date], InstrumentedAttribute[UUID]
    ]


def _choose_walk(filters: Filters, me: UUID, now: datetime) -> _Walk:
    conditions = _list_conditions(filters, now)
    if filters.turn is None:
        place, day = Report.turn_place.label("place"), Report.received_day.label("day")
        reports = select(Report.id, place, day).where(*conditions)
        order = Report.turn_place, Report.received_day, Report.id
        return _Walk(reports, Report.desk_id, Report.turn_rank, Report.turn_sleeps, order)
    turn, other = StoredTurn, _OTHER
    # Of several for one reason, such as two offices that do not answer, the report has one row.
    same = other.report_id == turn.report_id, other.reason == turn.reason, other.about < turn.about
    began = or_(other.sleeps.is_(false()), other.place < find_limit(now))
    turns = (
        select(turn.report_id.label("id"), turn.place, turn.since.label("day"))
        .where(turn.reason == filters.turn)
        .where(or_(turn.not_staff_id.is_(None), turn.not_staff_id != me))
        .where(~exists().where(*same, began))
    )
    if conditions:
        # No join: the order of the turns must lead, however few reports fit.
        turns = turns.where(exists().where(Report.id == turn.report_id, *conditions))
    order = turn.place, turn.since, turn.report_id
    return _Walk(turns, turn.desk_id, turn.rank, turn.sleeps, order)


def _list_parts(
    walk: _Walk, desk_id: UUID, group: int, begin: Cursor | None, now: datetime
) -> Sequence[OrderedIds]:
    """Selects what is walked of one desk and group, in order, after `begin`: one index range, or
    two where some have begun and some have slept until now."""
    rank, awake = GROUPS[group]
    query = walk.query.where(walk.desk_id == desk_id, walk.rank == rank).order_by(*walk.order)
    if begin is not None:
        query = query.where(tuple_(*walk.order) > (begin.place, begin.day, begin.id))
    asleep, place, limit = query.where(walk.sleeps.is_(true())), walk.order[0], find_limit(now)
    if not awake:
        return (asleep.where(place >= limit),)
    begun = query.where(walk.sleeps.is_(false()))
    return (begun,) if rank == NONE else (begun, asleep.where(place < limit))


def _list_conditions(filters: Filters, now: datetime) -> list[ColumnElement[bool]]:
    """Returns the filters on columns of reports other than those that the order uses."""
    found: list[ColumnElement[bool]] = []
    if filters.status:
        found.append(Report.status == filters.status)
    if filters.urgency is not None:
        found.append(Report.urgency == filters.urgency)
    # Of all but closed ones the rank says whether they are in doubt.
    if filters.unverified is not None and filters.status == "closed":
        found.append(Report.unverified == filters.unverified)
    if filters.country == ELSEWHERE:
        found.append(Report.country.is_(None))
    elif filters.country:
        found.append(Report.country == filters.country)
    if filters.form:
        found.append(Report.form == filters.form)
    if filters.assignee == NOBODY:
        found.append(Report.assignee_id.is_(None))
    elif filters.assignee:
        found.append(Report.assignee_id == filters.assignee)
    if filters.files:
        found.append(Report.has_attachments.is_(true()))
    if filters.overdue:
        found.append(Report.turn_place < find_limit(now))
    return found


def _list_reasons(
    session: Session, ids: Sequence[UUID], now: datetime
) -> Mapping[UUID, tuple[str, ...]]:
    """Returns why something must be done now about each of these reports."""
    query = select(StoredTurn.report_id, StoredTurn.reason).distinct()
    begun = or_(StoredTurn.sleeps.is_(false()), StoredTurn.place < find_limit(now))
    query = query.where(StoredTurn.report_id.in_(ids), StoredTurn.rank != OF_CONTACT, begun)
    found: dict[UUID, set[str]] = {}
    for report_id, reason in session.execute(query):
        found.setdefault(report_id, set()).add(reason)
    return {id: tuple(filter(told.__contains__, REASONS)) for id, told in found.items()}


def _merged(
    session: Session, parts: Sequence[OrderedIds], limit: int
) -> Sequence[Row[UUID, int, date]]:
    """Returns the first `limit` rows of all parts together."""
    if not parts:
        return []
    whole = union_all(*(select(part.limit(limit).subquery()) for part in parts)).subquery()
    query = select(whole.c.id, whole.c.place, whole.c.day)
    query = query.order_by(whole.c.place, whole.c.day, whole.c.id)
    return session.execute(query.limit(limit)).all()


def _names(session: Session, ids: Iterable[UUID | None]) -> Mapping[UUID | None, str]:
    query = select(Staff.id, Staff.name).where(Staff.id.in_([id for id in ids if id]))
    return {row.id: row.name for row in session.execute(query)}
