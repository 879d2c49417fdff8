"""Made-up reports for trying an instance: plausible answers in several languages, by a seed.

Only the answers follow from the seed. Tokens, codes and keys are as random as real ones.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from reports.intake.questions import AGES, PEOPLE, POLICE, SECTORS, SINCE, YES_NO
from reports.intake.taxonomy import TAXONOMY

_FILE = Path(__file__).parent / "demo_stories.toml"
_REGIONS = {"nl": "flanders", "fr": "wallonia"}


@dataclass(frozen=True)
class MadeUp:
    """One report that nobody wrote: its answers, its language, and how long ago it came."""

    answers: dict[str, str]
    language: str
    hours_ago: int


def made_up(count: int, seed: int) -> Iterator[MadeUp]:
    """`count` reports; the same ones for the same seed. The oldest came about a month ago."""
    told = tomllib.loads(_FILE.read_text("utf-8"))
    random = Random(seed)  # plays no part in any key
    for _ in range(count):
        yield _one(random, told)


def _one(random: Random, told: dict[str, Any]) -> MadeUp:
    story = random.choice(told["stories"])
    language: str = story["language"]
    country: str = random.choice(story["countries"])
    words = {"n": str(random.randint(2, 9)), "day": random.choice(told["days"][language])}
    kind = random.choices(("witness", "self", "professional"), (6, 3, 1))[0]
    return MadeUp(
        answers={
            "country": country,
            "region": _REGIONS.get(language, "unknown") if country == "BE" else "unknown",
            "place": story["place"],
            "form": story["form"],
            "kind": kind,
            "age": random.choices(AGES, (6, 2, 1, 3))[0],
            "danger": random.choices(("no", "unknown", "yes"), (6, 3, 1))[0],
            "story": story["story"].format(**words),
            **_more(random, kind),
        },
        language=language,
        hours_ago=random.randint(1, 24 * 30),
    )


def _more(random: Random, kind: str) -> dict[str, str]:
    """What comes after the story; two in five leave it out."""
    if random.random() < 0.4:
        return {}
    asked = [sign.id for sign in TAXONOMY.asked(kind)]
    return {
        "signs": " ".join(random.sample(asked, random.randint(1, 5))),
        "people": random.choice(PEOPLE),
        "alone": random.choice(YES_NO),
        "since": random.choice(SINCE),
        "ongoing": random.choices(YES_NO, (5, 1, 2))[0],
        "sector": random.choice(SECTORS),
        "plates": random.choice(("", "", "1-ABC-000", "00-XX-00")),
        "help": random.choice(YES_NO),
        "police": random.choices(POLICE, (3, 1, 2))[0],
        "reply": random.choice(YES_NO),
    }
