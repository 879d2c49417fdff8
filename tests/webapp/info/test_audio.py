"""Pages read aloud: a recording under a neutral name, asked for by nobody but who presses play."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.support.web import AtSite, put_services
from webapp.site import recordings

SOUND = b"ID3" + bytes(range(256)) * 1_000


@pytest.fixture
def recorded(app: Flask, client: FlaskClient, tmp_path: Path) -> FlaskClient:
    """A site with a recording of one chapter in English."""
    (tmp_path / "audio/en").mkdir(parents=True)
    (tmp_path / "audio/en/b1.mp3").write_bytes(SOUND)
    (tmp_path / "audio/en/notes.txt").write_bytes(b"not a recording")
    put_services(app, recordings=recordings.gather(tmp_path / "audio"))
    return client


def test_a_page_with_a_recording_says_its_size_and_loads_nothing_of_it(
    recorded: FlaskClient,
) -> None:
    html = recorded.get("/en/b1").text
    [tag] = re.findall(r"<audio [^>]*>", html)
    assert 'preload="none"' in tag
    assert re.search(r'src="/s/[0-9a-f]{12}\.mp3"', tag)
    assert "It plays out loud. Size: 0.3 MB." in html
    assert "data-aloud" not in html


def test_other_pages_and_languages_offer_a_voice_that_a_script_must_find(
    recorded: FlaskClient,
) -> None:
    for path in ("/en/n1", "/nl/b1", "/en/2"):
        html = recorded.get(path).text
        assert "<audio" not in html
        assert re.search(r"<div[^>]* data-aloud [^>]*hidden>", html), path


def test_pages_with_answers_and_codes_are_never_read_aloud(client: FlaskClient) -> None:
    for path in ("/en/5", "/en/6"):
        assert "data-aloud" not in client.get(path).text


def test_a_player_gets_the_part_that_it_asks_for(recorded: FlaskClient) -> None:
    [address] = re.findall(r'src="(/s/[0-9a-f]{12}\.mp3)"', recorded.get("/en/b1").text)
    whole = recorded.get(address)
    assert (whole.status_code, whole.mimetype, whole.data) == (200, "audio/mpeg", SOUND)
    assert "no-store" in whole.headers["Cache-Control"]
    part = recorded.get(address, headers={"Range": "bytes=3-9"})
    assert (part.status_code, part.data) == (206, SOUND[3:10])
    assert recorded.get("/s/0123456789ab.mp3").status_code == 404


def test_the_size_is_written_as_the_language_writes_it(
    make_app: Callable[..., Flask], tmp_path: Path
) -> None:
    (tmp_path / "audio/de").mkdir(parents=True)
    (tmp_path / "audio/de/1.ogg").write_bytes(bytes(1_260_000))
    app = make_app()
    app.test_client_class = AtSite
    found = recordings.gather(tmp_path / "audio")["de", "1"]
    with app.test_request_context("/de/1"):
        assert found.megabytes == "1,3"
