"""Answers given again: the very bytes that the application gives, for as long as they hold."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import product
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
from flask import Flask

from tests.support.asgi import Client
from tests.support.cast import NOW
from webapp.server import kept_answers
from webapp.server.bridge import Bridge, Terms
from webapp.server.kept_answers import KeptAnswers, make_key
from webapp.site.padded_response import GUARD, KEPT_FOR, KeptFor

State = tuple[int, datetime] | None
MINUTE = NOW.replace(second=0, microsecond=0)
PATHS = ("/en/1", "/nl/b1", "/en/b0", "/ar/bz", "/en/8", "/en/5", "/zz/1", "/desk/sign-in", "/up")
HOSTS = ("site.test", "staff.test", "abc.onion", "STAFF.test")


class Counted:
    """A WSGI application that counts how often it was asked."""

    def __init__(self, app: Flask) -> None:
        self.app, self.asked = app, 0

    def __call__(self, environ: Any, start: Any) -> Any:
        self.asked += 1
        return self.app(environ, start)


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., Client]]:
    """Put an application behind a bridge whose pages hold for what `state` says."""
    made: list[Bridge] = []

    def make(app: Any, state: Callable[[], State]) -> Client:
        terms = Terms(folder=tmp_path, pages={}, threads=1, proxied=True, read_state=state)
        made.append(Bridge(app, terms))
        return Client(made[-1])

    yield make
    for each in made:
        each._threads.shutdown()


def held() -> State:
    return 1, MINUTE


def never() -> State:
    return None


def test_the_bytes_are_those_of_the_application_whoever_asks(
    make_app: Callable[..., Flask], serve: Callable[..., Client]
) -> None:
    app = make_app(
        WAYSIDE_STAFF_HOST="staff.test", WAYSIDE_ONION_HOST="abc.onion", WAYSIDE_PROXY_HOPS="1"
    )
    keeps, asks = serve(Counted(app), held), serve(app, never)
    seen = []
    for path, host, proto, packed, cookie in product(
        PATHS, HOSTS, ("https", "http"), ("gzip", "identity;q=1, *;q=0"), ("", f"{GUARD}=1")
    ):
        told = {"Host": host, "X__Forwarded__Proto": proto, "Accept__Encoding": packed}
        told |= {"Cookie": cookie} if cookie else {}
        keeps.ask(path, method="GET", **told)
        again = keeps.ask(path, method="GET", **told)
        fresh = asks.ask(path, method="GET", **told)
        assert (again.status, fixed(again.headers)) == (fresh.status, fixed(fresh.headers)), told
        # What is not packed is filled by chance.
        if fresh.headers.get("content-encoding") == "gzip":
            assert again.body == fresh.body, (path, told)
        seen.append(again.status)
    assert set(seen) >= {200, 303, 404}


def fixed(headers: dict[str, str]) -> dict[str, str]:
    """Without what differs from one answer to the next."""
    return {name: value for name, value in headers.items() if name != "set-cookie"}


def test_a_page_that_is_the_same_for_everybody_is_made_once(
    make_app: Callable[..., Flask], serve: Callable[..., Client]
) -> None:
    counted = Counted(make_app())
    client = serve(counted, held)
    for _ in range(5):
        assert client.ask("/en/b1", method="GET", Host="site.test").status == 200
    assert counted.asked == 1


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/en/5", {}),
        ("/en/b1?x=1", {}),
        ("/en/b1", {"Cookie": "a=b"}),
        ("/zz/b1", {}),
        ("/desk/sign-in", {}),
    ],
)
def test_what_is_not_is_asked_for_each_time(
    make_app: Callable[..., Flask],
    serve: Callable[..., Client],
    path: str,
    headers: dict[str, str],
) -> None:
    counted = Counted(make_app())
    client = serve(counted, held)
    for _ in range(3):
        client.ask(path, method="GET", Host="site.test", **headers)
    assert counted.asked == 3


@pytest.mark.parametrize(
    ("path", "later", "asked"),
    [
        ("/en/b1", (2, MINUTE), 2),
        ("/en/b1", (1, MINUTE + timedelta(minutes=1)), 1),
        ("/en/b0", (1, MINUTE + timedelta(minutes=1)), 2),
        ("/en/b1", None, 2),
    ],
)
def test_it_holds_for_one_edition_and_where_it_tells_the_time_one_minute(
    make_app: Callable[..., Flask],
    serve: Callable[..., Client],
    path: str,
    later: State,
    asked: int,
) -> None:
    states: list[State] = [(1, MINUTE)]
    counted = Counted(make_app())
    client = serve(counted, lambda: states[-1])
    client.ask(path, method="GET", Host="site.test")
    states.append(later)
    client.ask(path, method="GET", Host="site.test")
    assert counted.asked == asked


def environ(**more: str) -> dict[str, Any]:
    return {
        "REQUEST_METHOD": "GET",
        "QUERY_STRING": "",
        "PATH_INFO": "/en/1",
        KEPT_FOR: KeptFor(1, None),
        **more,
    }


def test_only_so_much_memory_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_answers, "MOST_BYTES", 20 * kept_answers.EACH)
    kept = KeptAnswers[str](held, len)
    for number in range(35):
        kept.keep(environ(HTTP_HOST=f"{number}.test"), "page")
    assert 1 <= len(kept._held) < 20
    assert kept.find(environ(HTTP_HOST="34.test")) == "page"
    for number in range(35):
        kept.keep(environ(HTTP_ACCEPT_ENCODING=f"{number}" + "x" * 2 * kept_answers.EACH), "page")
    assert 1 <= len(kept._held) < 7
    for _ in range(35):
        kept.keep(environ(), "x" * kept_answers.EACH)
    assert kept.find(environ()) is not None
    assert kept._size == sum(each.size for each in kept._held.values()) <= kept_answers.MOST_BYTES


def test_what_passes_is_not_given_again(
    make_app: Callable[..., Flask], serve: Callable[..., Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A descriptor or the memory that is short for a moment breaks one answer, not all after it."""
    client = serve(make_app(), held)
    places = {
        "/en/b1": "webapp.info.views.render_chapter",
        "/en/n1": "webapp.site.padded_response.compress_page",
        "/en/l1": "webapp.site.security_headers.is_desk",
        "/en/b0": "webapp.server.bridge.collect_body",
    }
    for path, place in places.items():
        for problem in (OSError(24, "too many files"), MemoryError()):
            with monkeypatch.context() as short:
                short.setattr(place, Mock(side_effect=problem))
                assert client.ask(path, method="GET").status == 500, place
        assert client.ask(path, method="GET").status == 200, place


def test_nor_is_an_answer_that_lies_on_the_disk(serve: Callable[..., Client]) -> None:
    def large(environ: Any, start: Any) -> list[bytes]:
        environ[KEPT_FOR] = KeptFor(1, None)
        start("200 OK", [])
        return [b"x" * 200_000]

    client = serve(large, held)
    assert [len(client.ask("/en/1", method="GET").body) for _ in range(3)] == [200_000] * 3


def test_an_answer_that_the_application_does_not_keep_is_not_kept() -> None:
    kept = KeptAnswers[str](held, len)
    kept.keep(environ() | {KEPT_FOR: None}, "page")
    assert kept.find(environ()) is None


@pytest.mark.parametrize("more", [{"REQUEST_METHOD": "POST"}, {"HTTP_RANGE": "bytes=0-1"}])
def test_nor_is_what_no_reader_of_a_page_asks(more: dict[str, str]) -> None:
    assert make_key(environ(**more)) is None
