"""The rules: which turns follow from the facts of a report.

Pure. What somebody must do ends by an act that settles it, never by a look; a turn that begins at a
later hour is there before, asleep, so that the rules need no clock.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final
from uuid import UUID

from reports.intake.urgency import NOW
from reports.triage.turns.facts import Happening, ReportFacts, SentReferral
from reports.triage.turns.turn import LATER, Turn, round_up

ACT_WITHIN: Final[Mapping[int, int]] = {3: 0, 2: 1, 1: 3, 0: 7}
ANSWER_WITHIN: Final[Mapping[int, int]] = {3: 1, 2: 3, 1: 7, 0: 14}
"""Working days, by urgency, for the desk to act; and for a reporter who was asked, until the desk
decides without an answer. No source gives figures, so these are this product's own."""
LOOK_BACK: Final = 30
"""Working days after which the desk looks again at a report that was passed on."""
TOLD_TWICE: Final = 2
"""The step from which nobody is reminded any more of what is not answered (`deadlines`)."""

_WRITES: Final = frozenset({"replied", "asked"})
_DECIDES: Final = frozenset({"proposed", "referred", "put_off"})
_PASSES_ON: Final = frozenset({"proposed", "referred"})
_LOOKS: Final = frozenset({"opened", "portal_opened", "file_shown", "file_saved"})
_SETTLED_BY: Final[Mapping[str, frozenset[str]]] = {
    "danger": _PASSES_ON,
    "new": _WRITES | _DECIDES,
    "reporter_wrote": _WRITES | _DECIDES,
    "sent_back": _DECIDES,
    "office_asks": _WRITES | _DECIDES,
}
_BEGUN_BY: Final[Mapping[str, tuple[str, ...]]] = {
    "received": ("danger", "new"),
    "handed_over": ("danger", "new"),
    "declined": ("danger", "new"),
    "unproposed": ("danger", "new"),
    "reporter_wrote": ("reporter_wrote",),
    "files_added": ("reporter_wrote",),
    "returned": ("sent_back",),
    "outcome": ("office_asks",),
}
"""What each happening settles, and what it begins."""


@dataclass
class _Story:
    """What the happenings leave open, each with the day since when; and the last decision."""

    since: dict[str, date] = field(default_factory=dict)
    settled: Happening | None = None
    last: date | None = None
    failed: dict[str, int] = field(default_factory=dict)
    chased: dict[str, date] = field(default_factory=dict)
    referred: int = -1
    put_off: int = -1

    def tell(self, number: int, told: Happening) -> None:
        """Goes on by one happening."""
        if told.code not in _LOOKS:
            self.last = told.day
        if told.to == "closed":
            self.since.clear()
            self.settled = None
        for reason, settling in _SETTLED_BY.items():
            if told.code in settling:
                self.since.pop(reason, None)
        for reason in _BEGUN_BY.get(told.code, ()):
            self.since.setdefault(reason, told.day)
        if told.code in _WRITES | _DECIDES:
            self.settled = told
        if told.code == "failed":
            self.failed[told.contact_id] = number
        elif told.code == "chased":
            self.chased[told.contact_id] = told.day
        elif told.code == "referred":
            self.referred = number
            self.failed.pop(told.contact_id, None)
            self.chased.pop(told.contact_id, None)
        elif told.code == "put_off":
            self.put_off = number

    @property
    def until(self) -> date | None:
        """The day to which the report is put off, unless something was decided since."""
        return self.settled.until if self.settled else None


def is_unheard(facts: ReportFacts) -> bool:
    """Returns whether the reporter sent something after the report was closed: it opens again."""
    return not facts.is_open and "reporter_wrote" in _read_story(facts).since


def derive_turns(facts: ReportFacts) -> list[Turn]:
    """Returns every turn of a report, those that sleep as well.

    An open report has at least one of its desk; a closed one has none but what others still have to
    say to it.
    """
    story = _read_story(facts)
    found = [*_list_packets(facts), *_list_agreements(facts)]
    if facts.is_open:
        found += [*_list_begun(facts, story), *_list_unanswered(facts, story)]
        if facts.assignee_id is not None and not facts.holder_works:
            found.append(_make(facts, "orphaned", story.last or facts.received_day))
        found += _list_put_off(facts, story, found)
    return found


def list_turns(facts: ReportFacts, now: datetime) -> list[Turn]:
    """Returns the turns that have begun at `now`."""
    return [turn for turn in derive_turns(facts) if turn.is_awake(now)]


def _read_story(facts: ReportFacts) -> _Story:
    story = _Story()
    for number, told in enumerate(facts.happenings):
        story.tell(number, told)
    return story


