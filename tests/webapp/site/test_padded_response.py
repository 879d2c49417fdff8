"""The public response: one size, both forms decode, nothing is shown after the exit."""

from __future__ import annotations

import gzip
import subprocess
import zlib
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.support.cast import NOW
from tests.support.web import Clock
from webapp.site.padded_response import GUARD, HEADER_ROOM, render_page_of_the_minute
from webapp.site.page_sizes import ECHO, FORM, SHARED, PageTooLarge, compress_page, pad_page

PAGES = (
    *("/", "/en/0", "/en/1", "/en/2", "/en/3", "/en/4"),
    *("/en/b0", "/en/n0", "/en/l0", "/en/b1", "/en/n1", "/en/l1"),
)
GZIP = {"Accept-Encoding": "gzip, br"}


@pytest.mark.parametrize("path", PAGES)
def test_every_shared_page_has_one_size_on_the_wire(client: FlaskClient, path: str) -> None:
    response = client.get(path, headers=GZIP)
    assert response.status_code == 200
    assert response.headers["Content-Encoding"] == "gzip"
    assert len(response.data) == SHARED


@pytest.mark.parametrize("path", PAGES)
def test_whoever_cannot_unpack_gets_the_same_page_plain(client: FlaskClient, path: str) -> None:
    plain = client.get(path, headers={"Accept-Encoding": "identity"})
    assert "Content-Encoding" not in plain.headers
    assert len(plain.data) == ECHO
    packed = gzip.decompress(client.get(path, headers=GZIP).data)
    assert plain.data.startswith(packed.rstrip())


def test_headers_of_all_pages_are_equally_long(client: FlaskClient) -> None:
    def length(path: str) -> int:
        response = client.get(path, headers=GZIP)
        status = f"HTTP/1.1 {response.status}\r\n"
        return len(status) + sum(len(name) + len(value) + 4 for name, value in response.headers)

    assert {length(path) for path in (*PAGES, "/en/zz", "/xx/1")} == {HEADER_ROOM}


@pytest.mark.parametrize("size", [0, 1, 5_000, FORM - 10, FORM - 9])
def test_the_plain_form_is_filled_to_its_size(size: int) -> None:
    filled = pad_page(b"x" * size, FORM)
    assert len(filled) == FORM
    assert filled.startswith(b"x" * size)


def test_what_does_not_fit_is_refused_with_the_code_of_its_page() -> None:
    with pytest.raises(PageTooLarge, match="page 57 has 25089 bytes; at most 25088 fit"):
        pad_page(b"x" * (FORM - 8), FORM, "/en/57")
    with pytest.raises(PageTooLarge, match="page b1 has"):
        compress_page(bytes(hash((3, at)) % 251 for at in range(SHARED * 3)), "/en/b1")


def test_the_filler_cannot_be_compressed_away() -> None:
    first, second = pad_page(b"same", SHARED), pad_page(b"same", SHARED)
    assert first != second
    assert len(zlib.compress(first)) > SHARED * 0.45


@pytest.mark.parametrize("size", [0, 10, 3_000, 9_000, SHARED - 60])
def test_the_packed_form_is_filled_and_still_gzip(size: int) -> None:
    html = bytes(hash((size, at)) % 251 for at in range(size))
    packed = compress_page(html)
    assert len(packed) == SHARED
    assert gzip.decompress(packed) == html
    unpacked = subprocess.run(["gzip", "-dc"], input=packed, capture_output=True, check=True)
    assert unpacked.stdout == html


def test_the_same_page_gives_the_same_bytes(client: FlaskClient) -> None:
    assert client.get("/en/b1", headers=GZIP).data == client.get("/en/b1", headers=GZIP).data


def test_a_page_of_the_minute_is_made_once_a_minute(app: Flask, clock: Clock) -> None:
    made: list[datetime] = []

    def render(minute: datetime) -> str:
        made.append(minute)
        return f"<!doctype html>{minute:%H:%M}"

    def ask() -> str:
        with app.test_request_context("/en/b0"):
            return render_page_of_the_minute(("en", "b0"), render).get_data(as_text=True)

    clock.now = NOW.replace(second=0)
    first = ask()
    clock.forward(seconds=59)
    assert ask() == first
    clock.forward(seconds=1)
    assert ask() != first
    assert made == [NOW.replace(second=0), NOW.replace(second=0) + timedelta(minutes=1)]


def test_a_page_with_something_typed_is_never_compressed(app: Flask, client: FlaskClient) -> None:
    def echo() -> str:
        return (
            "<!doctype html><html lang=en dir=ltr><head><title>Info</title>"
            '<link rel=stylesheet href="/s/a"><script src="/s/b"></script>'
            '<script src="/s/d"></script>'
            '<link rel=icon href="/s/c"></head>'
            '<body><a data-exit href="/x">Close</a><h1>typed</h1></body></html>'
        )

    app.view_functions["report.start"] = lambda **_: echo()
    response = client.get("/en/5", headers=GZIP)
    assert "Content-Encoding" not in response.headers
    assert len(response.data) == FORM


@pytest.mark.parametrize("path", [*PAGES, "/en/zz", "/nowhere/at/all"])
def test_with_the_guard_no_page_is_shown(client: FlaskClient, path: str) -> None:
    client.set_cookie(GUARD, "1", domain="site.test")
    response = client.get(path)
    assert (response.status_code, response.data) == (303, b"")
    assert response.headers["Location"] == "https://target.test/"
    assert "no-store" in response.headers["Cache-Control"]


def test_with_the_guard_a_form_leads_away_too(client: FlaskClient) -> None:
    client.set_cookie(GUARD, "1", domain="site.test")
    response = client.post("/en/5", data={"a": "canary"})
    assert response.headers["Refresh"] == "0; url=https://target.test/"
    assert b"canary" not in response.data
    assert b"<h1" not in response.data


def test_with_the_guard_static_files_and_the_exit_still_answer(client: FlaskClient) -> None:
    client.set_cookie(GUARD, "1", domain="site.test")
    assert client.get("/x").headers["Clear-Site-Data"] == '"storage"'
    assert client.get("/s/none.css").status_code != 200


@pytest.mark.parametrize("path", PAGES)
def test_no_page_sets_a_cookie(client: FlaskClient, path: str) -> None:
    assert "Set-Cookie" not in client.get(path).headers


def _subresources(html: str) -> Iterator[str]:
    for part in html.split('"/s/')[1:]:
        yield part.split('"')[0]


def test_all_pages_ask_for_the_same_files_in_the_same_order(client: FlaskClient) -> None:
    asked = {tuple(_subresources(client.get(path).text)) for path in (*PAGES, "/en/zz")}
    assert len(asked) == 1
    for name in asked.pop():
        assert client.get(f"/s/{name}").status_code == 200
