"""Which answers of a report hold: the reporter's own words, and what staff know better.

What protects the person more takes effect at once. What protects less (`ChoiceField.protects`) is
what one person says until a second one has agreed; the answer that protects more holds meanwhile.
A reporter's later answer counts as their own words: one that protects more holds at once, one that
protects less as soon as staff take it over.

The rule is applied when a report is read and not when a correction is stored, so that no order of
acts and no earlier release gets round it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from reports import mailbox, quick_replies
from reports.intake import questions
from reports.intake.question import ChoiceField
from reports.mailbox import OpenMessage
from reports.triage.findings import sealed_findings
from reports.triage.findings.sealed_findings import OpenFinding

CORRECTION: Final = "correction"
LOWERING: Final = "lowering"
SETTLED: Final = "settled"
"""The stored kinds of findings: what takes effect at once, what waits for a second person, and what
that person said."""


@dataclass(frozen=True)
class Correction:
    """What one person said: the corrected values by field. `urgency` None leaves it unchanged.

    With `settles` it says instead that this person agrees, or does not, to that earlier one.
    """

    id: UUID
    values: Mapping[str, str]
    urgency: int | None
    reason: str
    staff_id: UUID
    at: datetime
    settles: UUID | None = None
    agreed: bool = False

    def __repr__(self) -> str:
        return "Correction(...)"


@dataclass(frozen=True)
class LaterAnswer:
    """What the reporter answered in the mailbox to a question of the form."""

    field: str
    value: str
    at: datetime

    def __repr__(self) -> str:
        return f"LaterAnswer({self.field})"


@dataclass(frozen=True)
class Lowering:
    """A correction that waits for a second person: `values` has was and would be, by field.

    Once the answers have changed, nobody can agree to it; it waits until somebody ends it.
    """

    made: Correction
    values: Mapping[str, tuple[str, str]]

    def __repr__(self) -> str:
        return "Lowering(...)"


@dataclass(frozen=True)
class Judgement:
    """The answers that hold.

    `made` has, for each value that staff set, the correction it comes from ("urgency" too), and
    `seconds` who agreed to it. `later` are answers of the mailbox that staff can take over.
    `waiting` are the lowerings that nobody has settled. `last` is when the last of it was said.
    """

    values: Mapping[str, str]
    made: Mapping[str, Correction] = field(default_factory=dict)
    seconds: Mapping[str, UUID] = field(default_factory=dict)
    later: Mapping[str, str] = field(default_factory=dict)
    waiting: tuple[Lowering, ...] = ()
    last: datetime | None = None

    def __repr__(self) -> str:
        return "Judgement(...)"

    def get_moment(self, now: datetime) -> str:
        """Returns `now` as it is stored with what comes next: later than all that was said before,
        whatever the clock of this machine says, since the order decides what holds."""
        return max(now, self.last + timedelta(microseconds=1) if self.last else now).isoformat()

    def list_standing(self, lowering: Lowering) -> dict[str, str]:
        """Returns the values that would take effect: where the answer is still what it was."""
        return {
            name: value
            for name, (was, value) in lowering.values.items()
            if self.values.get(name, "") == was
        }

    def list_lowered(self, values: Mapping[str, str]) -> dict[str, str]:
        """Returns those of `values` that need a second person: they protect less than what holds,
        and the reporter has not said so since."""
        return {
            name: value
            for name, value in values.items()
            if is_lower(name, value, self.values.get(name, "")) and self.later.get(name) != value
        }


def is_lower(name: str, to: str, was: str) -> bool:
    """Returns whether the answer `to` to a question protects less than `was`."""
    asked = questions.FIELDS.get(name)
    return isinstance(asked, ChoiceField) and asked.is_lower(to, was)


def extract_corrections(kept: Iterable[OpenFinding]) -> tuple[Correction, ...]:
    """Returns what staff said of the answers, oldest first, leaving out damaged findings."""
    kept = list(kept)
    found = [
        Correction(each.id, told["values"], told["urgency"], told["reason"], each.staff_id, at)
        for kind in (CORRECTION, LOWERING)
        for each, told, at in sealed_findings.filter_readable(kept, kind)
    ]
    found += [
        Correction(
            *(each.id, {}, None, "", each.staff_id, at), UUID(told["lowering"]), told["agreed"]
        )
        for each, told, at in sealed_findings.filter_readable(kept, SETTLED)
    ]
    return tuple(sorted(found, key=lambda each: each.at))


def list_later_answers(thread: Iterable[OpenMessage]) -> tuple[LaterAnswer, ...]:
    """Returns the reporter's last answer to each quick question about a question of the form."""
    asked = quick_replies.QUESTIONS
    return tuple(
        LaterAnswer(asked[line.question].field, line.answer, line.at)
        for line in mailbox.find_answers(thread).values()
        if line.question in asked and asked[line.question].field
    )


def build_judgement(
    answers: Mapping[str, str], said: Iterable[Correction], later: Iterable[LaterAnswer] = ()
) -> Judgement:
    """Returns the answers that hold after all of this, told in the order of time.

    A second person's yes counts only for the values that stood there when the first one spoke.
    """
    course = _Course(dict(answers))
    told: list[LaterAnswer | Correction] = [*later, *said]
    told.sort(key=lambda each: each.at)
    for each in told:
        if isinstance(each, LaterAnswer):
            course.hear(each)
        elif each.settles is None:
            course.follow(each)
        else:
            course.settle(each, each.settles)
    return replace(course.end(), last=told[-1].at if told else None)


class _Course:
    """What holds so far, while corrections and answers are told one after another."""

    def __init__(self, values: dict[str, str]) -> None:
        self._values = values
        self._made: dict[str, Correction] = {}
        self._seconds: dict[str, UUID] = {}
        self._later: dict[str, str] = {}
        self._waiting: dict[UUID, Lowering] = {}

    def hear(self, told: LaterAnswer) -> None:
        was = self._values.get(told.field, "")
        self._later[told.field] = told.value
        if is_lower(told.field, was, told.value):
            self._values[told.field] = told.value
            self._made.pop(told.field, None)
            self._seconds.pop(told.field, None)

    def follow(self, told: Correction) -> None:
        low = self.end().list_lowered(told.values)
        for name, value in told.values.items():
            if name not in low and self._values.get(name) != value:
                self._hold(name, value, told)
        if told.urgency is not None:
            self._made["urgency"] = told
        if low:
            was = self._values
            values = {name: (was.get(name, ""), value) for name, value in low.items()}
            self._waiting[told.id] = Lowering(told, values)

    def settle(self, told: Correction, lowering: UUID) -> None:
        found = self._waiting.get(lowering)
        if found is None or (told.agreed and told.staff_id == found.made.staff_id):
            return
        del self._waiting[lowering]
        for name, (was, value) in found.values.items():
            if told.agreed and self._values.get(name, "") == was:
                self._hold(name, value, found.made)
                self._seconds[name] = told.staff_id

    def end(self) -> Judgement:
        return Judgement(
            dict(self._values),
            dict(self._made),
            dict(self._seconds),
            dict(self._later),
            tuple(self._waiting.values()),
        )

    def _hold(self, name: str, value: str, told: Correction) -> None:
        self._values[name] = value
        self._made[name] = told
        self._seconds.pop(name, None)
        self._later.pop(name, None)