def _list_packets(facts: ReportFacts) -> Iterator[Turn]:
    """Yields what people of a contact point must answer here."""
    for sent in facts.referrals:
        if sent.shared and sent.standing == "waiting":
            yield Turn(
                facts.report_id,
                "packet",
                sent.id,
                facts.desk_id,
                facts.urgency,
                since=sent.decided_at.date(),
                due=round_up(sent.answer_due),
                contact_id=sent.contact_id,
            )


def _list_agreements(facts: ReportFacts) -> Iterator[Turn]:
    for each in facts.waiting:
        yield _make(facts, "agree", each.day, about=each.about, not_staff=each.staff_id)


def _list_begun(facts: ReportFacts, story: _Story) -> Iterator[Turn]:
    """Yields what arrived and was not settled; danger takes the place of what is only new."""
    since = dict(story.since)
    if facts.urgency != NOW or facts.unverified:
        since.pop("danger", None)
    elif "danger" in since:
        since.pop("new", None)
    for reason, day in since.items():
        yield _make(facts, reason, day)


def _list_unanswered(facts: ReportFacts, story: _Story) -> Iterator[Turn]:
    """Yields what referrals wait for: to be carried, sent again, or asked for an answer."""
    put_off = facts.calendar.get_start(story.until) if story.until else None
    for sent in facts.referrals:
        if sent.standing != "waiting":
            continue
        if sent.delivery_state == "failed":
            number = story.failed.get(sent.contact_id)
            # One that no line tells of failed when it was sent.
            at = story.referred if number is None else number
            if at > max(story.referred, story.put_off) or (number is None and at >= story.put_off):
                day = sent.decided_at.date() if number is None else facts.happenings[number].day
                yield _make(facts, "failed", day, about=sent.id)
        elif sent.delivery_state == "to_do":
            if put_off is None:
                yield _make(facts, "carry", sent.decided_at.date(), about=sent.id)
        elif not any(other.decided_at > sent.decided_at for other in facts.referrals):
            turn = _make_unanswered(facts, story, sent)
            if put_off is None or turn.due >= put_off:
                yield turn


def _make_unanswered(facts: ReportFacts, story: _Story, sent: SentReferral) -> Turn:
    """No answer: asleep until the time is over, then due at the next step of `deadlines`."""
    day = story.chased.get(sent.contact_id, sent.decided_at.date())
    over = sent.chased >= TOLD_TWICE
    return Turn(
        facts.report_id,
        "no_answer",
        sent.id,
        facts.desk_id,
        facts.urgency,
        since=day,
        due=round_up(facts.calendar.get_start(day) if over else sent.answer_due),
        staff_id=facts.holder_id,
        sleeps=sent.chased == 0,
        doubtful=facts.unverified,
    )


def _list_put_off(facts: ReportFacts, story: _Story, others: list[Turn]) -> Iterator[Turn]:
    """Yields the day on which somebody looks again, where nothing else says one."""
    settled, calendar = story.settled, facts.calendar
    if story.until is not None and settled is not None:
        yield _make(facts, LATER, settled.day, due=calendar.get_start(story.until), sleeps=True)
    elif not any(turn.contact_id is None for turn in others):
        since = story.last or facts.received_day
        wrote = settled is not None and settled.code in _WRITES
        days = ANSWER_WITHIN[facts.urgency] if wrote else LOOK_BACK
        day = calendar.add_days(settled.day if wrote and settled else since, days)
        yield _make(facts, LATER, since, due=calendar.get_start(day), sleeps=True)


# What differs between turns of the desk; the rest follows from the facts.
def _make(
    facts: ReportFacts,
    reason: str,
    since: date,
    *,
    about: UUID | None = None,
    not_staff: UUID | None = None,
    due: datetime | None = None,
    sleeps: bool = False,
) -> Turn:
    return Turn(
        facts.report_id,
        reason,
        about or facts.report_id,
        facts.desk_id,
        facts.pressing,
        since,
        round_up(due or _find_due(facts, since)),
        staff_id=None if not_staff else facts.holder_id,
        not_staff_id=not_staff,
        sleeps=sleeps,
        doubtful=facts.unverified,
    )


def _find_due(facts: ReportFacts, since: date) -> datetime:
    """Returns until when the desk acts: in danger at once, whatever day it is."""
    if facts.pressing == NOW:
        return facts.calendar.get_start(since)
    day = facts.calendar.add_days(since, ACT_WITHIN[facts.pressing])
    return facts.calendar.get_end(day)
