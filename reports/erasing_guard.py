"""Whether what is due is erased now: not while the clock is in doubt, and only so many a day.

The limit is for what no clock tells: a setting of retention that is too short, a row changed by
hand. What exceeds it waits for the next day, or for a supervisor who lifts it for this one. Neither
holds back what a reporter asked for or was promised (`reports.retention`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from reports import clock_record, retention
from reports.act import Act
from reports.clock_record import HOLD
from reports.errors import NotAllowed
from reports.model import ClockRecord
from reports.retention import AT_ONCE, Purged
from reports.settings import Settings
from reports.vault import Vault

ADMINISTRATOR = "administrator"
WATCHERS = ("supervisor", ADMINISTRATOR)


@dataclass(frozen=True)
class ErasingState:
    """What the desk is told. `due` counts reports that wait; zero where nothing holds them back.

    `read_at` and `trusted_at` are the clock as a worker last read it, and the moment it trusts.
    `left` is how long erasing still waits at least; zero where a person must end it.
    """

    doubt: str | None
    parted: bool
    kept: bool
    over_limit: bool
    due: int
    left: timedelta
    read_at: datetime | None
    trusted_at: datetime | None

    @property
    def held(self) -> bool:
        """Whether the clock or an administrator holds erasing back."""
        return self.kept or self.parted or self.left > timedelta(0)

    @property
    def quiet(self) -> bool:
        """Whether there is nothing that anybody should know."""
        return not (self.doubt or self.held or self.over_limit)


def erase_due(session: Session, vault: Vault, settings: Settings, now: datetime) -> Purged:
    """Erase what is due, as far as today's limit goes, and count it. Call until nothing is erased.

    Ask `clock_record.check` before: this asks no clock.
    """
    record = clock_record.take(session, now)
    if record.erased_day != now.date():
        record.erased_day, record.erased = now.date(), 0
    lifted = record.lifted_day == now.date()
    room = AT_ONCE if lifted else max(0, settings.purge_limit - record.erased)
    if not room:
        return Purged([])
    purged = retention.purge_expired(
        session, vault, now, files_earlier=settings.files_earlier, most=room
    )
    record.erased += purged.count
    return purged


def read_state(session: Session, settings: Settings, now: datetime) -> ErasingState:
    """What holds erasing back now, and how much waits for it. `now` is the desk's clock."""
    record = clock_record.find(session)
    if record is None:
        return ErasingState(None, False, False, False, 0, timedelta(0), None, None)
    by = record.checked_at
    spent = record.erased_day == by.date() and record.erased >= settings.purge_limit
    over = spent and record.lifted_day != by.date() and by.date() == now.date()
    waits = bool(record.doubt or record.parted)
    needed = HOLD if record.doubt else clock_record.CALM
    left = max(needed - timedelta(seconds=record.waited), timedelta(0)) if waits else timedelta(0)
    due = 0
    if over or waits or record.kept:
        due = retention.count_expired(session, by, files_earlier=settings.files_earlier)
    return ErasingState(
        record.doubt,
        record.parted,
        record.kept,
        over and due > 0,
        due,
        left,
        record.checked_at,
        record.seen_at,
    )


def release(act: Act) -> None:
    """The clock is right: what is due is erased at the worker's next turn.

    Raises `NotAllowed` unless an administrator says so, or where nothing is held back.
    """
    record = _require(act, ADMINISTRATOR)
    if not (record.doubt or record.parted or record.kept):
        raise NotAllowed("nothing is held back")
    detail = {"clock": record.checked_at.isoformat(), "trusted": record.seen_at.isoformat()}
    clock_record.accept(act.session, act.now)
    act.record_here("erasing_released", detail)


def keep(act: Act) -> None:
    """Hold back whatever is due until somebody releases it, however long the clock runs evenly.

    Raises `NotAllowed` unless an administrator says so.
    """
    record = _require(act, ADMINISTRATOR)
    if not record.kept:
        record.kept = True
        act.record_here("erasing_kept", {"clock": record.checked_at.isoformat()})


def allow_beyond_limit(act: Act) -> None:
    """Let today's erasing go beyond the limit of a day. Raises `NotAllowed` for a triager.

    The day is the one that the worker counts by, which need not be that of this machine.
    """
    record = _require(act, *WATCHERS)
    day = record.checked_at.date()
    if record.lifted_day != day:
        record.lifted_day = day
        act.record_here("erasing_limit_lifted", {"day": day.isoformat()})


def _require(act: Act, *roles: str) -> ClockRecord:
    if act.keyring.staff.role not in roles:
        raise NotAllowed("the role does not reach this")
    return clock_record.take(act.session, act.now)
