"""Readiness: one question at a time, kept for seconds, never longer than the deadline."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from webapp.site import readiness
from webapp.site.readiness import KEPT, Readiness

LONG = 60.0


@dataclass
class Seconds:
    """A clock that stands until a test moves it."""

    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Part:
    """A part of the process: it answers, fails, or says nothing until it may."""

    problem: Exception | None = None
    asked: int = 0
    begun: threading.Event = field(default_factory=threading.Event)
    go_on: threading.Event = field(default_factory=threading.Event)
    done: threading.Event = field(default_factory=threading.Event)

    def __call__(self) -> None:
        self.asked += 1
        self.begun.set()
        assert self.go_on.wait(LONG)
        self.done.set()
        if self.problem:
            raise self.problem

    def prompt(self) -> Part:
        self.go_on.set()
        return self


@pytest.fixture
def clock() -> Seconds:
    return Seconds()


@pytest.fixture
def silent() -> Iterator[Part]:
    made = Part()
    yield made
    made.go_on.set()
    # What the thread learns at last would be a line in the log of the next test.
    for each in threading.enumerate():
        if each.name == readiness.THREAD:
            each.join(LONG)


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """What answers is waited for on a busy machine too; a test of silence says its own."""
    monkeypatch.setattr(readiness, "DEADLINE", LONG)


def said(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [each.getMessage() for each in caplog.records if each.name == "wayside.web"]


def test_all_parts_are_asked_in_their_order_and_the_first_failure_counts(
    caplog: pytest.LogCaptureFixture,
) -> None:
    first, second, third = Part().prompt(), Part(OSError("zx10.0.0.7")).prompt(), Part()
    assert not Readiness({"database": first, "keys": second, "store": third}).ask()
    assert (first.asked, second.asked, third.asked) == (1, 1, 0)
    assert said(caplog) == ["event=unready part=keys kind=OSError"]


def test_a_result_is_kept_for_seconds(clock: Seconds) -> None:
    part = Part().prompt()
    watched = Readiness({"database": part}, clock)
    assert watched.ask()
    part.problem = OSError()
    clock.now += KEPT - 0.1
    assert watched.ask()
    assert part.asked == 1
    clock.now += 0.1
    assert not watched.ask()
    assert part.asked == 2


def test_a_silent_part_keeps_nobody_beyond_the_deadline(
    clock: Seconds, silent: Part, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(readiness, "DEADLINE", 0.05)
    watched = Readiness({"database": silent}, clock)
    before = threading.active_count()
    for _ in range(20):
        assert not watched.ask()
        clock.now += KEPT
    assert silent.asked == 1
    assert threading.active_count() == before + 1
    assert said(caplog) == ["event=unready part=database kind=NoAnswer"]


def test_a_part_that_answers_at_last_counts(
    clock: Seconds, silent: Part, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    watched = Readiness({"database": silent}, clock)
    with monkeypatch.context() as patch:
        patch.setattr(readiness, "DEADLINE", 0.05)
        assert not watched.ask()
    [asking] = [each for each in threading.enumerate() if each.name == readiness.THREAD]
    silent.go_on.set()
    asking.join(LONG)
    assert watched.ask()
    assert silent.asked == 1
    assert said(caplog)[1:] == ["event=ready"]


def test_others_hear_the_last_result_and_do_not_wait(clock: Seconds) -> None:
    part = Part().prompt()
    watched = Readiness({"database": part}, clock)
    assert watched.ask()
    clock.now += KEPT
    part.go_on.clear()
    part.begun.clear()
    waiting = threading.Thread(target=watched.ask)
    waiting.start()
    assert part.begun.wait(LONG)
    assert watched.ask()
    part.problem = OSError()
    part.go_on.set()
    waiting.join(LONG)
    assert not watched.ask()
    assert part.asked == 2


def test_the_reason_is_logged_once_for_each_change(
    clock: Seconds, caplog: pytest.LogCaptureFixture
) -> None:
    part = Part().prompt()
    watched = Readiness({"store": part}, clock)
    for problem in (None, OSError(), OSError(), KeyError(), None, None, OSError()):
        part.problem = problem
        assert watched.ask() == (problem is None)
        clock.now += KEPT
    assert said(caplog) == [
        "event=unready part=store kind=OSError",
        "event=unready part=store kind=KeyError",
        "event=ready",
        "event=unready part=store kind=OSError",
    ]


def test_a_machine_without_threads_to_give_is_not_ready(
    clock: Seconds, monkeypatch: pytest.MonkeyPatch
) -> None:
    part = Part().prompt()
    watched = Readiness({"database": part}, clock)

    def refuse(_thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", refuse)
        assert not watched.ask()
    clock.now += KEPT
    assert watched.ask()
