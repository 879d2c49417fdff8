"""The clock record: how far the clock can be believed before something is erased for good.

One row keeps the last moment that purging trusted. When the clock is days away from it, a wrong
clock and a worker that did not run look the same, and nobody can tell but a person. So nothing that
is due is erased for a day. Administrators read it at the desk, and can end the wait or keep it.

A clock that is ahead is believed after that day, or when an administrator says so. One that is
behind is never believed by itself: what is due by it was due in any case, but the days that reports
are given go on from the record (`correct`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from reports.db import upsert
from reports.model import ClockRecord, Report

JUMP: Final = timedelta(days=2)
"""How far the clock may be from the record. A worker may stand still for a day's repair; two days
are little beside a retention of weeks (docs/security-parameters.md#SP-4.17)."""
HOLD: Final = timedelta(hours=24)
"""How long a worker must have seen the doubted clock run evenly before anything is erased: every
administrator has a working day in it (docs/security-parameters.md#SP-4.17)."""
CALM: Final = timedelta(minutes=10)
"""How long both clocks must have run alike after a jump. Longer than every lease, and shorter than
the time after which a desk is called again (docs/security-parameters.md#SP-4.16)."""

ClockNews = Literal["parted", "ahead", "behind", "agreed", "believed"]


@dataclass(frozen=True)
class ClockVerdict:
    """Whether what is due may be erased now; whether the clock is beyond doubt; what is new."""

    may_erase: bool
    calm: bool
    news: ClockNews | None = None


def find(session: Session) -> ClockRecord | None:
    """The record; None before any worker has purged."""
    return session.get(ClockRecord, 1)


def may_remind(record: ClockRecord | None) -> bool:
    """Whether times to answer can be measured: no jump lasts, and the clock is not behind.

    A clock that was found ahead at a start may be right after a time without a worker, and then
    reminders are late already.
    """
    return record is None or not (record.parted or record.doubt == "behind")


def may_call(record: ClockRecord | None) -> bool:
    """Whether staff can be called: any time but in the first `CALM` after a jump.

    A call because of danger needs no right day, so it does not wait for one.
    """
    return record is None or not record.parted or record.waited >= CALM.total_seconds()


def take(session: Session, now: datetime) -> ClockRecord:
    """The record, made now if there is none; nobody else changes it until the commit."""
    if find(session) is None:
        fresh = {
            "id": 1,
            "seen_at": _find_first_trust(session, now),
            "checked_at": now,
            "doubt": None,
            "parted": False,
            "kept": False,
            "waited": 0,
            "erased_day": now.date(),
            "erased": 0,
            "lifted_day": None,
        }
        upsert(session, ClockRecord, fresh)
    return session.get_one(ClockRecord, 1, with_for_update=True, populate_existing=True)


def correct(session: Session, now: datetime) -> datetime:
    """The moment to stamp a report with: `now`, or where that is earlier the last one trusted."""
    record = find(session)
    return now if record is None else max(now, record.seen_at)


def note_parting(session: Session, now: datetime) -> None:
    """The clock jumped while a worker ran: every wait begins anew."""
    record = take(session, now)
    record.parted, record.waited = True, 0


def check(session: Session, now: datetime, ran: timedelta) -> ClockVerdict:
    """Compare `now` with the record and write it down.

    `ran` is how long, by its steady clock, the asking worker has run since it last asked; zero the
    first time.
    """
    record = take(session, now)
    before, passed = record.doubt, now - record.checked_at
    # What both clocks saw pass: a jump adds nothing, and two workers do not count twice.
    evenly = max(min(ran, passed), timedelta(0))
    if record.parted or record.doubt:
        record.seen_at += evenly
    record.doubt = _compare(now, record.seen_at)
    # A wait that somebody started the worker into anew, days later, has seen nothing of those days.
    if record.doubt != before or abs(passed) > JUMP:
        record.waited = 0
    else:
        record.waited += int(evenly.total_seconds())
    record.checked_at = now
    news = _settle(record, now)
    if news is None and record.doubt != before:
        news = "ahead" if record.doubt == "ahead" else "behind" if record.doubt else "agreed"
    calm = not record.parted and record.doubt is None
    if calm:
        record.seen_at = max(now, record.seen_at)
    waits = record.doubt is not None and record.waited < HOLD.total_seconds()
    return ClockVerdict(not (record.parted or record.kept or waits), calm, news)


def accept(session: Session, now: datetime) -> None:
    """Somebody says that the clock is right: the moment that a worker last read is trusted."""
    record = take(session, now)
    record.seen_at = record.checked_at
    record.doubt, record.parted, record.kept, record.waited = None, False, False, 0


def _find_first_trust(session: Session, now: datetime) -> datetime:
    """Where there is no record yet: the last change of any report, if that is days from `now`."""
    newest = session.scalar(select(func.max(Report.updated_day)))
    if newest is None or abs(now.date() - newest) <= JUMP:
        return now
    return datetime.combine(newest, now.timetz())


def _compare(now: datetime, trusted: datetime) -> str | None:
    if now - trusted > JUMP:
        return "ahead"
    return "behind" if trusted - now > JUMP else None


def _settle(record: ClockRecord, now: datetime) -> ClockNews | None:
    """End what has lasted long enough."""
    news: ClockNews | None = None
    if record.parted and record.waited >= (HOLD if record.doubt else CALM).total_seconds():
        record.parted = False
        news = None if record.doubt else "agreed"
    if record.doubt == "ahead" and record.waited >= HOLD.total_seconds() and not record.kept:
        record.doubt, record.seen_at = None, now
        news = "believed"
    return news
