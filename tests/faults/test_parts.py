"""Parts of a file that break off, never end or are longer than said; the file goes on."""

from __future__ import annotations

import shutil
import socket
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path

import pytest

from tests.support.forms import ANSWERS, STORY_PAGE, fields_in
from tests.support.served import TIMEOUT, Served
from webapp.server.request_body import MOST_HEARD

LENGTH = 200_000
FIRST = 70_000
ROOM = 32 * 1024 * 1024
"""Bytes that lie about in the buffers of both ends."""
KIND = "application/offset+octet-stream"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, founded_data_dir: Path) -> Iterator[Served]:
    """One web server: every test here has a form of its own."""
    served = Served(tmp_path_factory.mktemp("parts") / "site")
    shutil.copytree(founded_data_dir, served.data_dir)
    served.start()
    yield served
    served.stop()


@pytest.fixture
def token(site: Served) -> str:
    """The form of somebody who has begun a file of `LENGTH` bytes, at /en/57a."""
    page = site.get("/en/5")
    for answers in ANSWERS[:STORY_PAGE]:
        page = site.post("/en/5", {**fields_in(page.text), "b": "next", **answers})
    token = fields_in(page.text)["t"]
    told = {"X-T": token, "Upload-Length": str(LENGTH), "Upload-Metadata": "filename YS5iaW4="}
    assert site.ask("POST", "/en/57", b"", told).headers["Location"] == "/en/57a"
    return token


def begun(site: Served, token: str, offset: int, **headers: str) -> HTTPConnection:
    """A connection on which a part has been announced, without any of its bytes."""
    connection = HTTPConnection("127.0.0.1", site.port, timeout=TIMEOUT)
    connection.putrequest("PATCH", "/en/57a")
    for name, value in {"X-T": token, "Upload-Offset": str(offset), "Content-Type": KIND}.items():
        connection.putheader(name, value)
    for name, value in headers.items():
        connection.putheader(name.replace("_", "-"), value)
    connection.endheaders()
    return connection


def offset_of(site: Served, token: str) -> str | None:
    return site.ask("HEAD", "/en/57a", headers={"X-T": token}).headers["Upload-Offset"]


def sent(site: Served, token: str, offset: int, size: int) -> int:
    told = {"X-T": token, "Upload-Offset": str(offset), "Content-Type": KIND}
    return site.ask("PATCH", "/en/57a", bytes(size), told).status


def test_a_part_that_never_ends_is_cut_off_and_the_file_goes_on(site: Served, token: str) -> None:
    assert sent(site, token, 0, FIRST) == 204
    connection = begun(site, token, FIRST, Transfer_Encoding="chunked")
    chunk, taken = b"10000\r\n" + bytes(65_536) + b"\r\n", 0
    try:
        while taken < 2 * MOST_HEARD:
            connection.send(chunk)
            taken += len(chunk)
    except OSError:
        # The server hung up.
        pass
    finally:
        connection.close()
    assert taken < MOST_HEARD + ROOM
    assert offset_of(site, token) == str(FIRST)
    assert sent(site, token, FIRST, LENGTH - FIRST) == 204
    assert offset_of(site, token) == str(LENGTH)


def test_a_part_that_breaks_off_is_not_kept_and_can_come_again(site: Served, token: str) -> None:
    connection = begun(site, token, 0, Content_Length=str(FIRST))
    connection.send(bytes(FIRST // 2))
    assert offset_of(site, token) == "0"
    # Closed at once and without a word, as a line that is cut.
    assert connection.sock is not None
    connection.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    connection.close()
    assert offset_of(site, token) == "0"
    assert sent(site, token, 0, FIRST) == 204
    assert offset_of(site, token) == str(FIRST)


def test_of_a_part_that_is_longer_than_said_no_byte_too_many_is_kept(
    site: Served, token: str
) -> None:
    connection = begun(site, token, 0, Content_Length=str(FIRST))
    connection.send(bytes(FIRST + 4_000))
    assert connection.getresponse().status == 204
    connection.close()
    assert offset_of(site, token) == str(FIRST)
    assert sent(site, token, FIRST, LENGTH - FIRST) == 204
    assert offset_of(site, token) == str(LENGTH)


def test_parts_in_a_wrong_order_change_nothing(site: Served, token: str) -> None:
    assert sent(site, token, FIRST, LENGTH - FIRST) == 409
    assert sent(site, token, 0, FIRST) == 204
    assert sent(site, token, 0, FIRST) == 409
    assert offset_of(site, token) == str(FIRST)
    assert sent(site, token, FIRST, LENGTH - FIRST) == 204
