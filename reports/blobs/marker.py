"""Which instance a store belongs to: one object in it that holds the id of that instance.

What is read from another instance's store does not open, and what is erased there is lost to it. So
`init` marks a store once, and whoever is to use it compares: a store that lost its marker may be an
empty folder where a disk should be mounted.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Final, Protocol
from uuid import UUID

from reports.errors import (
    ObjectMissing,
    StoreFailed,
    StoreFilled,
    StoreMarkerDamaged,
    StoreOfAnother,
    StoreReadOnly,
    StoreUnmarked,
)

MARKER: Final = "wayside-instance"
ERASED: Final = "wayside-erased."
"""How the names of objects begin that say that a report was erased."""
_TRIAL: Final = "wayside-trial"
"""What is written and erased again to see whether a store can be written."""


def is_reserved(name: str) -> bool:
    """Whether this is no object of a row but one of these: no list of objects names them."""
    return name.removesuffix(".half") in (MARKER, _TRIAL) or name.startswith(ERASED)


class Markable(Protocol):
    """What a marker needs of a store. Every failure is `StoreFailed`."""

    def put(self, name: str, chunks: Iterable[bytes]) -> None:
        """Write one object whole."""

    def get(self, name: str) -> Iterator[bytes]:
        """Read one object."""

    def list_names(self) -> set[str]:
        """All objects but the reserved ones."""

    def delete(self, names: Collection[str]) -> None:
        """Erase objects."""


def write(store: Markable, instance_id: UUID) -> None:
    """Marks `store` as that of this instance, whatever it was before. Raises `StoreFailed`."""
    store.put(MARKER, [f"{instance_id}\n".encode()])


def read(store: Markable, place: str) -> UUID | None:
    """Returns the instance that `store` belongs to; None where it has no marker.

    `place` names the store in what is raised: `StoreMarkerDamaged`, or `StoreFailed` where it does
    not answer.
    """
    try:
        held = b"".join(store.get(MARKER))
    except ObjectMissing:
        return None
    try:
        found = UUID(held.decode("ascii").removesuffix("\n"))
    except ValueError as problem:
        raise StoreMarkerDamaged(place) from problem
    if held != f"{found}\n".encode():
        raise StoreMarkerDamaged(place)
    return found


def require(store: Markable, place: str, instance_id: UUID) -> None:
    """Return when `store` belongs to this instance.

    Raises `StoreUnmarked`, `StoreOfAnother` or `StoreMarkerDamaged`, and `StoreFailed` where it
    does not answer.
    """
    found = read(store, place)
    if found is None:
        raise StoreUnmarked(place)
    if found != instance_id:
        raise StoreOfAnother(place)


def require_writable(store: Markable, place: str) -> None:
    """Return when `store`, which has been read, can be written too. Raises `StoreReadOnly`."""
    try:
        store.put(_TRIAL, [b""])
        store.delete([_TRIAL])
    except StoreFailed as problem:
        raise StoreReadOnly(place) from problem


def require_free(store: Markable, place: str, ours: Collection[UUID] = ()) -> None:
    """Return when `store` is marked as one of `ours`, or is unmarked and empty.

    Raises `StoreOfAnother`, `StoreFilled` where there are objects and no marker, and as `read`.
    """
    found = read(store, place)
    if found is not None and found not in ours:
        raise StoreOfAnother(place)
    if found is None and store.list_names():
        raise StoreFilled(place)
