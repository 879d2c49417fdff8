"""A disk that is full, a database that cannot be written or is held: 503, the form kept, recovery.

The limit on the size of files (`RLIMIT_FSIZE`) fills the disk of one running process, and of no
other; no special rights are needed.
"""

from __future__ import annotations

import resource
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from tests.support.form_steps import press, send_file, to_story
from tests.support.forms import ANSWERS, STORY, STORY_PAGE, code_in, fields_in
from tests.support.length import LONG
from tests.support.served import Answer, Served

Serve = Callable[..., Served]
Trouble = Callable[[Served], AbstractContextManager[None]]


@contextmanager
def files_up_to(size: int, site: Served) -> Iterator[None]:
    """No process of the web server may make a file grow beyond `size` bytes."""
    serving = site.pids
    _, most = resource.prlimit(serving[0], resource.RLIMIT_FSIZE)
    for pid in serving:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, most))
    yield
    for pid in serving:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (most, most))


@contextmanager
def disk_full(site: Served) -> Iterator[None]:
    """No file of the web server may grow any more, and none may be begun."""
    with files_up_to(0, site):
        yield


@contextmanager
def disk_full_soon(site: Served) -> Iterator[None]:
    """As above, but a transaction that has begun to write gets half-way."""
    with files_up_to(database(site).stat().st_size, site):
        yield


@contextmanager
def database_moved(site: Served) -> Iterator[None]:
    """The file is gone from its place, so that SQLite lets nobody write it."""
    elsewhere = database(site).with_suffix(".moved")
    database(site).rename(elsewhere)
    yield
    # What was made in its place meanwhile, if anything, was never the database.
    elsewhere.rename(database(site))


@contextmanager
def database_held(site: Served) -> Iterator[None]:
    """Another program keeps the file to itself for longer than a writer waits."""
    holder = sqlite3.connect(database(site), isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    yield
    holder.execute("ROLLBACK")
    holder.close()


TROUBLES = [disk_full, database_moved, *([disk_full_soon, database_held] if LONG else [])]


def database(site: Served) -> Path:
    return site.data_dir / "wayside.db"


@pytest.mark.parametrize("trouble", TROUBLES)
def test_trouble_with_the_disk_keeps_the_form_and_passes(serve: Serve, trouble: Trouble) -> None:
    site = serve().start()
    page = to_story(site)
    long_story = STORY + " kitchen" * 2_000
    with trouble(site):
        refused = press(site, page, f8=long_story)
        assert refused.status == 503
        assert refused.headers["Retry-After"]
        assert long_story in refused.text
        assert fields_in(refused.text)["t"] == fields_in(page.text)["t"]
        assert site.get("/en/1").status == 200, "who looks for help still finds it"
    more = press(site, refused, f8=long_story)
    review = press(site, more, "end")
    with trouble(site):
        refused = press(site, review, "send")
        assert refused.status == 503
        assert code_in(refused.text) is None
        assert fields_in(refused.text)["t"] == fields_in(review.text)["t"]
    assert rows(site, "report") == 0
    receipt = press(site, refused, "send")
    code = code_in(receipt.text)
    assert code
    assert rows(site, "report") == rows(site, "report_body") == 1
    with trouble(site):
        shut = site.post("/en/6", {"c": code, "b": "open"})
        # Where a page of the file is free a visit needs no room.
        assert shut.status in (503, 200 if trouble is disk_full_soon else 503)
    opened = site.post("/en/6", {"c": code, "b": "open"})
    assert "We have your report" in opened.text
    assert "Traceback" not in site.log.read_text()


@pytest.mark.parametrize("size", [5, 200_000], ids=["small", "large"])
def test_files_on_a_full_disk_are_refused_and_everything_else_is_kept(
    serve: Serve, size: int
) -> None:
    site = serve().start()
    page = site.get("/en/5")
    for answers in ANSWERS[:STORY_PAGE]:
        page = press(site, page, **answers)
    page = send_file(site, page, "first.txt", bytes(size))
    assert "first.txt" in page.text
    token = fields_in(page.text)["t"]
    place, part = create(site, token, size), bytes(size)
    with disk_full(site):
        refused = send_file(site, page, "second.txt", bytes(size))
        assert refused.status == 503
        assert refused.headers["Retry-After"]
        in_parts = send_part(site, token, place, part)
        assert in_parts.status == 503
        assert in_parts.headers["Retry-After"]
    assert send_part(site, token, place, part).status == 204
    page = send_file(site, page, "third.txt", bytes(size))
    assert all(name in page.text for name in ("first.txt", "part.bin", "third.txt"))
    receipt = press(site, press(site, page, "end"), "send")
    assert code_in(receipt.text)
    assert rows(site, "attachment") == 3
    assert "Traceback" not in site.log.read_text()


def create(site: Served, token: str, size: int) -> str:
    told = {"Upload-Length": str(size), "Upload-Metadata": "filename cGFydC5iaW4="}
    made = site.ask("POST", "/en/57", b"", {"X-T": token, **told})
    assert made.status == 201
    return str(made.headers["Location"])


def send_part(site: Served, token: str, place: str, data: bytes) -> Answer:
    told = {"Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
    return site.ask("PATCH", place, data, {"X-T": token, **told})


def rows(site: Served, table: str) -> int:
    connection = sqlite3.connect(f"file:{database(site)}?mode=ro", uri=True)
    try:
        found: int = connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
        return found
    finally:
        connection.close()
