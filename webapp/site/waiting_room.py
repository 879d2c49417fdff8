"""A seat for each thread that waits for the database or the bucket, and fewer seats than threads.

Pages that need neither are answered by the threads that are left, however long the others wait.
While seats change hands quickly, whoever comes next waits for one, a second at most; once they do
not, whoever comes next hears so at once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from threading import Condition, local
from time import monotonic
from typing import Final

from sqlalchemy import event
from sqlalchemy.orm import Session, SessionTransaction, sessionmaker

from reports.blobs import Store
from reports.errors import Busy

SEATS: Final = 6
"""Two fewer than a web process has threads (docs/security-parameters.md#SP-4.12)."""
PATIENCE: Final = 1.0
"""Seconds that somebody waits for a seat. A seat that was held for as long shows that the database
or the bucket is slow, until one is held for less."""


class WaitingRoom:
    """The seats of one process. A thread has one at most, however often it asks for it."""

    def __init__(self, seats: int = SEATS) -> None:
        self._free = seats
        self._changed = Condition()
        self._slow = False
        self._own = local()

    def enter(self) -> None:
        """Take a seat, or keep the one that this thread has. Raises `Busy`."""
        depth = getattr(self._own, "depth", 0)
        if not depth:
            self._sit()
        self._own.depth = depth + 1

    def leave(self) -> None:
        """Say that one use of the seat is over; with the last one it is free."""
        depth = getattr(self._own, "depth", 0)
        if depth == 1:
            self._rise()
        self._own.depth = max(0, depth - 1)

    def release(self) -> None:
        """Free this thread's seat, whatever broke off before it was left."""
        if getattr(self._own, "depth", 0):
            self._rise()
        self._own.depth = 0

    @contextmanager
    def take_seat(self) -> Iterator[None]:
        """A seat for a while. Raises `Busy`."""
        self.enter()
        try:
            yield
        finally:
            self.leave()

    def guard(self, sessions: sessionmaker[Session]) -> None:
        """Let every transaction of these sessions have a seat from before its connection is made.

        Their use raises `Busy` where there is none.
        """
        event.listen(sessions, "after_transaction_create", self._begin)
        event.listen(sessions, "after_transaction_end", self._end)

    def _begin(self, session: Session, begun: SessionTransaction) -> None:
        if begun.parent is None:
            self.enter()
            session.info["seated"] = True

    def _end(self, session: Session, ended: SessionTransaction) -> None:
        if ended.parent is None and session.info.pop("seated", False):
            self.leave()

    def _sit(self) -> None:
        with self._changed:
            until = monotonic() + PATIENCE
            while not self._free:
                left = until - monotonic()
                if self._slow or left <= 0:
                    self._slow = True
                    raise Busy("every seat is taken")
                self._changed.wait(left)
            self._free -= 1
        self._own.since = monotonic()

    def _rise(self) -> None:
        with self._changed:
            self._slow = monotonic() - self._own.since >= PATIENCE
            self._free += 1
            self._changed.notify()


class SeatedStore:
    """A store that is reached over the network: each of its acts has a seat, or raises `Busy`."""

    def __init__(self, store: Store, room: WaitingRoom) -> None:
        self._store = store
        self._room = room

    def put(self, name: str, chunks: Iterable[bytes]) -> None:
        """Write one object whole, or not at all. Raises `StoreFailed`."""
        with self._room.take_seat():
            self._store.put(name, chunks)

    def get(self, name: str) -> Iterator[bytes]:
        """Read one object in pieces; while a piece is used the seat is free."""
        pieces = iter(self._store.get(name))
        while True:
            with self._room.take_seat():
                piece = next(pieces, None)
            if piece is None:
                return
            yield piece

    def list_names(self) -> set[str]:
        """All objects of the store."""
        with self._room.take_seat():
            return self._store.list_names()

    def find_beginning(self, beginnings: Collection[str]) -> set[str]:
        """All objects whose names begin with one of these."""
        with self._room.take_seat():
            return self._store.find_beginning(beginnings)

    def read_times(self) -> dict[str, datetime]:
        """All objects, and when each was last written."""
        with self._room.take_seat():
            return self._store.read_times()

    def require_answer(self) -> None:
        """Returns when the store answers. Raises `StoreFailed`."""
        with self._room.take_seat():
            self._store.require_answer()

    def measure_room(self) -> int | None:
        """How many bytes its limit leaves; None without one. Raises `StoreFailed`."""
        with self._room.take_seat():
            return self._store.measure_room()

    def delete(self, names: Collection[str]) -> None:
        """Erase objects; one that is not there is no failure."""
        with self._room.take_seat():
            self._store.delete(names)
