"""The bridge: bodies come in whole and sealed before a thread takes them, answers leave whole."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from tests.support.asgi import Client, run_apart, scope
from webapp.server import bridge, request_body
from webapp.server.bridge import Bridge, Terms, build_environ, collect_body
from webapp.server.request_body import MOST_HEARD, RequestBody
from webapp.site.app_services import get_services
from webapp.site.last_resort import prepare
from webapp.site.page_sizes import FORM
from webapp.uploads.spool import FRAME, Spool

Start = Callable[..., Any]


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., Client]]:
    """Put a WSGI application behind a bridge: `serve(app, silent=True)`."""
    made: list[Bridge] = []

    def make(app: Any, pages: Any = None, *, silent: bool = False) -> Client:
        terms = Terms(
            folder=tmp_path, pages=pages or {}, threads=2, proxied=False, read_state=lambda: None
        )
        made.append(Bridge(app, terms))
        return Client(made[-1], silent)

    yield make
    for each in made:
        each._threads.shutdown()


def echo(environ: Any, start: Start) -> Iterable[bytes]:
    """The body that came, and how long it was said to be."""
    start("200 OK", [("X-Length", environ.get("CONTENT_LENGTH", "none"))])
    return [environ["wsgi.input"].read()]


def test_a_body_comes_whole_however_it_comes(serve: Callable[..., Client]) -> None:
    client = serve(echo)
    for parts, headers in (
        ([b"f8=", b"They", b" sleep"], {"Content__Length": "13"}),
        ([b"f8=They", b"", b" sleep"], {"Transfer__Encoding": "chunked"}),
    ):
        told = client.ask(parts=parts, **headers)
        assert (told.body, told.headers["x-length"]) == (b"f8=They sleep", "13")


def test_what_has_no_body_is_not_waited_for(serve: Callable[..., Client]) -> None:
    told = serve(echo, silent=True).ask(method="GET")
    assert (told.status, told.body, told.headers["x-length"]) == (200, b"", "none")


@pytest.mark.parametrize("length", ["20", "12"])
def test_a_body_that_breaks_off_reaches_nobody(serve: Callable[..., Client], length: str) -> None:
    called: list[str] = []

    def app(_environ: Any, start: Start) -> Iterable[bytes]:
        called.append("called")
        start("200 OK", [])
        return []

    assert serve(app).ask(parts=[b"f8=They", b" sleep"], Content__Length=length).status == 0
    assert called == []


def test_a_body_that_stops_coming_is_given_up(
    serve: Callable[..., Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(request_body, "FIRST_SECONDS", 0.05)
    told = serve(echo, silent=True).ask(parts=[b"f8="], Content__Length="100")
    assert (told.status, told.body) == (408, b"")
    assert told.headers["connection"] == "close"
    assert "content-security-policy" in told.headers


def test_every_refusal_of_the_bridge_has_a_page_with_the_exit(
    serve: Callable[..., Client], app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(request_body, "FIRST_SECONDS", 0.05)
    late = serve(echo, prepare(app), silent=True).ask("/nl/5", [b"f8="], Content__Length="100")
    large = serve(echo, prepare(app)).ask("/nl/5", Content__Length=str(MOST_HEARD + 1))
    assert (late.status, large.status) == (408, 413)
    for told in (late, large):
        assert b'<html lang="nl"' in told.body
        assert b'data-exit href="/x"' in told.body


def test_who_sends_slowly_holds_no_thread(
    serve: Callable[..., Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With two threads, more people than that send half of a form, and one reads a page."""
    monkeypatch.setattr(request_body, "FIRST_SECONDS", 30.0)
    client = serve(echo, silent=True)

    async def meet() -> int:
        headers = {"Content__Length": "100"}
        slow = [
            asyncio.create_task(client._ask("/en/5", [b"f8="], "POST", headers)) for _ in range(50)
        ]
        told = await client._ask("/en/1", [], "GET", {})
        for each in slow:
            each.cancel()
        await asyncio.gather(*slow, return_exceptions=True)
        return told.status

    assert run_apart(meet()) == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Content__Length": "11"},
        {"Transfer__Encoding": "chunked"},
        # Nobody waits for that much, nor has somebody who asks first sent anything yet.
        {"Content__Length": str(MOST_HEARD + 1)},
        {"Content__Length": "12", "Expect": "100-continue"},
    ],
)
def test_a_body_above_what_is_read_is_answered_with_a_sentence(
    serve: Callable[..., Client],
    app: Flask,
    monkeypatch: pytest.MonkeyPatch,
    headers: dict[str, str],
) -> None:
    monkeypatch.setattr(bridge, "MOST_BYTES", 10)
    told = serve(echo, prepare(app)).ask(parts=[b"x" * 5, b"x" * 6], **headers)
    assert told.status == 413
    assert b"That is too much at once" in told.body
    assert b'data-exit href="/x"' in told.body
    assert len(told.body) == FORM
    assert told.headers["content-type"].startswith("text/html")
    assert told.headers["connection"] == "close"
    assert "content-security-policy" in told.headers


