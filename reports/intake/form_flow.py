"""The flow of the form: which steps each door asks, in which order, and where each step leads.

The first part of every flow asks what a desk must know and ends with the story; from there on the
report can be sent, and every later step offers a way to the end. A person affected gets the
shortest flow, and is asked about the police before telling anything. Which step a question is on,
and which doors are asked it, stands in its declaration (`reports.intake.questions`).
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
"""Every step that asks something. A page sends its step as an index into this tuple."""
FIRST: Final = "kind"
STORY: Final = "story"
FILES: Final = "files"
REVIEW: Final = "review"
CALL: Final = "call"
"""Not a question: the page with the numbers to call, shown right after "someone is in danger
now"."""
REVIEWED: Final = "reviewed"
"""A key in the draft: the review was already shown, so a changed answer leads back to it."""
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
"""The order of the steps for each door; steps that the answers make irrelevant are skipped."""
_WITH_SECTOR: Final = ("labour", "sexual", "unknown")
"""The forms of exploitation for which the sector is asked."""


@dataclass(frozen=True)
class FormFlow:
    """The flow of one report, given the answers so far: the `door` and its `steps` in order.

    `steps` ends with the review.
    """

    answers: Mapping[str, str]
    door: str
    steps: tuple[str, ...]

    @classmethod
    def from_answers(cls, answers: Mapping[str, str]) -> Self:
        """Returns the flow that follows from these answers."""
        door = find_door(answers)
        return cls(
            answers, door, (*(step for step in ORDERS[door] if _fits(step, answers)), REVIEW)
        )

    @cached_property
    def more(self) -> tuple[str, ...]:
        """The optional steps: those after the story, and the review. They can be skipped as a
        whole."""
        return self.steps[self.steps.index(STORY) + 1 :]

    def list_fields(self, step: str) -> tuple[FormField, ...]:
        """Returns the fields that the door is asked on `step`; none for the files and the
        review."""
        return tuple(
            field for field in FIELDS.values() if field.step == step and self.door in field.doors
        )

    def list_offered(self, field: ChoiceField) -> tuple[str, ...]:
        """Returns the codes that the door may choose for `field`.

        For the region these are only regions of the country that was named.
        """
        offered = field.list_offered(self.door)
        if field.name != "region":
            return offered
        own = _list_region_codes(self.answers)
        return tuple(code for code in offered if code in own)

    def has_page(self, step: str) -> bool:
        """Returns whether the page of `step` has any content for this door."""
        return step in (FILES, REVIEW, CALL) or bool(self.list_fields(step))

    def find_previous(self, step: str) -> str | None:
        """Returns the step before `step`, or None for the first."""
        if step == CALL:
            return "danger"
        place = self._place(step)
        return self.steps[place - 1] if place else None

    def find_next(self, step: str, *, to_the_end: bool = False) -> str:
        """Returns the step that follows `step`: the numbers to call, the next question, or the
        review.

        `to_the_end`: the reporter skips the remaining questions. Without a story that leads to the
        story instead of the review.
        """
        if step == "danger" and self.answers.get("danger") == "yes":
            return CALL
        following = self.steps[min(self._place(step) + 1, len(self.steps) - 1)]
        opened = following == "region" and not self.answers.get("region")
        if to_the_end or (self.answers.get(REVIEWED) and not opened):
            return STORY if list_missing(self.answers) else REVIEW
        return following

    def count_progress(self, step: str) -> tuple[int, int, bool] | None:
        """Returns the position within the current part, the length of that part, and whether it is
        the second part.

        Positions count from 1. Returns None for the review.
        """
        if step == REVIEW:
            return None
        if step in self.more:
            return self.more.index(step) + 1, len(self.more) - 1, True
        return self._place(step) + 1, len(self.steps) - len(self.more), False

    def may_end(self, step: str) -> bool:
        """Returns whether the report can be sent without this step and the ones after it."""
        return step in self.more and step != REVIEW

    def drop_unasked(self) -> dict[str, str]:
        """Returns the answers without those to questions that later answers made irrelevant.

        So the report holds exactly what the review shows.
        """
        names = {field.name for step in self.steps for field in self.list_fields(step)}
        told = drop_foreign_region(self.answers)
        return {name: value for name, value in told.items() if name in names}

    def _place(self, step: str) -> int:
        """Returns the index of `step` in `steps`; 0 for one that the answers made irrelevant."""
        step = "danger" if step == CALL else step
        return self.steps.index(step) if step in self.steps else 0


def find_door(answers: Mapping[str, str]) -> str:
    """Returns the door for these answers; a reporter who does not say is asked as a witness."""
    kind = answers.get("kind", "")
    return kind if kind in DOORS else WITNESS


def find_region_country(answers: Mapping[str, str]) -> str:
    """Returns the country whose regions are asked for: the first one named that has regions, else
    ""."""
    named = (answers.get("country", ""), answers.get("present", ""))
    return next((code for code in named if get_territory().list_regions(code)), "")


def drop_foreign_region(answers: Mapping[str, str]) -> dict[str, str]:
    """Returns the answers, without the region when it belongs to another country than
    `find_region_country` gives."""
    foreign = answers.get("region") not in _list_region_codes(answers)
    return {k: value for k, value in answers.items() if not (k == "region" and foreign)}


def _list_region_codes(answers: Mapping[str, str]) -> tuple[str, ...]:
    """What the question for the region can be answered with after these answers."""
    regions = get_territory().list_regions(find_region_country(answers))
    return (*(each.id for each in regions), "unknown")


def _fits(step: str, answers: Mapping[str, str]) -> bool:
    """Returns whether `step` is still relevant, given the answers so far."""
    if step == "region":
        return bool(find_region_country(answers))
    if step == "sector":
        return answers.get("form", "unknown") in _WITH_SECTOR
    return True
