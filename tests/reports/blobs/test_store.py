"""Both kinds of store do the same: whole or not at all, and names that come back."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path

import pytest
from moto.server import ThreadedMotoServer
from obstore.store import LocalStore, MemoryStore

from reports.blobs import Store
from reports.blobs.bucket import TRIES, Bucket
from reports.blobs.folder import Folder
from reports.errors import StoreFailed


@pytest.fixture(scope="module")
def s3() -> Iterator[int]:
    """The port of a store that speaks S3 over HTTP."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    yield server.get_host_and_port()[1]
    server.stop()


@pytest.fixture
def bucket(s3: int, monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of an empty bucket there, known as a deployer makes it known."""
    for name, value in {
        "AWS_ACCESS_KEY_ID": "somebody",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{s3}",
        "AWS_ALLOW_HTTP": "true",
    }.items():
        monkeypatch.setenv(name, value)
    asked(s3, "POST", "/moto-api/reset")
    asked(s3, "PUT", "/kept")
    return "s3://kept/files"


def asked(port: int, method: str, path: str) -> bytes:
    connection = HTTPConnection("127.0.0.1", port, timeout=180)
    connection.request(method, path)
    answer = connection.getresponse()
    came = answer.read()
    connection.close()
    assert answer.status == 200
    return came


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


def test_a_store_over_http_holds_objects_below_its_folder_alone(bucket: str, s3: int) -> None:
    Bucket.from_url(bucket).put("ab.12", [bytes(6_000_000), bytes(6_000_000)])
    listed = asked(s3, "GET", "/kept?list-type=2")
    assert listed.count(b"<Key>") == 1
    assert b"<Key>files/ab.12</Key>" in listed
    assert b"<Size>12000000</Size>" in listed
    assert Bucket.from_url("s3://kept/others").list_names() == set()


def test_a_bucket_that_is_not_there_is_a_failure_of_the_store(bucket: str) -> None:
    nowhere = Bucket.from_url("s3://never/files")
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
