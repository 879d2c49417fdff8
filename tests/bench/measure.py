"""Comparing two ways of doing a thing in the same minute: the machine's speed cancels out.

And scores, where another program compares.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Act = Callable[[], Any]


@dataclass(frozen=True)
class Ratio:
    """What one thing costs beside another: medians in seconds.

    `most` is the ratio that is expected at most, and why; over `broken` the promise is broken.
    """

    what: str
    beside: str
    ours: float
    reference: float
    most: float
    broken: float
    why: str

    @property
    def ratio(self) -> float:
        return self.ours / self.reference

    @property
    def holds(self) -> bool:
        return self.ratio <= self.broken


@dataclass(frozen=True)
class Score:
    """Points of 100 that another program gives; all of them are expected."""

    what: str
    points: Mapping[str, int]
    why: str

    @property
    def holds(self) -> bool:
        return all(points == 100 for points in self.points.values())


@dataclass(frozen=True)
class Amount:
    """A figure of its own unit, which no faster machine makes smaller; over `most` is broken."""

    what: str
    figure: float
    unit: str
    most: float
    why: str

    @property
    def holds(self) -> bool:
        return self.figure <= self.most


Row = Ratio | Score | Amount


def medians(first: Act, second: Act, rounds: int, each: int = 1) -> tuple[float, float]:
    """The median seconds of each, called in turns: `rounds` times `each` calls."""
    times: tuple[list[float], list[float]] = ([], [])
    for act in (first, second):
        act()
    for _ in range(rounds):
        for act, row in zip((first, second), times, strict=True):
            began = time.perf_counter()
            for _ in range(each):
                act()
            row.append((time.perf_counter() - began) / each)
    return statistics.median(times[0]), statistics.median(times[1])