@pytest.mark.parametrize("said", [{"Content__Length": "90"}, {"Transfer__Encoding": "chunked"}])
def test_of_a_body_too_large_all_is_heard_and_nothing_kept(
    serve: Callable[..., Client], monkeypatch: pytest.MonkeyPatch, said: dict[str, str]
) -> None:
    """Whoever sends everything before looking for an answer must find the line still open."""
    kept: list[int] = []
    drop = RequestBody.drop

    def watch(body: RequestBody) -> None:
        drop(body)
        kept.append(len(body._spool or b""))

    monkeypatch.setattr(RequestBody, "drop", watch)
    monkeypatch.setattr(bridge, "MOST_BYTES", 50)
    parts = [b"x" * 10] * 9
    client = serve(echo)
    assert client.ask(parts=parts, **said).status == 413
    assert set(kept) == {0}
    monkeypatch.setattr(bridge, "MOST_HEARD", 60)
    assert client.ask(parts=parts * 2, Transfer__Encoding="chunked").status == 413


def test_the_sentence_is_in_the_language_of_the_address_or_english(
    serve: Callable[..., Client], app: Flask
) -> None:
    client = serve(echo, prepare(app))
    too_long = {"Content__Length": str(MOST_HEARD + 1)}
    for row in get_services(app).languages.offered:
        assert f'<html lang="{row.tag}"'.encode() in client.ask(f"/{row.tag}/5", **too_long).body
    assert b'<html lang="en"' in client.ask("/zz/5", **too_long).body


