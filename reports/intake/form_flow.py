"""The way through the form: the steps that each door asks, in order, and what leads where.

The first part of each way is what a desk must know; it ends with the story. Then the report can go,
and every further question has a way to the end. A person affected has the shortest way, and is
asked about the police before telling anything. Which question stands on which step, and who is
asked it, its declaration says (`reports.intake.questions`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Self

from reports.intake.question import ChoiceField, FormField
from reports.intake.questions import FIELDS, list_missing
from reports.intake.taxonomy import DOORS
from reports.territory import get_territory

STEPS: Final = (
    *("kind", "where", "region", "danger", "form", "sector", "story", "people", "signs", "time"),
    *("control", "now", "wishes", "reply", "files"),
)
"""Every step that asks something; each page says its step by its place in this list."""
FIRST: Final = "kind"
STORY: Final = "story"
FILES: Final = "files"
REVIEW: Final = "review"
CALL: Final = "call"
"""Not a question: the numbers to call, shown at once after "someone is in danger now"."""
REVIEWED: Final = "reviewed"
"""A mark in the draft: the review was seen, so that a changed answer leads back to it."""
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
_WITH_SECTOR: Final = ("labour", "sexual", "unknown")
"""Forms in which a kind of work says something."""


@dataclass(frozen=True)
class FormFlow:
    """The way of one report, after the answers so far: what `door` is asked, in which order.

    `steps` ends with the review.
    """

    answers: Mapping[str, str]
    door: str
    steps: tuple[str, ...]

    @classmethod
    def from_answers(cls, answers: Mapping[str, str]) -> Self:
        """Returns the way that these answers lead."""
        door = find_door(answers)
        return cls(
            answers, door, (*(step for step in ORDERS[door] if _fits(step, answers)), REVIEW)
        )

    @cached_property
    def more(self) -> tuple[str, ...]:
        """The steps after the story: they can be left out as a whole."""
        return self.steps[self.steps.index(STORY) + 1 :]

    def list_fields(self, step: str) -> tuple[FormField, ...]:
        """Returns the fields of `step` that the door asks; none for the files and the review."""
        return tuple(
            field for field in FIELDS.values() if field.step == step and self.door in field.doors
        )

    def list_offered(self, field: ChoiceField) -> tuple[str, ...]:
        """Returns what the door can answer to `field`; no region of another country."""
        offered = field.list_offered(self.door)
        if field.name != "region":
            return offered
        own = {each.id for each in get_territory().list_regions(find_region_country(self.answers))}
        return tuple(code for code in offered if code in own or code == "unknown")

    def has_page(self, step: str) -> bool:
        """Tells whether there is anything on the page of `step` for this door."""
        return step in (FILES, REVIEW, CALL) or bool(self.list_fields(step))

    def find_previous(self, step: str) -> str | None:
        """Returns the step before; None at the first."""
        if step == CALL:
            return "danger"
        place = self._place(step)
        return self.steps[place - 1] if place else None

    def find_next(self, step: str, *, to_the_end: bool = False) -> str:
        """Returns where the answers of `step` lead: to the numbers to call, the next question, or
        the review.

        `to_the_end`: the person leaves out what is left; without a story that leads to the story.
        """
        if step == "danger" and self.answers.get("danger") == "yes":
            return CALL
        following = self.steps[min(self._place(step) + 1, len(self.steps) - 1)]
        opened = following == "region" and not self.answers.get("region")
        if to_the_end or (self.answers.get(REVIEWED) and not opened):
            return STORY if list_missing(self.answers) else REVIEW
        return following

    def count_progress(self, step: str) -> tuple[int, int, bool] | None:
        """Returns which step this is of how many in its part, and whether that is the second part.

        None on the review, where nothing is left to answer.
        """
        if step == REVIEW:
            return None
        if step in self.more:
            return self.more.index(step) + 1, len(self.more) - 1, True
        return self._place(step) + 1, len(self.steps) - len(self.more), False

    def may_end(self, step: str) -> bool:
        """Tells whether the report can go without this question and all that follow it."""
        return step in self.more and step != REVIEW

    def drop_unasked(self) -> dict[str, str]:
        """Returns the answers without those to questions that a later answer made needless.

        What is sent is what the review shows.
        """
        names = {field.name for step in self.steps for field in self.list_fields(step)}
        told = drop_foreign_region(self.answers)
        return {name: value for name, value in told.items() if name in names}

    def _place(self, step: str) -> int:
        """The place of a step; one that an answer made needless counts as the first."""
        step = "danger" if step == CALL else step
        return self.steps.index(step) if step in self.steps else 0


def find_door(answers: Mapping[str, str]) -> str:
    """Returns the door these answers came through; who does not say is asked like a witness."""
    kind = answers.get("kind", "")
    return kind if kind in DOORS else WITNESS


def find_region_country(answers: Mapping[str, str]) -> str:
    """Returns the country whose regions are asked for: the first one named that has any; else
    empty.
    """
    named = (answers.get("country", ""), answers.get("present", ""))
    return next((code for code in named if get_territory().list_regions(code)), "")


def drop_foreign_region(answers: Mapping[str, str]) -> dict[str, str]:
    """Returns the answers without a region of another country than the one that is asked for."""
    own = (each.id for each in get_territory().list_regions(find_region_country(answers)))
    foreign = answers.get("region") not in (*own, "unknown")
    return {k: value for k, value in answers.items() if not (k == "region" and foreign)}


def _fits(step: str, answers: Mapping[str, str]) -> bool:
    """Whether a step still asks something that the answers so far leave open."""
    if step == "region":
        return bool(find_region_country(answers))
    if step == "sector":
        return answers.get("form", "unknown") in _WITH_SECTOR
    return True
