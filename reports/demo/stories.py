"""Generates made-up reports in several languages from a seed.

Only their content follows from the seed. Tokens, codes and keys are as random as real ones.
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any, Final

from reports.demo.fates import EVERY, FATES, Fate
from reports.intake.questions import AGES, PEOPLE, POLICE, SECTORS, SINCE, YES_NO
from reports.intake.taxonomy import TAXONOMY
from reports.territory import get_territory

_FILE: Final = Path(__file__).parent / "stories.toml"
_UNTOUCHED: Final = 30
"""The weight of new reports against 1 for every other fate, after the first of each."""


@dataclass(frozen=True)
class MadeUpReport:
    """One made-up report: its answers, language, fate and age.

    `files` are keys of `sample_files.KINDS`; `words` are what both sides write later.
    """

    answers: dict[str, str]
    language: str
    hours_ago: int
    fate: Fate
    files: tuple[str, ...]
    words: Mapping[str, str]


def generate_reports(
    count: int, seed: int, served: Collection[str] = (), *, only_new: bool = False
) -> Iterator[MadeUpReport]:
    """Yields `count` reports, the same for the same seed.

    `served` are the countries that have a desk; by default all known ones. The first reports have
    every fate once, so that each state can be seen; with `only_new` nobody has read any.
    """
    told = tomllib.loads(_FILE.read_text("utf-8"))
    random = Random(seed)  # plays no part in any key
    served = served or get_territory().codes
    weights = [_UNTOUCHED if name == "received" else 1 for name in EVERY]
    for number in range(count):
        name = EVERY[number] if number < len(EVERY) else random.choices(EVERY, weights)[0]
        yield _one(random, told, FATES["received" if only_new else name], served)


def _one(random: Random, told: dict[str, Any], fate: Fate, served: Collection[str]) -> MadeUpReport:
    wanted = (fate.country,) if fate.country in served else served
    places = [
        (story, country)
        for story in told["stories"]
        for country in story["countries"]
        if country in wanted or not fate.needs_route
    ]
    # A country without a story of its own gets them all.
    places = places or [(story, country) for story in told["stories"] for country in wanted]
    story, country = random.choice(places)
    language: str = story["language"]
    words = {"n": str(random.randint(2, 9)), "day": random.choice(told["days"][language])}
    kind = random.choices(("witness", "self", "professional"), (6, 3, 1))[0]
    hours = random.randint(1, 24 * 30)
    answers = {
        "country": country,
        "region": told["regions"].get(country, {}).get(language, "unknown"),
        "place": story["place"],
        "form": story["form"],
        "kind": kind,
        "age": random.choices(AGES, (6, 2, 1, 3))[0],
        "danger": random.choices(("no", "unknown", "yes"), (6, 3, 1))[0],
        "story": story["story"].format(**words),
        **_more(random, kind),
    }
    return MadeUpReport(
        answers={**answers, **fate.answers},
        language=language,
        hours_ago=max(hours, fate.hours_ago),
        fate=fate,
        files=fate.files or random.choices(((), ("lines",), ("photo",)), (8, 1, 1))[0],
        words=told["words"][language],
    )


def _more(random: Random, kind: str) -> dict[str, str]:
    """Returns answers to the questions after the story; two in five reports have none."""
    if random.random() < 0.4:
        return {}
    asked = [sign.id for sign in TAXONOMY.list_signs(kind)]
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
