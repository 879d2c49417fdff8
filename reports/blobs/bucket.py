"""Any S3-compatible store, through obstore: `s3://bucket/prefix`, with the usual `AWS_*` variables.

obstore sends what is long in parts and shows the object only when the last one is there.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime, timedelta
from typing import Final, Self

import obstore
from obstore.exceptions import BaseError, NotFoundError
from obstore.store import ObjectStore, S3Store, from_url

from reports.blobs.marker import is_reserved
from reports.errors import ObjectMissing, StoreFailed
from reports.room import MEGABYTE

_PIECE: Final = 256 * 1024
_NOTHING: Final = "none"
_PART: Final = 5 * 1024 * 1024
_AT_ONCE: Final = 2
"""Parts in flight: with `_PART` they bound the memory of one upload."""
TRIES: Final = 3
_TRYING: Final = timedelta(seconds=30)
"""How often, and for how long, a request is begun again. Each may take half a minute by itself;
left alone, obstore lets a store that never answers hold a thread for three."""


class Bucket:
    """Objects in a store of obstore. `limit` is how many megabytes they may be together."""

    def __init__(self, store: ObjectStore, limit: int | None = None) -> None:
        self._store, self._limit = store, limit
        self._in_order = isinstance(store, S3Store)

    @classmethod
    def from_url(cls, url: str, limit: int | None = None) -> Self:
        """The store at `url`. Raises `StoreFailed` when obstore knows no such kind."""
        try:
            if not url.startswith("s3:"):
                return cls(from_url(url), limit)
            return cls(
                S3Store.from_url(
                    url,
                    retry_config={"max_retries": TRIES - 1, "retry_timeout": _TRYING},
                ),
                limit,
            )
        except (BaseError, ValueError) as problem:
            raise StoreFailed("the store's address is not understood") from problem

    def put(self, name: str, chunks: Iterable[bytes]) -> None:
        """Write `name` whole, or not at all. Raises `StoreFailed`."""
        failed: list[BaseException] = []

        def told() -> Iterator[bytes]:
            # What fails while the pieces are made is ours, and must come out as it was.
            try:
                yield from chunks
            except Exception as problem:
                failed.append(problem)
                raise

        try:
            obstore.put(self._store, name, told(), chunk_size=_PART, max_concurrency=_AT_ONCE)
        except (BaseError, OSError) as problem:
            if failed:
                raise failed[0] from problem
            raise StoreFailed("an object could not be written") from problem

    def get(self, name: str) -> Iterator[bytes]:
        """The object in pieces. Raises `ObjectMissing` and `StoreFailed`."""
        try:
            for piece in obstore.get(self._store, name).stream(min_chunk_size=_PIECE):
                yield bytes(piece)
        except (NotFoundError, FileNotFoundError) as problem:
            raise ObjectMissing("there is no such object") from problem
        except (BaseError, OSError) as problem:
            raise StoreFailed("an object could not be read") from problem

    def list_names(self) -> set[str]:
        """All objects of the store."""
        return {name for name, _at in self._list()}

    def find_beginning(self, beginnings: Collection[str]) -> set[str]:
        """All objects whose names begin with one of these.

        A beginning is no folder, so a bucket is asked for what follows it in the order of names.
        """
        found = set()
        for beginning in beginnings:
            for name, _at in self._list(after=beginning):
                if name.startswith(beginning):
                    found.add(name)
                elif self._in_order:
                    break
        return found

    def read_times(self) -> dict[str, datetime]:
        """All objects, and when each was last written, by the store's clock."""
        return dict(self._list())

    def require_answer(self) -> None:
        """Return when the bucket is there and may be read. Raises `StoreFailed`."""
        try:
            # No object has this prefix. Asking for one object would not do: a bucket that is not
            # there gives the same answer as an object that is not.
            next(iter(obstore.list(self._store, prefix=_NOTHING, chunk_size=1)), None)
        except (BaseError, OSError) as problem:
            raise StoreFailed("the store does not answer") from problem

    def measure_room(self) -> int | None:
        """What its limit leaves; None without one. Lists all objects. Raises `StoreFailed`."""
        if self._limit is None:
            return None
        try:
            sizes = (meta["size"] for page in obstore.list(self._store) for meta in page)
            return self._limit * MEGABYTE - sum(sizes)
        except (BaseError, OSError) as problem:
            raise StoreFailed("the store could not be listed") from problem

    def delete(self, names: Collection[str]) -> None:
        """Erase `names`; one that is not there is no failure. Raises `StoreFailed`."""
        for name in names:
            try:
                obstore.delete(self._store, name)
            except (NotFoundError, FileNotFoundError):
                continue
            except (BaseError, OSError) as problem:
                raise StoreFailed("an object could not be erased") from problem

    def _list(self, after: str | None = None) -> Iterator[tuple[str, datetime]]:
        try:
            for page in obstore.list(self._store, offset=after):
                for meta in page:
                    if not is_reserved(name := str(meta["path"])):
                        yield name, meta["last_modified"]
        except (BaseError, OSError) as problem:
            raise StoreFailed("the store could not be listed") from problem
