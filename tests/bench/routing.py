"""The engine's answers beside the reading and writing of their JSON alone."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from reports.intake.questions import AGES, FORMS
from reports.routing.country import load_all
from reports.routing.facts import KINDS
from tests.bench.measure import Ratio, medians
from webapp.commands.routing import answer_lines

LINES = 500
NOW = datetime(2027, 3, 10, 10, 0, tzinfo=UTC)


def measure(_folder: Path) -> Iterator[Ratio]:
    """One row."""
    countries = load_all()
    lines = made_up()
    told = [json.loads(answer) for answer in answer_lines(countries, "refer", lines, lambda: NOW)]
    wrong = [answer for answer in told if "error" in answer]
    if wrong:
        raise AssertionError(f"the made-up facts are refused: {wrong[0]}")

    def bare() -> None:
        for line, answer in zip(lines, told, strict=True):
            json.loads(line)
            json.dumps(answer, separators=(",", ":"))

    ours, reference = medians(
        lambda: list(answer_lines(countries, "refer", lines, lambda: NOW)), bare, rounds=9
    )
    why = "every rule of every country is looked at, and each recipient comes with its reason"
    beside = "JSON in and out"
    yield Ratio("a line of `route`", beside, ours / LINES, reference / LINES, 8, 30, why)


def made_up() -> list[bytes]:
    """Facts of any kind, the same in every run."""
    chance = random.Random(1)
    return [
        json.dumps(
            {
                "present_country": chance.choice(("BE", "NL", "LU")),
                "form": chance.choice(FORMS),
                "kind": chance.choice(KINDS),
                "age": chance.choice(AGES),
            }
        ).encode()
        for _ in range(LINES)
    ]
