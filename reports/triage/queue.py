"""The desk's list: the most urgent first, then the one that waits longest.

Reports in doubt come after all others, so that a flood of them pushes nothing down.
Only reports of desks whose key the staff member holds are ever found here; any other report is as
if it did not exist. Pages are keyset pages: the last row of one is where the next begins.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final, Self
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import Session

from reports.errors import NoSuchReport
from reports.model import Delivery, Referral, Report, Staff
from reports.roster.keyring import Keyring

PAGE: Final = 50
OPEN: Final = ("received", "in_triage", "ready", "referred")
"""What is shown when no status was asked for: all that is not closed."""
ELSEWHERE: Final = "elsewhere"
"""The filter value for reports of no country of ours."""


@dataclass(frozen=True)
class Filters:
    """What to show; None shows all. `status` None shows all that are not closed."""

    status: str | None = None
    country: str | None = None
    form: str | None = None
    urgency: int | None = None
    mine: bool = False
    unverified: bool | None = None


@dataclass(frozen=True)
class Place:
    """Where a page ends: the values of its last row that the order goes by."""

    urgency: int
    day: date
    id: UUID
    unverified: bool = False

    @classmethod
    def of(cls, report: Report) -> Self:
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
        return cls(urgency, day, id, doubtful) if urgency in range(4) else None

    def __str__(self) -> str:
        return f"{self.urgency}.{self.day.isoformat()}.{self.id.hex}.{int(self.unverified)}"


@dataclass(frozen=True)
class Row:
    """One report in the queue. `trouble`: one of its deliveries has failed for good."""

    report: Report
    assignee: str | None
    trouble: bool


@dataclass(frozen=True)
class Page:
    """Some rows, and the place that the next page begins after (None on the last page)."""

    rows: tuple[Row, ...]
    following: Place | None


def page(
    session: Session,
    keyring: Keyring,
    filters: Filters,
    after: Place | None = None,
    size: int = PAGE,
) -> Page:
    """The rows that `filters` let through, from the place `after` on."""
    query = _filtered(session, keyring, filters)
    if after is not None:
        query = query.where(_behind(after))
    # First the ids, which an index holds in full: reports are wide, and sorting them whole takes
    # ten times as long once there are thousands.
    ids = list(session.scalars(_ordered(query).with_only_columns(Report.id).limit(size + 1)))
    found = list(session.scalars(_ordered(select(Report).where(Report.id.in_(ids)))))
    shown = found[:size]
    names = _names(session, {report.assignee_id for report in shown})
    troubled = in_trouble(session, [report.id for report in shown])
    return Page(
        tuple(
            Row(report, names.get(report.assignee_id), report.id in troubled) for report in shown
        ),
        Place.of(shown[-1]) if len(found) > size else None,
    )


def find(session: Session, keyring: Keyring, report_id: UUID) -> Report:
    """The report of this id on a desk of this staff member. Raises `NoSuchReport`."""
    report = session.get(Report, report_id)
    if report is None or report.desk_id not in keyring.desk_ids(session):
        raise NoSuchReport(str(report_id))
    return report


def in_trouble(session: Session, report_ids: Iterable[UUID]) -> set[UUID]:
    """Which of these reports have a delivery that failed for good."""
    query = select(Referral.report_id).join(Delivery, Delivery.referral_id == Referral.id)
    failed = Delivery.state == "failed", Referral.report_id.in_(list(report_ids))
    return set(session.scalars(query.where(*failed)))


def _filtered(session: Session, keyring: Keyring, filters: Filters) -> Select[Report]:
    wanted = (filters.status,) if filters.status else OPEN
    query = select(Report).where(
        Report.desk_id.in_(keyring.desk_ids(session)), Report.status.in_(wanted)
    )
    if filters.country == ELSEWHERE:
        query = query.where(Report.country.is_(None))
    elif filters.country:
        query = query.where(Report.country == filters.country)
    if filters.form:
        query = query.where(Report.form == filters.form)
    if filters.urgency is not None:
        query = query.where(Report.urgency == filters.urgency)
    if filters.mine:
        query = query.where(Report.assignee_id == keyring.staff.id)
    if filters.unverified is not None:
        query = query.where(Report.unverified == filters.unverified)
    return query


def _ordered(query: Select[Report]) -> Select[Report]:
    return query.order_by(Report.unverified, Report.urgency.desc(), Report.received_day, Report.id)


def _behind(place: Place) -> ColumnElement[bool]:
    same_day = and_(Report.received_day == place.day, Report.id > place.id)
    same_urgency = and_(
        Report.urgency == place.urgency, or_(Report.received_day > place.day, same_day)
    )
    lower = or_(Report.urgency < place.urgency, same_urgency)
    alike = and_(Report.unverified == place.unverified, lower)
    return alike if place.unverified else or_(Report.unverified != place.unverified, alike)


def _names(session: Session, ids: Iterable[UUID | None]) -> dict[UUID | None, str]:
    query = select(Staff.id, Staff.name).where(Staff.id.in_([id for id in ids if id]))
    return {row.id: row.name for row in session.execute(query)}
