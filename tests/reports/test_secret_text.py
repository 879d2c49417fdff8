"""A secret has one way to be written: every other text is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.secret_text import format_token, parse_token


@given(st.binary(max_size=64))
def test_a_token_reads_as_it_was_written(raw: bytes) -> None:
    assert parse_token(format_token(raw)) == raw


@given(st.text(max_size=64))
def test_any_other_text_is_refused(text: str) -> None:
    try:
        raw = parse_token(text)
    except ValueError:
        return
    assert format_token(raw) == text


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("AB", id="bits in the last letter that count for nothing"),
        pytest.param("AA==", id="padding"),
        pytest.param("++++", id="the letters of the other alphabet"),
        pytest.param("AA AA", id="a blank"),
        pytest.param("AAAAA", id="a letter too many"),
        pytest.param("éééé", id="letters beyond ASCII"),
    ],
)
def test_a_token_that_is_written_otherwise_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        parse_token(text)
