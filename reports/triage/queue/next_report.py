"""What a staff member should do next, and what takes a report out of it.

Anybody's danger comes first, then what is due first, then the most urgent, then the oldest. Only
turns count: whoever has left a report waiting for somebody else is not offered it again until
something happens.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, false, or_, select, true, union_all
from sqlalchemy.orm import Session

from reports.act import Act
from reports.db import upsert
from reports.errors import PutOffRefused
from reports.model import Claim, Report, SkippedReport, StoredTurn
from reports.roster.keyring import Keyring
from reports.triage.turns.office_time import find_calendar
from reports.triage.turns.turn import IN_DANGER, ORDINARY, find_hour, find_limit

SKIPPED: Final = timedelta(hours=12)
"""How long a report that was passed over is not offered to that person."""
SKIPPED_IN_DANGER: Final = timedelta(hours=1)
"""The same, while it is in danger."""
LONGEST: Final = timedelta(days=92)
"""The furthest day to which a report can be put off."""


def find_next(session: Session, keyring: Keyring, now: datetime) -> UUID | None:
    """Returns the id of the next report for this person, or None.

    A colleague's report is offered only in danger. What a colleague has claimed now, what this
    person has passed over, and reports in doubt are left out.
    """
    me, desk_ids = keyring.staff.id, sorted(keyring.list_desk_ids(session), key=lambda id: id.bytes)
    own = StoredTurn.staff_id == me, StoredTurn.staff_id.is_(None)
    for rank, whose in ((IN_DANGER, (true(),)), (ORDINARY, own)):
        parts = [
            part.where(*_build_conditions(me, now)).limit(1)
            for desk_id in desk_ids
            for each in whose
            for part in _list_parts(desk_id, rank, each, now)
        ]
        found = _find_first(session, parts)
        if found is not None:
            return found
    return None


def skip(act: Act, report: Report) -> None:
    """Passes the report over: it is not offered to this person until something happens, or hours
    later. It stays with whoever has it, and with everybody else."""
    in_danger = report.turn_rank == IN_DANGER
    until = find_hour(act.now + (SKIPPED_IN_DANGER if in_danger else SKIPPED))
    fresh = {"report_id": report.id, "staff_id": act.staff_id, "until_hour": until}
    upsert(act.session, SkippedReport, fresh, {"until_hour": until})


def put_off(act: Act, report: Report, until: date) -> None:
    """Puts the report off until the morning of a day: until then it is nobody's turn, unless
    something happens.

    Raises `PutOffRefused` for a day that is not to come, or too far away, for a closed report, and
    while the report is in danger.
    """
    today = act.now.astimezone(find_calendar(None).zone).date()
    if not today < until <= today + LONGEST:
        raise PutOffRefused("day")
    if report.status == "closed":
        raise PutOffRefused("closed")
    danger = exists().where(StoredTurn.report_id == report.id, StoredTurn.reason == "danger")
    if act.session.scalar(select(danger)):
        raise PutOffRefused("danger")
    act.record(report, "put_off", {"until": until.isoformat()})


OrderedTurns = Select[UUID, int, date]


def _list_parts(
    desk_id: UUID, rank: int, whose: ColumnElement[bool], now: datetime
) -> Sequence[OrderedTurns]:
    """Selects the turns of one desk, rank and person, in order: what has begun, and what has slept
    until now."""
    query = select(StoredTurn.report_id, StoredTurn.place, StoredTurn.since)
    query = query.where(StoredTurn.desk_id == desk_id, StoredTurn.rank == rank, whose)
    query = query.order_by(StoredTurn.place, StoredTurn.since, StoredTurn.report_id)
    slept = StoredTurn.sleeps.is_(true()), StoredTurn.place < find_limit(now)
    return query.where(StoredTurn.sleeps.is_(false())), query.where(*slept)


def _build_conditions(me: UUID, now: datetime) -> Sequence[ColumnElement[bool]]:
    claimed = exists().where(
        Claim.report_id == StoredTurn.report_id, Claim.until > now, Claim.staff_id != me
    )
    skipped = exists().where(
        SkippedReport.report_id == StoredTurn.report_id,
        SkippedReport.staff_id == me,
        SkippedReport.until_hour > find_hour(now),
    )
    others = StoredTurn.not_staff_id
    return ~claimed, ~skipped, or_(others.is_(None), others != me)


def _find_first(session: Session, parts: Sequence[OrderedTurns]) -> UUID | None:
    if not parts:
        return None
    whole = union_all(*(select(part.subquery()) for part in parts)).subquery()
    order = whole.c.place, whole.c.since, whole.c.report_id
    found: UUID | None = session.scalar(select(whole.c.report_id).order_by(*order).limit(1))
    return found