def test_a_body_for_which_the_disk_has_no_room_is_heard_to_its_end(
    serve: Callable[..., Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    def app(environ: Any, start: Start) -> Iterable[bytes]:
        try:
            environ["wsgi.input"].read()
        except Exception as problem:
            start("503 Service Unavailable", [])
            return [type(problem).__name__.encode()]
        raise AssertionError("it was read")

    monkeypatch.setattr(Spool, "write", full)
    told = serve(app).ask(parts=[b"x" * 9, b"y"], Content__Length="10")
    assert (told.status, told.body) == (503, b"NoRoom")


def test_nothing_that_came_stands_on_the_disk_in_the_clear(
    serve: Callable[..., Client], tmp_path: Path
) -> None:
    """Looked for while the application has the request, in the files that the process has open."""
    story, found = b"They sleep in the kitchen. " * 20_000, []

    def app(environ: Any, start: Start) -> Iterable[bytes]:
        for link in Path("/proc/self/fd").iterdir():
            if link.exists() and str(link.resolve()).startswith(str(tmp_path)):
                found.append(link.read_bytes())
        start("200 OK", [])
        return [environ["wsgi.input"].read()]

    told = serve(app).ask(parts=[story], Content__Length=str(len(story)))
    assert told.body == story
    assert found
    assert not any(b"kitchen" in each for each in found)


def test_a_large_answer_leaves_in_pieces_and_a_small_one_whole(
    serve: Callable[..., Client],
) -> None:
    large = b"z" * (3 * FRAME + 5)

    def app(_environ: Any, start: Start) -> Iterable[bytes]:
        start("200 OK", [])
        return iter([large[:10], large[10:]])

    told = serve(app).ask(method="GET")
    assert told.body == large
    assert told.headers["content-length"] == str(len(large))
    assert told.pieces > 3
    assert serve(echo).ask(method="GET").pieces == 1


def test_what_fails_while_an_answer_is_made_is_a_page_and_never_half_of_one(
    serve: Callable[..., Client], app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    def pieces() -> Iterator[bytes]:
        yield b"half of"
        raise ZeroDivisionError("They sleep")

    def broken(_environ: Any, start: Start) -> Iterable[bytes]:
        start("200 OK", [("Content-Length", "99")])
        return pieces()

    told = serve(broken, prepare(app)).ask("/nl/5", method="GET")
    assert told.status == 500
    assert b"half of" not in told.body
    assert b'<html lang="nl"' in told.body
    assert "event=fault kind=ZeroDivisionError" in caplog.text
    assert "They sleep" not in caplog.text


def test_the_application_closes_what_it_gave_and_the_body_is_forgotten(
    serve: Callable[..., Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []

    class Pieces(list[bytes]):
        def close(self) -> None:
            done.append("answer")

    def app(_environ: Any, start: Start) -> Iterable[bytes]:
        start("204 No Content", [])
        return Pieces()

    monkeypatch.setattr(RequestBody, "close", lambda _self: done.append("body"))
    told = serve(app).ask(parts=[b"x"], Content__Length="1")
    assert "content-length" not in told.headers
    assert done == ["answer", "body"]


def test_no_answer_tells_which_server_this_is(serve: Callable[..., Client]) -> None:
    client = serve(echo)
    for told in (client.ask(method="GET"), client.ask(Content__Length=str(MOST_HEARD + 1))):
        assert told.headers["server"] == ""


def test_pages_are_made_in_threads_of_their_own(serve: Callable[..., Client]) -> None:
    here: list[str] = []

    def app(_environ: Any, start: Start) -> Iterable[bytes]:
        here.append(threading.current_thread().name)
        start("200 OK", [])
        return []

    serve(app).ask(method="GET")
    assert here[0].startswith("page")


def test_a_line_that_asks_to_become_a_web_socket_is_closed(serve: Callable[..., Client]) -> None:
    said: list[Any] = []

    async def send(message: Any) -> None:
        said.append(message)

    async def receive() -> dict[str, Any]:
        return {"type": "websocket.connect"}

    run_apart(serve(echo).app({"type": "websocket"}, receive, send))
    assert said == [{"type": "websocket.close"}]


# --- the environment -----------------------------------------------------------------------------


def environ(tmp_path: Path, path: str = "/en/5", *, proxied: bool = False, **headers: str) -> Any:
    told = scope(path, "GET", headers)
    return build_environ(told, RequestBody(tmp_path), proxied=proxied)


def test_an_address_is_given_as_wsgi_wants_it(tmp_path: Path) -> None:
    made = environ(tmp_path, "/en/%C3%A9%2F?a=%C3%A9&b")
    assert made["PATH_INFO"].encode("latin-1").decode() == "/en/é/"
    assert made["QUERY_STRING"] == "a=%C3%A9&b"
    assert made["REMOTE_ADDR"] == "192.0.2.7"


@given(path=st.text(st.characters(min_codepoint=33, max_codepoint=255), max_size=40))
def test_any_address_can_be_given(path: str) -> None:
    told = build_environ(scope("/" + path, "GET", {}), RequestBody(Path()), proxied=False)
    assert told["PATH_INFO"].startswith("/")


def test_a_header_that_looks_like_another_is_left_out(tmp_path: Path) -> None:
    told = scope("/", "GET", {})
    told["headers"] = [(b"x-t", b"one"), (b"x_t", b"two"), (b"cookie", b"a"), (b"cookie", b"b")]
    made = build_environ(told, RequestBody(tmp_path), proxied=False)
    assert made["HTTP_X_T"] == "one"
    assert made["HTTP_COOKIE"] == "a,b"


def test_a_proxy_is_believed_only_where_there_is_one(tmp_path: Path) -> None:
    told = {"X__Forwarded__For": "198.51.100.1", "X__Forwarded__Proto": "https", "Forwarded": "x"}
    assert not [n for n in environ(tmp_path, **told) if "FORWARDED" in n]
    made = environ(tmp_path, proxied=True, **told)
    assert made["HTTP_X_FORWARDED_FOR"] == "198.51.100.1"


@given(st.lists(st.binary(max_size=FRAME), max_size=4))
def test_pieces_together_are_the_answer(pieces: list[bytes]) -> None:
    whole = collect_body(pieces, Path())
    if isinstance(whole, Spool):
        whole.seek(0)
        told, large = whole.read(), True
        whole.close()
    else:
        told, large = whole, False
    assert told == b"".join(pieces)
    assert large == (len(told) > FRAME)
