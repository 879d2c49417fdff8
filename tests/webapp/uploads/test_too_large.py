"""A form with files that is larger than what is read: a sentence about the files, and the form."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.support.asgi import Client, Told
from tests.support.cast import Instance
from tests.support.forms import Form, carried, fields_in, multipart, text
from webapp.server import bridge
from webapp.server.bridge import Bridge, Terms
from webapp.site.page_sizes import FORM

STORY = "They sleep in the kitchen."
SENTENCE = "What you chose is too large. Choose smaller files, or fewer at once."
LIMITS = "25 MB each"


@pytest.fixture
def server(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Client]:
    """The site behind its server, which reads 8 KiB of a body at most."""
    monkeypatch.setattr(bridge, "MOST_BYTES", 8 * 1024)
    monkeypatch.setattr(bridge, "BEGINNING", 4 * 1024)
    terms = Terms(folder=tmp_path, pages={}, threads=1, proxied=False, read_state=lambda: None)
    made = Bridge(app, terms)
    yield Client(made)
    made._threads.shutdown()


def send(server: Client, path: str, fields: dict[str, str], **headers: str) -> Told:
    """The form as a browser without script sends it: the files stand before the button."""
    kind, data = multipart(fields, {"film.mp4": bytes(20_000)})
    pieces = [data[at : at + 1_000] for at in range(0, len(data), 1_000)]
    length = {} if headers else {"Content__Length": str(len(data))}
    return server.ask(path, pieces, Content__Type=kind, **length, **headers)


@pytest.mark.parametrize("headers", [{}, {"Transfer__Encoding": "chunked"}], ids=["length", "no"])
def test_a_report_keeps_its_form_and_says_what_a_file_can_have(
    server: Client, client: FlaskClient, app_instance: Instance, headers: dict[str, str]
) -> None:
    form = Form(client)
    form.to_step(7)
    told = send(server, "/en/57", {**carried(form.page), "b": "next"}, **headers)
    page = told.body.decode()
    assert told.status == 200
    assert SENTENCE in page
    assert LIMITS in page
    assert fields_in(page)["t"] == carried(form.page)["t"]
    assert len(told.body) == FORM
    assert client.post("/en/5", data={**fields_in(page), "b": "end"}).status_code == 200


def test_a_message_to_the_mailbox_comes_back_with_the_sentence(
    server: Client, client: FlaskClient, app_instance: Instance
) -> None:
    receipt = app_instance.send()
    form = Form(client, "/en/6")
    visit = carried(form.press("open", c=receipt.code.grouped))["t"]
    told = send(server, "/en/67", {"t": visit, "m": STORY, "b": "send"})
    page = told.body.decode()
    assert SENTENCE in page
    assert STORY in page
    # Nothing was sent, and the mailbox is still open.
    assert STORY not in text(client.post("/en/6", data={"t": visit, "b": "look"}))


@pytest.mark.parametrize("language", ["nl", "fr", "de", "ar"])
def test_the_sentence_is_in_the_language_of_the_page(
    server: Client, client: FlaskClient, language: str
) -> None:
    form = Form(client, f"/{language}/5")
    page = send(server, f"/{language}/57", carried(form.page)).body.decode()
    assert "25 " in page
    assert SENTENCE not in page


def test_no_other_address_reads_half_a_form(server: Client, client: FlaskClient) -> None:
    form = Form(client)
    told = send(server, "/en/5", {**carried(form.page), "b": "next"})
    assert told.status == 413
    assert b"A file can have at most 25 MB." in told.body


@pytest.mark.parametrize(
    "kind", ["multipart/form-data", "multipart/form-data; boundary=ü", "multipart/form-data; x"]
)
def test_a_form_whose_parts_cannot_be_told_apart_is_refused(server: Client, kind: str) -> None:
    told = server.ask("/en/57", [b"x" * 9_000], Content__Type=kind, Content__Length="9000")
    assert told.status in (200, 400)
    assert b"data-exit" in told.body


def test_one_file_above_the_limit_is_told_by_its_name(client: FlaskClient) -> None:
    form = Form(client)
    form.to_step(7)
    kind, data = multipart({**carried(form.page), "b": "add"}, {"film.mp4": bytes(55_000_000)})
    page = text(client.post("/en/57", data=data, content_type=kind))
    assert "film.mp4" in page
    assert "is too large. A file can have 25 MB." in page
