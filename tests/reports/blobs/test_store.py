"""Both kinds of store do the same: whole or not at all, and names that come back."""

from __future__ import annotations

import socket
import socketserver
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from obstore.store import LocalStore, MemoryStore

from reports.blobs import Store
from reports.blobs.bucket import CONNECT, SILENCE, TRIES, Bucket, build_line_options
from reports.blobs.folder import Folder
from reports.errors import StoreFailed
from tests.support.stores import asked


@pytest.fixture(params=["folder", "memory", "local", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    if request.param == "s3":
        return Bucket.from_url(request.getfixturevalue("bucket"))
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
    assert store.list_names() == {"ab.12"}


def test_what_breaks_off_is_not_there_and_says_why(store: Store) -> None:
    with pytest.raises(RuntimeError):
        store.put("ab.12", breaking())
    assert store.list_names() == set()


def test_an_object_that_is_not_there_is_a_failure_of_the_store(store: Store) -> None:
    with pytest.raises(StoreFailed):
        list(store.get("ab.12"))


def test_erased_is_gone_and_twice_is_no_failure(store: Store) -> None:
    store.put("ab.12", [b"x"])
    store.put("cd.34", [b"y"])
    store.delete(["never", "ab.12"])
    store.delete(["ab.12"])
    assert store.list_names() == {"cd.34"}


def test_objects_are_found_by_the_beginning_of_their_names(store: Store) -> None:
    for name in ("ab.12", "ab.34", "abc.12", "a.12", "zz.12"):
        store.put(name, [b"x"])
    assert store.find_beginning(["ab."]) == {"ab.12", "ab.34"}
    assert store.find_beginning(["zz.", "a.", "never."]) == {"zz.12", "a.12"}
    assert store.find_beginning([]) == set()


def test_a_half_written_object_is_found_by_its_beginning(tmp_path: Path) -> None:
    (tmp_path / "ab.12.half").write_bytes(b"x")
    assert Folder(tmp_path).find_beginning(["ab."]) == {"ab.12.half"}


def test_a_store_tells_when_an_object_came(store: Store) -> None:
    before = datetime.now(UTC)
    store.put("ab.12", [b"x"])
    [(name, at)] = store.read_times().items()
    assert name == "ab.12"
    assert abs(at - before) < timedelta(minutes=1)


def test_a_store_over_http_holds_objects_below_its_folder_alone(bucket: str, s3: int) -> None:
    Bucket.from_url(bucket).put("ab.12", [bytes(6_000_000), bytes(6_000_000)])
    listed = asked(s3, "GET", "/kept?list-type=2")
    assert listed.count(b"<Key>") == 1
    assert b"<Key>files/ab.12</Key>" in listed
    assert b"<Size>12000000</Size>" in listed
    assert Bucket.from_url("s3://kept/others").list_names() == set()


def test_a_store_says_that_it_answers_whatever_lies_there(store: Store) -> None:
    store.require_answer()
    store.put("ab.12", [b"x"])
    store.require_answer()


def test_a_bucket_that_is_not_there_is_a_failure_of_the_store(bucket: str) -> None:
    nowhere = Bucket.from_url("s3://never/files")
    with pytest.raises(StoreFailed):
        nowhere.require_answer()
    with pytest.raises(StoreFailed):
        nowhere.put("ab.12", [b"x"])
    with pytest.raises(StoreFailed):
        nowhere.list_names()


def test_a_store_that_hangs_up_is_tried_three_times_and_then_a_failure(
    bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = []

    class Rude(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            tried.append(self.request.recv(65_536))

    with socketserver.TCPServer(("127.0.0.1", 0), Rude) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.server_address[1]}")
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with pytest.raises(StoreFailed):
            Bucket.from_url(bucket).put("ab.12", [b"x"])
        server.shutdown()
    assert len(tried) == TRIES


@pytest.mark.parametrize("act", ["put", "get", "list_names", "delete"])
def test_a_store_that_stands_still_is_a_store_that_fails(
    bucket: str, monkeypatch: pytest.MonkeyPatch, act: str
) -> None:
    """Its machine takes the connection, and nobody ever answers."""
    for name in ("SILENCE", "TRYING"):
        monkeypatch.setattr(f"reports.blobs.bucket.{name}", timedelta(milliseconds=200))
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{silent.getsockname()[1]}")
        store = Bucket.from_url(bucket)
        acts: dict[str, Callable[[], object]] = {
            "put": lambda: store.put("ab.12", [b"x"]),
            "get": lambda: list(store.get("ab.12")),
            "list_names": store.list_names,
            "delete": lambda: store.delete(["ab.12"]),
        }
        with pytest.raises(StoreFailed):
            acts[act]()


def test_what_the_environment_says_of_the_line_still_holds() -> None:
    told = build_line_options({"AWS_ALLOW_HTTP": "true", "AWS_TIMEOUT": "90s", "AWS_REGION": "x"})
    assert told == {
        "allow_http": "true",
        "connect_timeout": CONNECT,
        "read_timeout": SILENCE,
        "timeout": "90s",
    }


def test_a_file_of_the_folder_tells_no_time_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    Folder(tmp_path / "blobs").put("ab.12", [b"x"])
    told = (tmp_path / "blobs" / "ab.12").stat()
    assert (told.st_mtime, told.st_mode & 0o777) == (0, 0o600)
    assert (tmp_path / "blobs").stat().st_mode & 0o777 == 0o700


def test_a_full_disk_is_a_failure_of_the_store() -> None:
    with pytest.raises(StoreFailed):
        Folder(Path("/proc/nowhere")).put("ab.12", [b"x"])
    with pytest.raises(StoreFailed):
        Folder(Path("/proc/none/nowhere")).require_answer()


def test_an_address_of_no_store_is_a_failure() -> None:
    with pytest.raises(StoreFailed):
        Bucket.from_url("nonsense://where")
