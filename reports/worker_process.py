"""The process of a worker: what it compares before it begins, its timetable, its end.

APScheduler calls the jobs and does nothing else: all that must be remembered stands in the
database.
"""

from __future__ import annotations

import logging
import signal
import sys
from datetime import UTC, datetime, timedelta
from typing import Final

from apscheduler.events import EVENT_JOB_ERROR, JobExecutionEvent
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from reports import notices
from reports.db import make_engine, make_session_factory, require_head
from reports.errors import NotFounded, StoreFailed
from reports.instance import require_keys
from reports.notices import NoticeWording
from reports.patience import WORKER
from reports.settings import Settings
from reports.stores import list_stores, require_stores
from reports.vault import WORKER_KEYS, Vault
from reports.worker import Worker
from reports.worker_log import LOGGER, log

DELIVER_EVERY: Final = timedelta(seconds=5)
PURGE_EVERY: Final = timedelta(minutes=1)
CHASE_EVERY: Final = timedelta(minutes=5)
NOTIFY_EVERY: Final = timedelta(minutes=1)


def run(settings: Settings, say: NoticeWording = notices.say_in_english) -> None:
    """Work until SIGINT or SIGTERM, then finish the delivery in hand.

    `say` words the notices to staff. Raises `NotFounded`, as `SchemaUnfit` where the database is of
    another version, as `KeysUnfit` where the keys are not those of its instance, and as
    `StoreUnfit` where a store is not its own. A database that does not answer is waited for.
    """
    # Blocked, a signal waits for `sigwait` below: no handler runs in the midst of anything. One
    # that the parent set to be ignored stays ignored.
    stops = {s for s in (signal.SIGINT, signal.SIGTERM) if signal.getsignal(s) != signal.SIG_IGN}
    before = signal.pthread_sigmask(signal.SIG_BLOCK, stops)
    _prepare_log()
    engine = make_engine(settings.database_url, WORKER)
    try:
        keys = _await_keys(engine, settings, stops)
    except NotFounded:
        # Given back for whoever goes on after the refusal; after work it stays, so that a second
        # signal does not cut off the end.
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        engine.dispose()
        raise
    if keys is not None:
        worker = Worker(settings, keys, engine, say)
        scheduler = _clock(worker)
        scheduler.start()
        log("started")
        signal.sigwait(stops)
        worker.stop()
        scheduler.shutdown(wait=True)
        worker.close()
    engine.dispose()
    log("stopped")


def _await_keys(engine: Engine, settings: Settings, stops: set[signal.Signals]) -> Vault | None:
    """Returns the keys of the instance, once the database answers; None when told to stop before.

    Raises `SchemaUnfit`, `KeysUnfit`, `StoreUnfit`, and `NotFounded` where nothing is founded.
    """
    while True:
        try:
            require_head(engine)
            with make_session_factory(engine)() as session:
                keys = require_keys(session, settings.data_dir, purposes=WORKER_KEYS)
            if keys is None:
                raise NotFounded("there is no instance in the database: run init first")
            if settings.production:
                keys.key_folder.require_roster_fixed()
            _compare_stores(engine, settings)
        except OperationalError as silence:
            log("failed", outcome=type(silence).__name__)
        else:
            return keys
        if signal.sigtimedwait(stops, DELIVER_EVERY.total_seconds()):
            return None


def _compare_stores(engine: Engine, settings: Settings) -> None:
    """Raises `StoreUnfit`. A store that does not answer keeps no mail: erasing in it waits."""
    for place, store in list_stores(settings).items():
        try:
            with make_session_factory(engine)() as session:
                require_stores(session, {place: store})
        except StoreFailed as silence:
            log("failed", outcome=type(silence).__name__)


def _clock(worker: Worker) -> BackgroundScheduler:
    # In the background and not blocking, so that the main thread can wait for signals.
    scheduler = BackgroundScheduler(
        jobstores={"default": MemoryJobStore()},
        executors={"default": ThreadPoolExecutor(2)},
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        timezone=UTC,
    )
    scheduler.add_listener(_say_what_failed, EVENT_JOB_ERROR)
    for act, every in (
        (worker.deliver, DELIVER_EVERY),
        (worker.purge, PURGE_EVERY),
        (worker.chase, CHASE_EVERY),
        (worker.notify, NOTIFY_EVERY),
    ):
        scheduler.add_job(
            act, "interval", seconds=every.total_seconds(), next_run_time=datetime.now(UTC)
        )
    return scheduler


def _say_what_failed(event: JobExecutionEvent) -> None:
    # The kind alone: a message or a traceback may hold an address.
    log("failed", outcome=type(event.exception).__name__)


def _prepare_log() -> None:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(asctime)s worker %(message)s"))
    logger = logging.getLogger(LOGGER)
    logger.handlers[:] = [handler]
    logger.setLevel(logging.INFO)
    logger.propagate = False
    logging.getLogger("apscheduler").setLevel(logging.CRITICAL + 1)
