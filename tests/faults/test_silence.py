"""A database or a bucket that stands still, is away or is full: the form is kept, pages go on.

The short form has one person who presses; at length there are more than a web server has threads.
"""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from http.client import HTTPConnection

import pytest

from tests.support.form_steps import press, send_file, to_story
from tests.support.forms import STORY, code_in, fields_in
from tests.support.length import LONG
from tests.support.postgres import PostgresServer
from tests.support.served import Answer, Served
from tests.support.site import START, end, first_line
from webapp.serve import THREADS

Serve = Callable[..., Served]
PEOPLE = THREADS + 4 if LONG else 1
PAGES = ("/en/1", "/nl/2", "/en/b1", "/en/b0", "/en/8", "/en/5", "/x")
"""Of what needs no database: doors, a chapter, contacts, the offline copy, a form's first page, the
exit."""
BUCKET = "kept"
LINE = re.compile(r"ERROR wayside\.web: event=trouble kind=\w+ at=[\w.<>:,]+")
MOTO = """
import signal
from moto.server import ThreadedMotoServer
server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
print(server.get_host_and_port()[1], flush=True)
signal.pause()
"""


class BucketServer:
    """A store that speaks S3, in a process of its own that can stand still."""

    def __init__(self) -> None:
        program = [sys.executable, "-c", MOTO]
        self._process = subprocess.Popen(program, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.port = int(first_line(self._process, timeout=START))
        asked = HTTPConnection("127.0.0.1", self.port, timeout=START)
        asked.request("PUT", f"/{BUCKET}")
        assert asked.getresponse().status == 200
        asked.close()

    @property
    def settings(self) -> dict[str, str]:
        """What a deployer sets to use it."""
        return {
            "WAYSIDE_BLOB_URL": f"s3://{BUCKET}/files",
            "AWS_ACCESS_KEY_ID": "somebody",
            "AWS_SECRET_ACCESS_KEY": "secret",
            "AWS_REGION": "us-east-1",
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{self.port}",
            "AWS_ALLOW_HTTP": "true",
        }

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Inside the block it takes connections and answers none."""
        self._process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self._process.send_signal(signal.SIGCONT)

    def stop(self) -> None:
        """End it."""
        end(self._process)
        assert self._process.stdout is not None
        self._process.stdout.close()


@pytest.fixture
def server() -> Iterator[PostgresServer]:
    """A PostgreSQL of this test's own, to be ill-treated."""
    server = PostgresServer()
    yield server
    server.stop()


@pytest.fixture
def bucket() -> Iterator[BucketServer]:
    """A bucket of this test's own."""
    server = BucketServer()
    yield server
    server.stop()


def test_a_database_in_trouble_keeps_forms_and_stops_no_page(
    serve: Serve, server: PostgresServer
) -> None:
    database = server.create()
    site = serve(WAYSIDE_DATABASE_URL=server.url(database)).start()
    for trouble in (server.frozen, server.away, partial(server.full, database)):
        asked = [to_story(site) for _ in range(PEOPLE)]
        with trouble(), ThreadPoolExecutor(PEOPLE) as pool:
            refused = [pool.submit(press, site, page, f8=STORY) for page in asked]
            pages_go_on(site)
            for page, answer in zip(asked, refused, strict=True):
                is_kept(page, answer.result())
        for page in asked:
            assert send(site, press(site, page, f8=STORY))
    nothing_is_told(site)


def test_a_bucket_that_stands_still_costs_files_alone(serve: Serve, bucket: BucketServer) -> None:
    site = serve(**bucket.settings).start()
    asked = [press(site, to_story(site), f8=STORY) for _ in range(PEOPLE)]
    with bucket.frozen(), ThreadPoolExecutor(PEOPLE) as pool:
        sent = [pool.submit(send_file, site, page, "a.txt", b"They") for page in asked]
        pages_go_on(site)
        for page, answer in zip(asked, sent, strict=True):
            told = answer.result()
            assert told.status in (200, 503)
            assert fields_in(told.text)["t"] == fields_in(page.text)["t"]
            assert "data-exit" in told.text
        assert send(site, asked[0]), "a report needs no bucket"
    page = send_file(site, press(site, to_story(site), f8=STORY), "b.txt", b"sleep")
    assert "b.txt" in page.text
    nothing_is_told(site)


def pages_go_on(site: Served) -> None:
    """Whoever looks for help finds it, and the way out."""
    for path in PAGES:
        assert site.get(path).status in (200, 303), path


def is_kept(page: Answer, refused: Answer) -> None:
    """The form came back as it was, with the exit and whom to call."""
    assert refused.status == 503
    assert refused.headers["Retry-After"]
    assert STORY in refused.text
    assert fields_in(refused.text)["t"] == fields_in(page.text)["t"]
    assert 'data-exit href="/x"' in refused.text
    assert 'href="tel:112"' in refused.text


def send(site: Served, page: Answer) -> str:
    """Leave the rest out and send; the receipt code."""
    code = code_in(press(site, press(site, page, "end"), "send").text)
    assert code
    return code


def nothing_is_told(site: Served) -> None:
    """Each line of the log is a kind and its places."""
    lines = site.log.read_text().splitlines()
    assert lines
    assert [line for line in lines if not LINE.fullmatch(line)] == []
