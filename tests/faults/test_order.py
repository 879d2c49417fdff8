"""Before a receipt code leaves, the report is on the disk: seen at the kernel's door, by strace."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support import traced
from tests.support.forms import ANSWERS, code_in, fields_in
from tests.support.served import Served
from tests.support.site import START
from tests.support.traced import Call

GOOD = [
    Call("recvfrom", '9<socket:[1]>, "POST /en/5 b=send"'),
    Call("fdatasync", "7</v/wayside.db-journal>"),
    Call("pwrite64", '6</v/wayside.db>, "x", 4096, 0'),
    Call("fdatasync", "6</v/wayside.db>"),
    Call("unlink", '"/v/wayside.db-journal"'),
    Call("fdatasync", "8</v>"),
    Call("sendto", '9<socket:[1]>, "HTTP/1.1 200 OK"'),
]


@pytest.mark.filterwarnings("default:NOT CHECKED")
def test_the_report_is_on_the_disk_before_its_code_is_shown(
    serve: Callable[..., Served], tmp_path: Path, strace: str
) -> None:
    record = tmp_path / "record"
    watch = [
        strace,
        "-D",
        "-f",
        "-y",
        "-s",
        "4096",
        "-e",
        f"trace={traced.CALLS}",
        "-o",
        str(record),
    ]
    site = serve(under=watch).start()
    page = site.get("/en/5")
    for answers in ANSWERS:
        page = site.post("/en/5", {**fields_in(page.text), "b": "next", **answers})
    page = site.post("/en/5", {**fields_in(page.text), "b": "send"})
    assert code_in(page.text)
    site.stop()
    wait_for_the_end_of(record)
    assert traced.missing_before_answer(traced.read(record), "b=send") == []


def wait_for_the_end_of(record: Path) -> None:
    """strace writes on for a moment after the process that it watches has ended."""
    until = time.monotonic() + START
    while not re.search(r"\+\+\+ (exited|killed).*\n\Z", record.read_text(errors="replace")):
        assert time.monotonic() < until, "the record has no end"
        time.sleep(0.05)


def test_the_right_order_is_known() -> None:
    assert traced.missing_before_answer(GOOD, "b=send") == []


@pytest.mark.parametrize("dropped", range(1, 6))
def test_each_missing_step_is_noticed(dropped: int) -> None:
    calls = [call for at, call in enumerate(GOOD) if at != dropped]
    assert len(traced.missing_before_answer(calls, "b=send")) == 1


@pytest.mark.parametrize("early", range(1, 6))
def test_an_answer_that_comes_too_early_is_noticed(early: int) -> None:
    calls = [*GOOD[:early], GOOD[-1], *GOOD[early:-1]]
    assert traced.missing_before_answer(calls, "b=send")
