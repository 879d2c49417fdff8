"""The jobs of a worker: it delivers, reminds, calls staff, and erases what has expired.

All that must be remembered stands in the database, which arbitrates between any number of workers.
A worker holds no key that opens a report. With its process (`reports.worker_process`) it is the one
place of the domain that reads the clock and commits.
"""

from __future__ import annotations

import math
import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import Engine, func, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from reports import (
    clock_record,
    erasing_guard,
    lease,
    notices,
    outer_layer,
    retention,
)
from reports.clock_watch import ClockWatch
from reports.db import begin_write, make_session_factory
from reports.delivery import delivery_states, departure, outbox, reminder, standstill
from reports.delivery.channels.registry import CHANNELS
from reports.delivery.outbox import ClaimedDelivery
from reports.delivery.transports import Transport
from reports.delivery.transports.smtp import SmtpTransport
from reports.errors import (
    ChannelFailed,
    ChannelMissing,
    LeaseLost,
    NotFounded,
)
from reports.instance import require_still
from reports.model import ClockRecord
from reports.notices import NoticePlan, NoticeWording
from reports.object_eraser import ObjectEraser
from reports.settings import Settings
from reports.territory import get_territory
from reports.tombstones import FILES, MAIL
from reports.triage import deadlines
from reports.triage.turns import begun_turns, turn_sweep
from reports.vault import Vault
from reports.worker_log import log

CLAIM_LEASE: Final = timedelta(minutes=5)
"""Longer than all answers of one slow mail server together (fifteen seconds for each)."""
PURGE_LEASE: Final = timedelta(minutes=3)
RECORD_EVERY: Final = timedelta(minutes=1)
"""How often a worker writes down that its jobs run; they run more often than that."""


def read_clock(session: Session) -> datetime:
    """Now, by the clock that all workers share: the database's, or with SQLite this machine's."""
    if session.get_bind().dialect.name == "postgresql":
        told: datetime = session.scalars(select(func.clock_timestamp())).one()
        return told.astimezone(UTC)
    return datetime.now(UTC)


