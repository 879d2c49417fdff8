"""The three doors: what each asks, in which order, and what an earlier answer makes needless.

The first part of each way is what a desk must know; it ends with the story. Then the report can go,
and every further question has a way to the end. A person affected has the shortest way, and is
asked about the police before telling anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from reports.intake.questions import REVIEW, STEPS, FormField
from reports.intake.taxonomy import DOORS

STORY: Final = "story"
WITNESS: Final = "witness"

ORDERS: Final[Mapping[str, tuple[str, ...]]] = {
    "witness": (
        *("kind", "where", "region", "danger", "form", STORY),
        *("files", "people", "signs", "time", "sector", "control", "now", "wishes", "reply"),
    ),
    "self": (
        *("kind", "where", "region", "danger", "form", "wishes", STORY),
        *("files", "people", "reply", "signs", "time", "now", "control"),
    ),
    "professional": (
        *("kind", "where", "region", "danger", "people", "now", "form", "sector", "signs", STORY),
        *("files", "time", "control", "wishes", "reply"),
    ),
}
_NOT_ASKED: Final[Mapping[str, frozenset[str]]] = {
    "witness": frozenset(),
    "self": frozenset({"anonymous", "people", "languages"}),
    "professional": frozenset({"anonymous"}),
}
"""Fields that a door leaves out: a person affected is one, and speaks for themselves; only a
witness is asked whether they want to stay unknown to the police as well."""
_WITH_SECTOR: Final = ("labour", "sexual", "unknown")
"""Forms in which a kind of work says something."""


def find_door(answers: Mapping[str, str]) -> str:
    """Which door these answers came through; who does not say is asked like a witness."""
    kind = answers.get("kind", "")
    return kind if kind in DOORS else WITNESS


def list_fields(step: str, door: str) -> tuple[FormField, ...]:
    """The fields of `step` that `door` asks; none for the review."""
    fields = STEPS.get(step, ())
    return tuple(field for field in fields if field.name not in _NOT_ASKED[door])


def list_steps(answers: Mapping[str, str]) -> tuple[str, ...]:
    """The steps that are asked after these answers, in order; the review is the last."""
    door = find_door(answers)
    return (*(step for step in ORDERS[door] if _fits(step, answers)), REVIEW)


def split_steps(answers: Mapping[str, str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The same in two: up to the story, and what can be left out as a whole."""
    steps = list_steps(answers)
    first = steps.index(STORY) + 1
    return steps[:first], steps[first:]


def drop_unasked(answers: Mapping[str, str]) -> dict[str, str]:
    """These answers without those to questions that a later answer made needless.

    What is sent is what the review shows.
    """
    door = find_door(answers)
    names = {field.name for step in list_steps(answers) for field in list_fields(step, door)}
    return {name: value for name, value in answers.items() if name in names}


def _fits(step: str, answers: Mapping[str, str]) -> bool:
    """Whether a step still asks something that the answers so far leave open."""
    if step == "region":
        return "BE" in (answers.get("country"), answers.get("present"))
    if step == "sector":
        return answers.get("form", "unknown") in _WITH_SECTOR
    return True
