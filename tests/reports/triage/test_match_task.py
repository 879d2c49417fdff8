"""What goes to the child process and what comes back: nothing that it says is taken on trust."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.errors import MatchFailed
from reports.triage.identifiers import LONGEST, LONGEST_NORMAL, Formats, Identifier
from reports.triage.match_task import MOST, MatchTask, decode_answer, look_through, match_here

FORMATS = Formats(("BE",), ("1AAA000",))
ROW = ["plate", "1ABC234", "1-ABC-234"]


def test_a_task_comes_back_as_what_it_names() -> None:
    task = MatchTask({"story": "A van, 1-ABC-234."}, ("Call 0470 12 34 56", "é 👩"), FORMATS)
    assert [(each.kind, each.normal, each.shown) for each in match_here(task)] == [
        ("plate", "1ABC234", "1-ABC-234"),
        ("phone", "+32470123456", "0470 12 34 56"),
    ]


def test_of_very_much_only_so_much_is_kept() -> None:
    numbers = " ".join(f"@name{number}" for number in range(MOST + 50))
    assert len(match_here(MatchTask({"story": numbers}, (), FORMATS))) == MOST


def test_no_task_says_its_words_when_it_is_shown() -> None:
    task = MatchTask({"story": "They sleep in the kitchen."}, ("secret",), FORMATS)
    assert repr(task) == "MatchTask(...)"


def test_what_the_child_says_is_taken_when_it_is_what_it_should_be() -> None:
    answer = json.dumps([ROW, ROW, ["name", "a" * LONGEST_NORMAL, "b" * LONGEST]]).encode()
    assert decode_answer(answer) == (
        Identifier("plate", "1ABC234", "1-ABC-234"),
        Identifier("name", "a" * LONGEST_NORMAL, "b"),
    )
    assert decode_answer(b"[]") == ()


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"[",
        b"\xff\xfe",
        b"null",
        b'{"kind": "plate"}',
        b"[" * 100_000,
        json.dumps([ROW] * (MOST + 1)).encode(),
        json.dumps([[*ROW, "more"]]).encode(),
        json.dumps(["plate"]).encode(),
        json.dumps(["abc"]).encode(),
        json.dumps([["secret", *ROW[1:]]]).encode(),
        json.dumps([[["plate"], *ROW[1:]]]).encode(),
        json.dumps([["plate", 7, "7"]]).encode(),
        json.dumps([["plate", "", "x"]]).encode(),
        json.dumps([["plate", "x", ""]]).encode(),
        json.dumps([["plate", "a" * (LONGEST_NORMAL + 1), "a"]]).encode(),
        json.dumps([["plate", "a", "a" * (LONGEST + 1)]]).encode(),
        json.dumps([["plate", "a", "a\nb"]]).encode(),
        json.dumps([["plate", "a\0", "a"]]).encode(),
        json.dumps([["plate", "a", "\x9f"]]).encode(),
        json.dumps([["plate", "\ud800", "a"]]).encode(),
    ],
)
def test_any_other_answer_is_refused(answer: bytes) -> None:
    with pytest.raises(MatchFailed) as refused:
        decode_answer(answer)
    assert refused.value.code == "broken"


@given(st.recursive(st.none() | st.integers() | st.text(), lambda inner: st.lists(inner)))
def test_an_answer_is_taken_or_refused_and_nothing_else(answer: object) -> None:
    try:
        found = decode_answer(json.dumps(answer).encode())
    except MatchFailed:
        return
    assert found == ()


@given(st.dictionaries(st.sampled_from(("story", "plates", "online")), st.text(max_size=200)))
def test_whatever_was_written_gives_an_answer_that_is_taken(texts: dict[str, str]) -> None:
    _kind, answer = look_through(MatchTask(texts, (), FORMATS).encode())
    decode_answer(answer)
