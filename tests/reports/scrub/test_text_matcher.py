"""The child process that looks through texts: it answers, or is ended in time, and nobody waits."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from reports.errors import Busy, MatchFailed
from reports.scrub import scrubber, text_matcher
from reports.scrub.child import MATCHING_SECONDS
from reports.scrub.text_matcher import TextMatcher
from reports.triage.found_identifiers import match_in_child
from reports.triage.identifiers import Formats
from reports.triage.match_task import MatchTask

FORMATS = Formats(("BE",), ("1AAA000",))
MUCH = 60.0
"""Seconds on the wall that a busy machine may take for what needs a fraction of one."""


def test_texts_come_back_as_what_they_name(tmp_path: Path) -> None:
    task = MatchTask({"story": "A van, 1-ABC-234. ٠٤٧٠ ١٢ ٣٤ ٥٦"}, ("@amina_x",), FORMATS)
    found = match_in_child(TextMatcher(tmp_path, MUCH), task)
    assert [(each.kind, each.normal) for each in found] == [
        ("plate", "1ABC234"),
        ("phone", "+32470123456"),
        ("advert", "@amina_x"),
    ]


def test_a_text_that_takes_for_ever_ends_with_its_share_of_the_processor(tmp_path: Path) -> None:
    endless = MatchTask({"story": "1-ABC-234, +32 470 12 34 56 " * 40_000}, (), FORMATS)
    began = time.monotonic()
    with pytest.raises(MatchFailed) as failed:
        match_in_child(TextMatcher(tmp_path, MUCH), endless)
    assert failed.value.code == "late"
    assert time.monotonic() - began < MUCH - MATCHING_SECONDS, "and not by the clock on the wall"


def test_a_child_that_says_nothing_is_ended_by_the_clock(tmp_path: Path) -> None:
    with pytest.raises(MatchFailed) as failed:
        TextMatcher(tmp_path, 0.01).match(b"{}")
    assert failed.value.code == "late"


@pytest.mark.parametrize(
    "program",
    [
        "",
        "raise SystemExit(1)",
        "print('ok json 1')\nraise SystemExit(3)",
        "print('ok jpeg 1')",
        "print('no unclean')",
        "print('x' * 200)",
        "print('ok json 1')\nwhile True: print('x' * 100_000)",
    ],
)
def test_a_child_that_does_something_else_is_not_believed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: str
) -> None:
    def start(_act: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-S", "-c", program],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )

    monkeypatch.setattr(text_matcher, "start_child", start)
    with pytest.raises(MatchFailed) as failed:
        TextMatcher(tmp_path, MUCH).match(b"{}" * 10_000)
    assert failed.value.code == "broken"


def test_who_finds_no_place_is_told_at_once_and_starts_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(text_matcher, "WAITING", 2)
    matcher = TextMatcher(tmp_path)
    monkeypatch.setattr(text_matcher, "start_child", None)
    with matcher._slots.take(), TextMatcher(tmp_path)._slots.take(), pytest.raises(Busy):
        matcher.match(b"{}")


def test_files_and_texts_wait_for_places_of_their_own(tmp_path: Path) -> None:
    files = scrubber.Scrubber(tmp_path)
    with (
        files._turns.take(),
        files._slots.take(),
        files._slots.take(),
        TextMatcher(tmp_path)._slots.take(),
    ):
        assert len(list(tmp_path.glob("match-*.lock"))) >= 1


def test_the_process_loads_what_its_act_needs_and_no_parser_of_files() -> None:
    """What is not in the process cannot be attacked; and every module makes its start longer."""
    program = (
        "import sys, reports.scrub.child, reports.triage.match_child;print(*sorted(sys.modules))"
    )
    loaded = set(
        subprocess.run(
            [sys.executable, "-c", program],
            cwd=scrubber.ROOT,
            capture_output=True,
            text=True,
            check=True,
        ).stdout.split()
    )
    assert "phonenumbers" in loaded
    heavy = {"PIL", "pikepdf", "lxml", "cryptography", "sqlalchemy", "flask", "holidays", "babel"}
    assert not loaded & heavy
    own = {name for name in loaded if name.startswith("reports.") and name.count(".") == 1}
    assert own == {"reports.errors", "reports.kernel", "reports.scrub", "reports.triage"}
