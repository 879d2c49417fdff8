"""The server's own process: what it refuses itself is said in words."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from flask import Flask
from waitress.utilities import BadRequest, Error, RequestEntityTooLarge

from webapp.serve import Refusal
from webapp.site.app_services import get_services
from webapp.site.last_resort import prepare
from webapp.site.padded_response import BUCKET


class Wire:
    """A connection that keeps what is written to it."""

    server = SimpleNamespace(adj=SimpleNamespace(ident=""))

    def __init__(self) -> None:
        self.sent = b""

    def write_soon(self, part: bytes) -> int:
        self.sent += bytes(part)
        return len(part)


def refused(error: Error, path: str) -> bytes:
    wire = Wire()
    request = SimpleNamespace(error=error, path=path, version="1.1", headers={}, command="POST")
    Refusal(wire, request).execute()
    return wire.sent


@pytest.fixture
def words(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Refusal, "pages", prepare(app))


@pytest.mark.usefixtures("words")
def test_a_body_above_what_the_server_reads_is_answered_with_a_sentence() -> None:
    head, _, page = refused(RequestEntityTooLarge("large"), "/en/5").partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 413")
    assert b"Content-Security-Policy" in head
    assert b"text/html" in head
    assert b"That is too much at once" in page
    assert b'data-exit href="/x"' in page
    assert len(page) % BUCKET == 0


@pytest.mark.usefixtures("words")
def test_the_sentence_is_in_the_language_of_the_address_or_english(app: Flask) -> None:
    for row in get_services(app).languages.offered:
        page = refused(RequestEntityTooLarge("large"), f"/{row.tag}/5")
        assert f'<html lang="{row.tag}"'.encode() in page
    assert b'<html lang="en"' in refused(RequestEntityTooLarge("large"), "/zz/5")


@pytest.mark.usefixtures("words")
def test_what_no_browser_sends_gets_no_word() -> None:
    head, _, page = refused(BadRequest("nonsense"), "/en/5").partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400")
    assert page == b""
