"""Any S3-compatible store, through obstore: `s3://bucket/prefix`, with the usual `AWS_*` variables.

obstore sends what is long in parts and shows the object only when the last one is there.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, Self, cast

import obstore
from obstore.exceptions import BaseError, NotFoundError
from obstore.store import ObjectStore, S3Store, from_url

from reports.blobs.marker import is_reserved
from reports.errors import ObjectMissing, StoreFailed
from reports.room import MEGABYTE

if TYPE_CHECKING:
    from obstore.store import ClientConfig

_PIECE: Final = 256 * 1024
_NOTHING: Final = "none"
_PART: Final = 5 * 1024 * 1024
_AT_ONCE: Final = 2
"""Parts in flight: with `_PART` they bound the memory of one upload."""
TRIES: Final = 3
TRYING: Final = timedelta(seconds=10)
"""How often, and for how long, a request is begun again. Whoever waits looks at a page."""
CONNECT: Final = timedelta(seconds=3)
"""As long as a database may take; a store that is well takes milliseconds."""
SILENCE: Final = timedelta(seconds=10)
"""For any sign of the store. A part of 5 MiB is sent within it on a line of 4 Mbit/s."""
WHOLE: Final = timedelta(seconds=30)
"""For all of one request: 25 MiB, the largest file, on a line of 7 Mbit/s."""
_LINE_OPTIONS: Final = (
    "allow_http",
    "allow_invalid_certificates",
    "connect_timeout",
    "http1_only",
    "http2_only",
    "pool_idle_timeout",
    "pool_max_idle_per_host",
    "proxy_ca_certificate",
    "proxy_excludes",
    "proxy_url",
    "randomize_addresses",
    "read_timeout",
    "timeout",
    "user_agent",
)
"""What the environment may say of the line itself, each as `AWS_...`. obstore does not look there
any more once it is told anything of this kind."""


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
                    client_options=build_line_options(os.environ),
                    retry_config={"max_retries": TRIES - 1, "retry_timeout": TRYING},
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


def build_line_options(environ: Mapping[str, str]) -> ClientConfig:
    """Returns how long the store is waited for, and what `environ` says of the line to it."""
    ours = {"connect_timeout": CONNECT, "read_timeout": SILENCE, "timeout": WHOLE}
    said = {name: environ.get(f"AWS_{name.upper()}") for name in _LINE_OPTIONS}
    return cast("ClientConfig", ours | {name: value for name, value in said.items() if value})
