"""Both kinds of store do the same: whole or not at all, and names that come back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from obstore.store import LocalStore, MemoryStore

from reports.blobs import Store
from reports.blobs.bucket import Bucket
from reports.blobs.folder import Folder
from reports.errors import StoreFailed


@pytest.fixture(params=["folder", "memory", "local"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    if request.param == "folder":
        return Folder(tmp_path / "blobs")
    if request.param == "memory":
        return Bucket(MemoryStore())
    return Bucket(LocalStore(tmp_path / "bucket", mkdir=True))


def breaking() -> Iterator[bytes]:
    yield bytes(100_000)
    raise RuntimeError("the line broke")


def test_what_was_put_comes_back(store: Store) -> None:
    store.put("ab.12", (bytes([at]) * 70_000 for at in range(100)))
    assert b"".join(store.get("ab.12")) == b"".join(bytes([at]) * 70_000 for at in range(100))
    assert store.names() == {"ab.12"}


def test_what_breaks_off_is_not_there_and_says_why(store: Store) -> None:
    with pytest.raises(RuntimeError):
        store.put("ab.12", breaking())
    assert store.names() == set()


def test_an_object_that_is_not_there_is_a_failure_of_the_store(store: Store) -> None:
    with pytest.raises(StoreFailed):
        list(store.get("ab.12"))


def test_erased_is_gone_and_twice_is_no_failure(store: Store) -> None:
    store.put("ab.12", [b"x"])
    store.put("cd.34", [b"y"])
    store.delete(["never", "ab.12"])
    store.delete(["ab.12"])
    assert store.names() == {"cd.34"}


def test_a_file_of_the_folder_tells_no_time_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    Folder(tmp_path / "blobs").put("ab.12", [b"x"])
    told = (tmp_path / "blobs" / "ab.12").stat()
    assert (told.st_mtime, told.st_mode & 0o777) == (0, 0o600)
    assert (tmp_path / "blobs").stat().st_mode & 0o777 == 0o700


def test_a_full_disk_is_a_failure_of_the_store() -> None:
    with pytest.raises(StoreFailed):
        Folder(Path("/proc/nowhere")).put("ab.12", [b"x"])


def test_an_address_of_no_store_is_a_failure() -> None:
    with pytest.raises(StoreFailed):
        Bucket.from_url("nonsense://where")
