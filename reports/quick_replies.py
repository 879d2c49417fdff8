"""Replies without writing: standing messages of the desk, and questions answered with one press.

Only codes are stored. The words belong to the web side, where the reporter reads them in the
language of the page and staff in their own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from reports import mailbox, territory
from reports.errors import QuestionRefused
from reports.mailbox import NewMessage
from reports.triage.turns import turn_beginner
from reports.vault import Vault

ANSWERS: Final = (
    "reading",
    "tell_more",
    "stay_safe",
    "call_help",
    "passed_on",
    "cannot_act",
    "not_ours",
    "closing",
)
"""The standing messages that staff can choose, in display order."""

_PLAIN = ("yes", "no", "unknown")


@dataclass(frozen=True)
class QuickQuestion:
    """A quick question. `field` names the form's question that it concerns, if any.

    An answer can then become a correction, because the codes are the same.
    """

    code: str
    answers: Sequence[str]
    field: str = ""


@dataclass(frozen=True)
class TappedAnswer:
    """What a reporter pressed: the question in the thread, and the code of the answer."""

    question_id: UUID
    value: str


QUESTIONS: Final[Mapping[str, QuickQuestion]] = {
    question.code: question
    for question in (
        QuickQuestion("danger", _PLAIN, "danger"),
        QuickQuestion("ongoing", _PLAIN, "ongoing"),
        QuickQuestion("country", territory.PLACES, "country"),
        QuickQuestion("age", ("minor", "adult", "unknown"), "age"),
        QuickQuestion("people", ("one", "few", "many", "crowd", "unknown"), "people"),
        QuickQuestion("help", _PLAIN, "help"),
        QuickQuestion("police", ("accepted", "refused", "unknown"), "police"),
        QuickQuestion("abroad", _PLAIN, "abroad"),
        QuickQuestion("more", ("yes", "no")),
        QuickQuestion("safe", ("yes", "no")),
    )
}


def write_answer(code: str, once: bytes) -> NewMessage:
    """Returns a standing message of the desk. Raises `QuestionRefused` for an unknown code."""
    if code not in ANSWERS:
        raise QuestionRefused(code)
    return NewMessage("desk", {"code": code}, once + code.encode())


def write_question(code: str, once: bytes) -> NewMessage:
    """Returns a quick question as a message of the desk. Raises `QuestionRefused` for an unknown
    code."""
    if code not in QUESTIONS:
        raise QuestionRefused(code)
    return NewMessage("desk", {"question": code}, once + code.encode())


def answer(
    session: Session, vault: Vault, token_text: str, tapped: TappedAnswer, now: datetime
) -> QuickQuestion:
    """Stores the reporter's answer to a quick question; of several, the last one counts.

    "Yes" to danger raises the report's urgency at once, before anybody reads it. Raises
    `QuestionRefused` for a question that was not asked here, and as `resume` does.
    """
    visit = mailbox.resume(session, token_text, now)
    question_id, value = tapped.question_id, tapped.value
    report, lines = visit.report, mailbox.read_thread(session, vault, visit.report, visit.private)
    asked = next(
        (line.question for line in lines if line.id == question_id and not line.answer), ""
    )
    question = QUESTIONS.get(asked)
    if question is None or value not in question.answers:
        raise QuestionRefused("not asked")
    before = mailbox.find_answers(lines).get(question_id)
    if before is not None and before.answer == value:
        return question
    # Equal times would leave the order undefined.
    now = max(now, before.at + timedelta(microseconds=1)) if before else now
    once = question_id.bytes + (before.id.bytes if before and before.id else b"") + value.encode()
    told = {"question": asked, "answer": value, "answers": str(question_id)}
    if mailbox.add_message(session, vault, report, NewMessage("reporter", told, once), now):
        mailbox.record_news(session, vault, report, "reporter_wrote", now)
        if question.field == "danger" and value == "yes":
            turn_beginner.note_danger(session, report)
    return question
