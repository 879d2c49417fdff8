"""Whether this process can serve, for whoever watches it: database, schema, keys and store.

The parts are asked in a thread of their own, never in one that serves pages. At most one such
thread exists at a time, and its result is kept for seconds: however often a monitor asks, and
however long a part is silent, one thread of the web server waits at most `DEADLINE` seconds, and
the others not at all. Strangers hear yes or no; the reason stands in the log, once for each change.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from threading import Event, Lock, Thread
from typing import Final

from sqlalchemy import Engine

from reports.blobs import Store
from reports.db import make_session_factory, require_head
from reports.errors import NotFounded
from reports.instance import require_keys
from webapp.site import failure_log

DEADLINE: Final = 3.0
"""Seconds for all parts together (docs/security-parameters.md#SP-4.15)."""
KEPT: Final = 5.0
"""Seconds for which a result is good (docs/security-parameters.md#SP-4.15)."""
THREAD: Final = "readiness"
"""The name of the thread that asks."""
NO_ANSWER: Final = "NoAnswer"
"""The kind of failure of a part that was silent for longer than the deadline."""


@dataclass(frozen=True)
class Unready:
    """The part that failed, and the kind of its failure."""

    part: str
    kind: str


class Readiness:
    """The state of the parts of one process, as they answered last.

    `parts` are asked in their order; each raises where it cannot serve. `read_clock` gives seconds
    that never jump.
    """

    def __init__(
        self,
        parts: Mapping[str, Callable[[], object]],
        read_clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._parts = parts
        self._read_clock = read_clock
        self._lock = Lock()
        self._asking = False
        self._asked_now = ""
        self._told_at: float | None = None
        self._ready = False
        self._reason: Unready | None = None

    def ask(self) -> bool:
        """Returns whether every part answered, now or within the last `KEPT` seconds.

        While another thread waits for the answers, the last result is returned at once; before
        there is any, that is False.
        """
        with self._lock:
            fresh = self._told_at is not None and self._read_clock() - self._told_at < KEPT
            if fresh or self._asking:
                return self._ready
            self._asking = True
        answered = Event()
        try:
            # A daemon, so that a part that never answers does not keep the process from its end.
            Thread(target=self._ask_parts, args=(answered,), name=THREAD, daemon=True).start()
        except RuntimeError as problem:  # the system gives no more threads
            self._learn(Unready("threads", type(problem).__name__), answered)
        if not answered.wait(DEADLINE):
            self._give_up(answered)
        return self._ready

    def _ask_parts(self, answered: Event) -> None:
        reason: Unready | None = None
        for name, part in self._parts.items():
            self._asked_now = name
            try:
                part()
            except Exception as problem:
                # Of any kind: left alone, a thread prints the words of its exception.
                reason = Unready(name, type(problem).__name__)
                break
        self._learn(reason, answered)

    def _learn(self, reason: Unready | None, answered: Event) -> None:
        with self._lock:
            self._asking = False
            self._tell(reason)
            answered.set()

    def _give_up(self, answered: Event) -> None:
        """Takes silence for a failure; the thread goes on, and what it learns later counts."""
        with self._lock:
            if not answered.is_set():
                self._tell(Unready(self._asked_now, NO_ANSWER))

    def _tell(self, reason: Unready | None) -> None:
        before = self._reason
        self._told_at, self._ready, self._reason = self._read_clock(), reason is None, reason
        if reason is not None and reason != before:
            failure_log.log_unready(reason.part, reason.kind)
        elif reason is None and before is not None:
            failure_log.log_ready()


def prepare_readiness(
    engine: Engine, data_dir: Path, store: Store, purposes: Iterable[str] = ()
) -> Readiness:
    """Returns the readiness of a process with these parts; none of them is asked yet.

    The keys are read from their files each time: those in memory would hide a folder that is gone.
    """
    return Readiness(
        {
            "database": partial(require_head, engine),
            "keys": partial(_compare_keys, engine, data_dir, tuple(purposes)),
            "store": store.require_answer,
        }
    )


def _compare_keys(engine: Engine, data_dir: Path, purposes: Iterable[str]) -> None:
    with make_session_factory(engine)() as session:
        if require_keys(session, data_dir, purposes=purposes) is None:
            raise NotFounded("there is no instance in the database: run init first")
