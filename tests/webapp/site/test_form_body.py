"""Reading a form's body: no byte is lost, none breaks it, and the size is limited."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge

from webapp.site.form_body import MAX_BODY, MAX_FIELD, MOST_READ, read_form


def read(app: Flask, body: bytes) -> dict[str, str]:
    with app.test_request_context("/en/5", method="POST", data=body):
        return read_form()


@pytest.mark.parametrize("text", ["kitchen", "هم ينامون", "a&b=c+d%20", "𐍈 😀", "two\r\nlines\t"])
def test_text_of_any_script_comes_through(app: Flask, text: str) -> None:
    assert read(app, urlencode({"f8": text}).encode()) == {"f8": text}


@pytest.mark.parametrize("body", [b"f8=a\xffb&t=1", b"f8=a%FFb&t=1"])
def test_invalid_utf8_is_marked_and_the_other_fields_stay(app: Flask, body: bytes) -> None:
    assert read(app, body) == {"f8": "a\ufffdb", "t": "1"}


def test_what_is_no_character_is_left_out(app: Flask) -> None:
    assert read(app, urlencode({"f8": "a\x00b\x1bc\x85\ufdd0\U0001ffff"}).encode()) == {"f8": "abc"}


def test_of_a_field_sent_twice_the_first_counts(app: Flask) -> None:
    assert read(app, b"b=next&b=send") == {"b": "next"}


def test_a_longest_story_of_the_widest_letters_fits(app: Flask) -> None:
    body = urlencode({"f8": "𐍈" * 20_000}).encode()
    assert len(body) < MAX_FIELD
    assert read(app, body)["f8"] == "𐍈" * 20_000


@pytest.mark.parametrize("letter", ["x", "é", "ي", "中", "𐍈", " ", "\r\n"])
@pytest.mark.parametrize("shift", range(4))
def test_what_is_far_too_long_is_cut_between_two_characters_and_the_rest_stays(
    app: Flask, letter: str, shift: int
) -> None:
    story = "a" * shift + letter * 400_000
    body = urlencode({"t": "token", "f8": story, "s": "7", "b": "next"}).encode()
    assert len(body) > MAX_FIELD
    fields = read(app, body)
    assert {**fields, "f8": ""} == {"t": "token", "f8": "", "s": "7", "b": "next"}
    kept = fields["f8"]
    assert kept == story[: len(kept)]
    assert len(kept) > 20_000


def test_too_much_is_refused(app: Flask) -> None:
    with pytest.raises(RequestEntityTooLarge):
        read(app, b"&".join([b"f8=" + b"x" * MAX_FIELD] * (MAX_BODY // MAX_FIELD + 1)))
    with pytest.raises(RequestEntityTooLarge):
        read(app, b"f8=" + b"x" * MOST_READ)
    with pytest.raises(BadRequest):
        read(app, b"&".join(b"x=%d" % number for number in range(50)))


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.binary(max_size=300))
def test_any_bytes_give_fields_or_a_refusal(app: Flask, body: bytes) -> None:
    try:
        fields = read(app, body)
    except BadRequest:
        return
    for name, value in fields.items():
        (name + value).encode()
