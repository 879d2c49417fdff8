"""What a worker does in the stores: it erases what tombstones name, and says there what is erased.

It holds no transaction while it waits for a store, and begins nothing that the worker has not the
lease for.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from reports import erased_reports, tombstones
from reports.attachments import objects
from reports.delivery import delivery_states
from reports.delivery.transports import folder
from reports.errors import StoreFailed, StoreUnfit
from reports.model import Tombstone
from reports.settings import Settings
from reports.stores import list_stores, require_stores
from reports.tombstones import FILES, MAIL
from reports.vault import Vault
from reports.worker_log import log

BEGINNINGS: Final = {FILES: objects.make_beginning, MAIL: folder.make_beginning}
NEEDED: Final = {FILES: objects.find_needed, MAIL: delivery_states.find_needed_mails}
"""How the names of a row's objects begin, and what rows that are there need, place by place."""


class ObjectEraser:
    """Erases objects for one worker, and remembers where each store failed last."""

    def __init__(
        self,
        settings: Settings,
        vault: Vault,
        begin: Callable[[], AbstractContextManager[Session]],
        keep_lease: Callable[[Session], bool],
        is_stopping: Callable[[], bool],
    ) -> None:
        self._vault = vault
        self._stores = list_stores(settings)
        self._begin = begin
        self._keep_lease = keep_lease
        self._is_stopping = is_stopping
        self._after: dict[str, UUID] = {}

    def erase(self, place: str) -> None:
        """Erase what tombstones name in a place.

        A failure ends this turn; the next one goes on behind what failed and comes back to it, so
        that one object that cannot be erased does not keep all others.
        """
        failed = self._after.pop(place, None)
        if failed is None or self._erase_after(place, failed):
            self._erase_after(place, None)

    def _erase_after(self, place: str, after: UUID | None) -> bool:
        """Work through the tombstones after this one; whether that came to its end."""
        while not self._is_stopping():
            with self._begin() as session:
                if not self._keep_lease(session):
                    return False
                batch = tombstones.list_next(session, place, after)
                needed = NEEDED[place](session, [each.row_id for each in batch])
            if not batch:
                return True
            done = self._erase_batch(place, batch, needed) if self._is_ours(place) else []
            with self._begin() as session:
                tombstones.remove(session, done)
            if len(done) < len(batch):
                return False
            after = batch[-1].id
        return False

    def record_batch(self) -> bool:
        """Say in the store which reports were erased, some at a time; whether there may be more.

        A failure waits for the next turn. To say one twice is no failure, of two workers neither.
        """
        with self._begin() as session:
            batch = erased_reports.list_next(session)
        if not batch or not self._is_ours(FILES):
            return False
        try:
            erased_reports.put_on_record(self._stores[FILES], self._vault, batch)
        except StoreFailed as problem:
            log("failed", outcome=type(problem).__name__)
            return False
        with self._begin() as session:
            erased_reports.remove(session, batch)
        return True

    def _is_ours(self, place: str) -> bool:
        """Whether the store is still there and ours: from an empty mount nothing has gone."""
        try:
            with self._begin() as session:
                require_stores(session, {place: self._stores[place]})
        except (StoreFailed, StoreUnfit) as problem:
            log("failed", outcome=type(problem).__name__)
            return False
        return True

    def _erase_batch(self, place: str, batch: list[Tombstone], needed: set[str]) -> list[Tombstone]:
        """Erase what these name, no transaction open; those that are done. Notes what failed."""
        store, make_beginning, done = self._stores[place], BEGINNINGS[place], list[Tombstone]()
        try:
            found = store.find_beginning([make_beginning(each.row_id) for each in batch])
            for each in batch:
                if self._is_stopping():
                    break
                store.delete(tombstones.choose_doomed(make_beginning(each.row_id), found, needed))
                done.append(each)
        except StoreFailed as problem:
            log("failed", outcome=type(problem).__name__)
            self._after[place] = batch[len(done)].id
        return done
