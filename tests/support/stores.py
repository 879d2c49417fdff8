"""Stores of files for tests: a folder, and a bucket of a server that speaks S3 over HTTP."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from http.client import HTTPConnection

import pytest
from moto.server import ThreadedMotoServer
from sqlalchemy.orm import Session

from reports import tombstones
from reports.attachments import objects
from reports.blobs import Store


@pytest.fixture(scope="session")
def s3() -> Iterator[int]:
    """The port of a store that speaks S3 over HTTP."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    yield server.get_host_and_port()[1]
    server.stop()


@pytest.fixture
def bucket(s3: int, monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of a folder in an empty bucket there, known as a deployer makes it known."""
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


@pytest.fixture(params=["folder", "bucket"])
def store_settings(request: pytest.FixtureRequest) -> Mapping[str, str]:
    """The setting that names the store, once for each kind."""
    if request.param == "folder":
        return {}
    return {"WAYSIDE_BLOB_URL": request.getfixturevalue("bucket")}


def asked(port: int, method: str, path: str, body: bytes | None = None) -> bytes:
    """What the server on `port` answers, which must be 200."""
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request(method, path, body)
    answer = connection.getresponse()
    came = answer.read()
    connection.close()
    assert answer.status == 200
    return came


def emptied(session: Session, store: Store) -> set[str]:
    """Erase what tombstones name, as the worker does; what is left in the store."""
    while batch := tombstones.list_next(session, tombstones.FILES, None):
        ids = [each.row_id for each in batch]
        needed, beginnings = objects.find_needed(session, ids), map(objects.make_beginning, ids)
        for beginning in beginnings:
            found = store.find_beginning([beginning])
            store.delete(tombstones.choose_doomed(beginning, found, needed))
        tombstones.remove(session, batch)
    return store.list_names()
