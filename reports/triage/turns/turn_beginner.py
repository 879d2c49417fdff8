"""Turns that are begun where whose turn it is cannot be found: by the process of the public site.

It knows nobody of the staff and no contact point, and changes neither status nor urgency
(`reports.database_roles`). So it says only that something came. The report stands first in the
queue from then on, and whoever may finds the right turns (`begun_turns`): the worker within
seconds, or the next act at the desk.
"""

from __future__ import annotations

from typing import Final
from uuid import UUID

from sqlalchemy import event, select
from sqlalchemy.orm import Session, UOWTransaction, sessionmaker

from reports.intake.urgency import HIGH, NOW
from reports.model import CustodyLine, Report, StoredTurn
from reports.triage.turns.turn import IN_DANGER, IN_DOUBT, ORDINARY

_BEGINS: Final = "turns are only begun"
_CAME: Final = "what came for which reports"
_REASON: Final = {
    "received": "new",
    "reporter_wrote": "reporter_wrote",
    "files_added": "reporter_wrote",
}
"""The reason of the turn that begins, by the custody line of what came."""


def begin_turns(factory: sessionmaker[Session]) -> None:
    """Lets every session of `factory` begin turns before it commits, and find none."""
    factory.configure(info={_BEGINS: True})
    event.listen(factory, "before_flush", _note_came)
    event.listen(factory, "before_commit", _begin_all)
    event.listen(factory, "after_rollback", _forget_came)


def may_only_begin(session: Session) -> bool:
    """Returns whether turns are only begun in this session."""
    return bool(session.info.get(_BEGINS))


def note_danger(session: Session, report: Report) -> None:
    """Makes a report most urgent, because its reporter is in danger now: at once, or as soon as
    somebody finds its turns who may."""
    if may_only_begin(session):
        _came(session).add((report.id, "danger"))
    else:
        report.urgency = NOW


def _came(session: Session) -> set[tuple[UUID, str]]:
    found: set[tuple[UUID, str]] = session.info.setdefault(_CAME, set())
    return found


def _note_came(session: Session, _context: UOWTransaction, _instances: object) -> None:
    lines = (row for row in session.new if isinstance(row, CustodyLine))
    _came(session).update((row.chain, _REASON[row.act]) for row in lines if row.act in _REASON)


def _begin_all(session: Session) -> None:
    session.flush()
    for report_id, reason in sorted(session.info.pop(_CAME, set())):
        report = session.get(Report, report_id)
        if report is not None:
            _begin(session, report, reason)
    session.flush()
    session.info.pop(_CAME, None)


def _begin(session: Session, report: Report, reason: str) -> None:
    urgency = NOW if reason == "danger" else report.urgency
    if report.status == "closed" and reason != "danger":
        urgency = min(urgency, HIGH)
    if reason == "new" and urgency == NOW and not report.unverified:
        reason = "danger"
    rank = IN_DOUBT if report.unverified else IN_DANGER if urgency == NOW else ORDINARY
    own = StoredTurn.report_id == report.id, StoredTurn.about == report.id
    there = select(StoredTurn.reason).where(*own, StoredTurn.reason == reason)
    if session.scalar(there) is None:
        session.add(
            StoredTurn(
                report_id=report.id,
                reason=reason,
                about=report.id,
                desk_id=report.desk_id,
                staff_id=report.assignee_id,
                urgency=urgency,
                rank=rank,
                sleeps=False,
                place=NOW - urgency,
                since=report.updated_day,
            )
        )
    # Of several the gravest leads.
    mine = False, rank, NOW - urgency
    if report.status != "closed" and mine < _read_place(report):
        report.turn, report.turn_rank, report.turn_sleeps = reason, rank, False
        report.turn_place = NOW - urgency


def _read_place(report: Report) -> tuple[bool, int, int]:
    return report.turn_sleeps, report.turn_rank, report.turn_place


def _forget_came(session: Session) -> None:
    session.info.pop(_CAME, None)