def read_steady_clock() -> float:
    """Seconds by a clock that nobody can set; where there is one, it runs on while all sleeps."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


@dataclass(frozen=True)
class WorkerClocks:
    """The clock that all workers share, and one of this machine that only counts seconds."""

    read: Callable[[Session], datetime] = read_clock
    read_steady: Callable[[], float] = read_steady_clock


class Worker:
    """One worker among any number: its database, its name on leases, and whether it should stop."""

    def __init__(
        self,
        settings: Settings,
        vault: Vault,
        engine: Engine,
        say: NoticeWording = notices.say_in_english,
        clocks: WorkerClocks = WorkerClocks(),
    ) -> None:
        self.id: UUID = uuid4()
        self._settings = settings
        self._vault = vault
        self._sessions = make_session_factory(engine)
        self._stopping = threading.Event()
        self._objects = ObjectEraser(
            settings, vault, self._transaction, self._keep_purging, self._stopping.is_set
        )
        self._say = say
        self._recorded: dict[str, float] = {}
        self._clocks = clocks
        self._watch = ClockWatch()
        self._watching = threading.Lock()
        self._judged_at: float | None = None
        self._was_calm = False
        self._swept: UUID | None = None

    def stop(self) -> None:
        """Begin nothing more; what is in hand is finished."""
        self._stopping.set()

    def close(self) -> None:
        """Say in the store what was erased until now; the last thing that a worker does.

        An instance that is stopped may be restored next, and what nobody said would come back. So
        it waits for no lease, which a worker that was killed may still have.
        """
        with suppress(NotFounded, OperationalError):
            while self._objects.record_batch():
                pass

    def deliver(self) -> None:
        """Carry what is due, one after the other; no transaction is open meanwhile. Before that,
        find whose turn it is of what the public site has heard."""
        with self._transaction() as session:
            begun_turns.settle(session, self._vault, self._clocks.read(session))
        transports = choose_transports(self._settings)
        while transports and not self._stopping.is_set():
            with self._transaction() as session:
                now = self._clocks.read(session)
                outbox.correct_waits(session, now, CLAIM_LEASE)
                claims = outbox.claim(
                    session, now, self.id, lease=CLAIM_LEASE, limit=1, channels=transports.keys()
                )
            if not claims:
                break
            self._carry(transports[claims[0].channel], claims[0])
            # Each one carried is a turn: many that are slow are no standstill.
            self._record_turn("deliver")
        self._record_turn("deliver")

    def purge(self) -> None:
        """Erase what has expired, if no other worker is at it.

        What is erased for good waits while the clock is in doubt, and beyond the limit of a day.
        """
        self._watch_clock()
        while not self._stopping.is_set():
            with self._transaction() as session:
                if not self._keep_purging(session):
                    return
                now = self._clocks.read(session)
                retention.purge_short_lived(session, self._vault, now)
                erased = self._erase_by_clock(session, now)
            if failure := outer_layer.try_overwriting(self._transaction, self._vault):
                log("failed", outcome=failure)
            self._sweep_turns()
            self._objects.erase(FILES)
            self._objects.erase(MAIL)
            while not self._stopping.is_set() and self._objects.record_batch():
                pass
            self._record_turn("purge")
            if not erased:
                return
            log("erased", count=erased)

    def chase(self) -> None:
        """Remind recipients whose time to answer is over, and tell the desk, one step at a time."""
        if not clock_record.may_remind(self._watch_clock()):
            return
        with self._transaction() as session:
            now = self._clocks.read(session)
            if not lease.acquire(session, "chase", self.id, now, PURGE_LEASE):
                return
            late = deadlines.chase(session, self._vault, self._settings, now)
            for referral in late:
                reminder.enqueue(session, self._vault, self._settings, referral, now)
        self._record_turn("chase")
        if late:
            log("reminded", count=len(late))

    def notify(self) -> None:
        """Tell staff by mail whether something waits; without a mail server nobody is told."""
        if self._settings.smtp_url is None:
            self._record_turn("notify")
            return
        if not clock_record.may_call(self._watch_clock()):
            return
        transport = SmtpTransport(self._settings.smtp_url, self._settings.mail_from)
        with self._transaction() as session:
            now = self._clocks.read(session)
            if not lease.acquire(session, "notify", self.id, now, PURGE_LEASE):
                return
            ours = self._settings
            zone = get_territory().find_home(ours.countries).place.zone
            plan = NoticePlan(ours.notice_times, ours.mail_from, self._say, zone)
            wanted = notices.list_due(session, self._vault, plan, now)
        for notice in wanted:
            if self._stopping.is_set():
                return
            try:
                # A notice is no delivery of any channel.
                transport.send(ClaimedDelivery(uuid4(), self.id, 1, notice.to, notice.mail, ""))
            except ChannelFailed as problem:
                log("notice", outcome=problem.code)
                return
            with self._transaction() as session:
                notices.mark_sent(session, notice, now)
        with self._transaction() as session:
            notices.settle_calls(session, now)
        self._record_turn("notify")

    def _record_turn(self, job: str) -> None:
        """Record that a turn of `job` is finished, in a transaction of its own, once a minute."""
        now = time.monotonic()
        if now - self._recorded.get(job, -math.inf) < RECORD_EVERY.total_seconds():
            return
        with self._transaction() as session:
            standstill.record_turn(session, job, self._clocks.read(session))
        self._recorded[job] = now

    def _watch_clock(self) -> ClockRecord | None:
        """Look whether the clock has jumped, and write it down; the record as it stands then."""
        with self._watching, self._sessions() as session:
            session.connection()
            before = self._clocks.read_steady()
            now = self._clocks.read(session)
            after = self._clocks.read_steady()
            if self._watch.has_parted(now, before, after):
                begin_write(session)
                clock_record.note_parting(session, now)
                session.commit()
                self._watch.settle(now, after)
                log("clock", outcome="parted")
            return clock_record.find(session)

    def _erase_by_clock(self, session: Session, now: datetime) -> int:
        """Erase what is due if the clock can be believed; how many reports that were."""
        steady = self._clocks.read_steady()
        began, self._judged_at = self._judged_at, steady
        ran = timedelta(seconds=steady - began) if began is not None else timedelta(0)
        verdict = clock_record.check(session, now, ran)
        if verdict.news:
            log("clock", outcome=verdict.news)
        if verdict.calm and not self._was_calm:
            retention.correct_days(session, now, self._settings.retention_days)
        self._was_calm = verdict.calm
        if not verdict.may_erase:
            return 0
        return erasing_guard.erase_due(session, self._vault, self._settings, now).count

    def _sweep_turns(self) -> None:
        """Mend the turns of the next reports, and begin anew behind the last one."""
        with self._transaction() as session:
            now = self._clocks.read(session)
            stretch = turn_sweep.correct_next(session, self._vault, now, self._swept)
        self._swept = stretch.last
        if stretch.mended:
            log("turns", count=stretch.mended)

    def _carry(self, transport: Transport, claim: ClaimedDelivery) -> None:
        outcome: str = transport.outcome
        failure: ChannelFailed | None = None
        try:
            with self._sessions() as session:
                departure.require_signed(session, self._vault, claim)
            transport.send(claim)
        except ChannelFailed as problem:
            failure, outcome = problem, problem.code
        try:
            with self._transaction() as session:
                self._settle(session, transport, claim, failure)
        except LeaseLost:
            outcome = "lease_lost"
            with self._transaction() as session:
                delivery_states.erase_late_mail(session, claim.id)
        log("delivery", delivery=claim.id, attempt=claim.attempt, outcome=outcome)

    def _settle(
        self,
        session: Session,
        transport: Transport,
        claim: ClaimedDelivery,
        failure: ChannelFailed | None,
    ) -> None:
        now = self._clocks.read(session)
        if failure is None:
            outbox.settle(session, self._vault, claim, now, transport.outcome)
        elif failure.lasting:
            outbox.fail(session, self._vault, claim, now, failure.code)
        else:
            outbox.retry(session, claim, now, failure.code, jitter=random.random())

    def _keep_purging(self, session: Session) -> bool:
        now = self._clocks.read(session)
        return lease.acquire(session, "purge", self.id, now, PURGE_LEASE)

    @contextmanager
    def _transaction(self) -> Iterator[Session]:
        with self._sessions() as session:
            begin_write(session)
            require_still(session, self._vault)
            yield session
            session.commit()


def choose_transports(settings: Settings) -> dict[str, Transport]:
    """The transport of each channel whose deliveries can leave this instance now, by its code.

    What has none stays due; the desk says why.
    """
    found: dict[str, Transport] = {}
    for code, channel in CHANNELS.items():
        with suppress(ChannelMissing):
            transport = channel.choose_transport(settings)
            if transport is not None:
                found[code] = transport
    return found
