"""Keeps the stored turns equal to what the rules say, in the transaction of every act.

The one place that writes turns. Whatever changes a report writes a custody line or one of its rows;
before the commit the turns of all such reports are found anew. So no act has to think of them, and
none can forget.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, delete, event, inspect, select
from sqlalchemy.orm import InstanceState, Session, UOWTransaction, sessionmaker

from reports.intake.urgency import NOW
from reports.model import (
    CustodyLine,
    LegalHold,
    Proposal,
    Referral,
    Report,
    SkippedReport,
    Staff,
    StoredTurn,
)
from reports.triage.turns import rules
from reports.triage.turns.report_facts import gather
from reports.triage.turns.turn import Turn, choose_lead, read_due

_TOUCHED: Final = "reports whose turns may have changed"
_WATCHED: Final = (
    "status",
    "urgency",
    "assignee_id",
    "unverified",
    "desk_id",
    "received_day",
)
"""The columns of a report that turns depend on."""
BEGUN_BELOW: Final = 4
"""Every place below it stands for a turn that was only begun (`turn_beginner`): it is due before
any other can be, and the right ones are still to be found."""
_NO_PLACE: Final[dict[str, str | int | None]] = {
    "turn": None,
    "turn_rank": 3,
    "turn_sleeps": False,
    "turn_place": 0,
}
"""What stands in a report without a turn."""


def keep_turns(factory: sessionmaker[Session]) -> None:
    """Lets every session of `factory` bring turns up to date before it commits."""
    event.listen(factory, "before_flush", _note_changes)
    event.listen(factory, "before_commit", _settle_touched)
    event.listen(factory, "after_rollback", _forget_touched)


def touch(session: Session, *which: ColumnElement[bool]) -> None:
    """Has the turns of the reports that `which` chooses found anew at the commit.

    For what changes whose turn it is without a line in the custody of those reports.
    """
    _touched(session).update(session.scalars(select(Report.id).where(*which)))


def settle(session: Session, report_id: UUID) -> None:
    """Brings the stored turns of one report up to date; those of an erased one go."""
    # What another transaction changed before ours had the row counts too.
    report = session.get(Report, report_id, populate_existing=True)
    query = select(StoredTurn).where(StoredTurn.report_id == report_id)
    found = session.scalars(query).all()
    if report is not None:
        _heed_begun(report, found)
    turns = rules.derive_turns(gather(session, report)) if report is not None else []
    rows = {(row["reason"], row["about"]): row for row in map(_to_row, turns)}
    begun = False
    for stored in found:
        wanted = rows.pop((stored.reason, stored.about), None)
        begun = begun or stored.place < BEGUN_BELOW
        if wanted is None:
            # What a reporter sent to a closed report waits to open it again.
            if report is None or report.status != "closed" or stored.place >= BEGUN_BELOW:
                session.delete(stored)
            continue
        if wanted["since"] != stored.since:
            stored.called, begun = False, True
        for name, value in wanted.items():
            if getattr(stored, name) != value:
                setattr(stored, name, value)
    session.add_all(StoredTurn(**row) for row in rows.values())
    if rows or begun:
        # Something happened: whoever passed over the report is offered it again.
        session.execute(delete(SkippedReport).where(SkippedReport.report_id == report_id))
    if report is not None:
        _put_in_place(report, choose_lead(turns))
    session.flush()


def list_stored(session: Session, report_id: UUID) -> list[Turn]:
    """Returns the stored turns of a report, as the rules would give them."""
    rows = session.scalars(select(StoredTurn).where(StoredTurn.report_id == report_id))
    return [
        Turn(
            row.report_id,
            row.reason,
            row.about,
            row.desk_id,
            row.urgency,
            row.since,
            read_due(row.place),
            row.staff_id,
            row.not_staff_id,
            row.contact_id,
            row.sleeps,
            row.rank == 2,
        )
        for row in rows
    ]


def _heed_begun(report: Report, found: Sequence[StoredTurn]) -> None:
    """Raises the urgency to what a reporter has said, where the process that heard it may not."""
    if any(turn.reason == "danger" and turn.place < BEGUN_BELOW for turn in found):
        report.urgency = NOW


def _to_row(turn: Turn) -> dict[str, Any]:
    names = ("report_id", "reason", "about", "desk_id", "staff_id", "not_staff_id", "contact_id")
    more = ("urgency", "rank", "sleeps", "place", "since")
    return {name: getattr(turn, name) for name in (*names, *more)}


def _put_in_place(report: Report, lead: Turn | None) -> None:
    wanted = dict(_NO_PLACE)
    if lead is not None:
        wanted = {
            "turn": lead.reason,
            "turn_rank": lead.rank,
            "turn_sleeps": lead.sleeps,
            "turn_place": lead.place,
        }
    for name, value in wanted.items():
        if getattr(report, name) != value:
            setattr(report, name, value)


def _touched(session: Session) -> set[UUID]:
    found: set[UUID] = session.info.setdefault(_TOUCHED, set())
    return found


def _note_changes(session: Session, _context: UOWTransaction, _instances: object) -> None:
    changed = [row for row in session.dirty if session.is_modified(row)]
    ids = _touched(session)
    ids.update(_list_reports([*session.new, *session.deleted], changed))
    for row in changed:
        if isinstance(row, Staff) and _has_changed(row, "state"):
            with session.no_autoflush:
                touch(session, Report.assignee_id == row.id)


def _list_reports(come_or_gone: Iterable[object], changed: Iterable[object]) -> Iterable[UUID]:
    for row in (*come_or_gone, *changed):
        if isinstance(row, CustodyLine) and row.chain.int:
            yield row.chain
        elif isinstance(row, Referral | Proposal | LegalHold):
            yield row.report_id
    for row in come_or_gone:
        if isinstance(row, Report):
            yield row.id
    for row in changed:
        if isinstance(row, Report) and any(_has_changed(row, name) for name in _WATCHED):
            yield row.id


def _has_changed(row: Report | Staff, name: str) -> bool:
    state: InstanceState[Report | Staff] = inspect(row)
    return state.attrs[name].history.has_changes()


def _settle_touched(session: Session) -> None:
    session.flush()
    ids = session.info.pop(_TOUCHED, set())
    for report_id in sorted(ids):
        settle(session, report_id)
    session.info.pop(_TOUCHED, None)


def _forget_touched(session: Session) -> None:
    session.info.pop(_TOUCHED, None)
