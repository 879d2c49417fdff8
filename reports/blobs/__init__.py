"""Where sealed files lie: a folder of this machine, or any S3-compatible store.

What is written here is sealed already. Names are random and say nothing; a name begins with the id
of its row (`reports.model.attachment`), which is there before the object is. What goes with its row
is said by a tombstone (`reports.tombstones`); nothing goes because a row is not found.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from typing import Protocol

from reports.blobs.bucket import Bucket
from reports.blobs.folder import Folder
from reports.settings import Settings


class Store(Protocol):
    """What both kinds of store can do. Every failure is `StoreFailed`."""

    def put(self, name: str, chunks: Iterable[bytes]) -> None:
        """Write one object whole and durably, or not at all."""

    def get(self, name: str) -> Iterator[bytes]:
        """Read one object in pieces."""

    def list_names(self) -> set[str]:
        """All objects but the marker, those that are half written among them."""

    def find_beginning(self, beginnings: Collection[str]) -> set[str]:
        """All objects whose names begin with one of these, half-written ones among them."""

    def read_times(self) -> dict[str, datetime]:
        """All objects, and when each was written, as this store tells it."""

    def require_answer(self) -> None:
        """Return when the store answers; one small question, however much lies there."""

    def measure_room(self) -> int | None:
        """How many bytes it still takes; None where it cannot tell."""

    def delete(self, names: Collection[str]) -> None:
        """Erase objects; one that is not there is no failure."""


def choose(settings: Settings) -> Store:
    """The store that the settings name."""
    if settings.blob_url:
        return Bucket.from_url(settings.blob_url, settings.files_limit)
    return Folder(settings.data_dir / "blobs")
