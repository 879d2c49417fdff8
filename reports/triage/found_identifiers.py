"""What the reporter's texts were found to name: looked for in a child process, kept sealed.

The texts are a stranger's, and one could be made so that looking through it takes for ever. So they
meet no pattern in a transaction, and none in the process that shows pages: `read` says what a child
process found before, and whether these are still the same texts; `match` asks the child, outside
any transaction; `store` keeps its answer, sealed to the case key as the texts are. What was not
looked through is said, and a report opens without it.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session

from reports import sealed_rows
from reports.act import Act
from reports.db import upsert
from reports.errors import MatchFailed, SealBroken
from reports.mailbox import OpenMessage
from reports.model import FoundIdentifiers, Report
from reports.scrub.text_matcher import TextMatcher
from reports.territory import get_territory
from reports.triage.identifiers import TYPED, WRITTEN, Formats, Identifier
from reports.triage.match_task import MOST, MatchTask, decode_answer
from reports.vault import Opener, Vault, compute_hmac, derive

FOUND: Final = "found"
CUT: Final = "cut"
LATE: Final = "late"
NOT_YET: Final = "not_yet"
"""How it went: everything was looked through, only the newest part of a long exchange, nothing in
time, nothing so far."""
MOST_TEXT: Final = 100_000
"""Characters that one child is given: five of the longest stories, and a second of its time."""
RULES: Final = "2"
"""Counted up when the patterns change, so that every report is looked through again."""

Matcher = Callable[[MatchTask], tuple[Identifier, ...]]
"""Looks through a task. Raises `MatchFailed` and `Busy`."""


@dataclass(frozen=True)
class LookedThrough:
    """What was found in a report's texts, how it went, and what is to be looked through now.

    `current`: these are the texts, and the formats, that were looked through. `digest` is theirs.
    """

    identifiers: tuple[Identifier, ...] = ()
    outcome: str = NOT_YET
    task: MatchTask | None = None
    digest: str = ""
    current: bool = True

    def __repr__(self) -> str:
        return f"LookedThrough({self.outcome})"

    @property
    def state(self) -> str:
        """How the present texts stand: `FOUND`, `CUT`, `LATE` or `NOT_YET`."""
        return FOUND if self.task is None else self.outcome if self.current else NOT_YET

    def is_due(self, *, again: bool = False) -> bool:
        """Whether they are to be looked through; what took too long is only `again`."""
        return self.state == NOT_YET or (again and self.state == LATE)


NOTHING: Final = LookedThrough()


def read_formats(answers: Mapping[str, str]) -> Formats:
    """Returns the formats of numbers in a report: phones as in its country, plates of all."""
    territory = get_territory()
    region = territory.find_phone_region((answers.get("country", ""), answers.get("present", "")))
    return Formats((region,) if region else (), territory.plates)


def prepare_task(answers: Mapping[str, str], thread: Iterable[OpenMessage]) -> MatchTask | None:
    """Returns what is to be looked through: of a long exchange the newest; None where nobody
    wrote."""
    texts = {name: answers[name] for name in (*TYPED, *WRITTEN) if answers.get(name)}
    left = MOST_TEXT - sum(map(len, texts.values()))
    written = [line.text for line in thread if line.author == "reporter" and line.text]
    taken: list[str] = []
    for text in reversed(written):
        left -= len(text)
        if left < 0:
            break
        taken.insert(0, text)
    if not texts and not written:
        return None
    whole = len(taken) == len(written)
    return MatchTask(texts, tuple(taken), read_formats(answers), whole)


def read(
    session: Session, vault: Vault, report: Report, private: bytes, task: MatchTask | None
) -> LookedThrough:
    """Returns what was found before in the texts of `task`, or in earlier ones of the report.

    `private` is the case key. A row that is damaged is as none.
    """
    if task is None:
        return NOTHING
    digest = _digest(private, task)
    row = session.get(FoundIdentifiers, report.id)
    if row is None:
        return LookedThrough((), NOT_YET, task, digest)
    try:
        told = sealed_rows.open_row(session, vault, Opener(private), row)
    except SealBroken:
        return LookedThrough((), NOT_YET, task, digest)
    found = tuple(Identifier(*each) for each in told["identifiers"])
    same = hmac.compare_digest(told["digest"], digest)
    return LookedThrough(found, told["outcome"], task, digest, same)


def match(matcher: Matcher, before: LookedThrough) -> LookedThrough | None:
    """Looks through the texts; None where there are none. Call it outside any transaction.

    What was found `before` stays where not all was looked through. Raises `Busy`, and `MatchFailed`
    but for what took too long: that is a result.
    """
    if (task := before.task) is None:
        return None
    outcome = FOUND if task.whole else CUT
    found: tuple[Identifier, ...] = ()
    try:
        found = matcher(task)
    except MatchFailed as problem:
        if problem.code != LATE:
            raise
        outcome = LATE
    kept = () if outcome == FOUND else before.identifiers
    both = tuple(dict.fromkeys((*found, *kept)))[:MOST]
    return LookedThrough(both, outcome, task, before.digest)


def match_in_child(matcher: TextMatcher, task: MatchTask) -> tuple[Identifier, ...]:
    """Looks through a task in a child process. Raises `MatchFailed` and `Busy`."""
    return decode_answer(matcher.match(task.encode()))


def store(act: Act, report: Report, looked: LookedThrough) -> None:
    """Keeps the result in place of an earlier one, sealed to the case key.

    Raises `RosterBroken` when the report's public key is not the one it began with.
    """
    told = {
        "digest": looked.digest,
        "outcome": looked.outcome,
        "identifiers": [[each.kind, each.normal, each.shown] for each in looked.identifiers],
    }
    row = FoundIdentifiers(report_id=report.id)
    public = sealed_rows.verify_case_public(act.vault, report)
    sealed_rows.seal_row(act.vault, public, row, told)
    fresh = {"sealed": row.sealed, "seal": row.seal}
    upsert(act.session, FoundIdentifiers, {"report_id": report.id, **fresh}, fresh)
    act.session.get(FoundIdentifiers, report.id, populate_existing=True)


def _digest(private: bytes, task: MatchTask) -> str:
    """Says of which texts a result is, to nobody without the case key."""
    key = derive(private, "texts that were looked through")
    return compute_hmac(key, RULES.encode(), task.encode()).hex()
