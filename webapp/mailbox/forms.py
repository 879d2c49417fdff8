"""Parses the mailbox's forms, and formats its thread."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from flask_babel import LazyString, format_date

from reports import mailbox
from reports.errors import (
    QuestionRefused,
)
from reports.mailbox import FIRST_ANSWER, OpenMessage
from reports.quick_replies import QUESTIONS
from reports.territory import get_territory
from webapp.i18n import MESSAGES, get_known_languages, get_language
from webapp.wording import canned_replies
from webapp.wording.standing_messages import list_sentences

_ = MESSAGES.lazy_gettext

CODE_FIELD: Final = "c"
MESSAGE_FIELD: Final = "m"
TAP_FIELD: Final = "a"

UNSENT: Final = "unsent"
"""The status of a report that was closed without having been sent to anybody."""

STATUS: Final[Mapping[str, tuple[LazyString, LazyString]]] = {
    "received": (_("A person has not read it yet"), _("We have your report.")),
    "in_triage": (_("A person is reading it"), _("Someone on our staff opened your report.")),
    "ready": (_("A person is reading it"), _("Someone on our staff opened your report.")),
    "referred": (_("We passed it on"), _("We chose who should get it. You can still write.")),
    "closed": (
        _("We closed it, because we passed it on"),
        _("What others do with it, we do not always learn. We erase it here after some time."),
    ),
    UNSENT: (
        _("We closed it, because it goes no further"),
        _("A person decided not to pass it on. You can send a new report when you know more."),
    ),
}
"""A short text and a sentence for each status of a report. None promises anything."""


@dataclass(frozen=True)
class MailboxForm:
    """One form as submitted: the visit's token, the code, the message, the button pressed.

    `erasing`: it comes from the page that asks whether to erase everything. `tap`: the answer to a
    quick question.
    """

    visit: str
    code: str
    message: str
    button: str
    erasing: bool = False
    tap: str = ""

    @property
    def tapped(self) -> tuple[UUID, str]:
        """The quick question and the answer that was pressed. Raises `QuestionRefused` if
        malformed."""
        question, _dot, answer = self.tap.partition(".")
        try:
            return UUID(question), answer
        except ValueError as problem:
            raise QuestionRefused("no question") from problem


@dataclass(frozen=True)
class ThreadQuestion:
    """A quick question: its choices (form value and words), and the answer given, if any."""

    choices: tuple[tuple[str, LazyString | str], ...]
    answer: LazyString | str


@dataclass(frozen=True)
class ThreadMessage:
    """One message as shown. `tongue`: the name of its language, if it is not the page's."""

    own: bool
    text: str
    day: str
    standing: bool
    asked: ThreadQuestion | None = None
    language: str = ""
    tongue: str = ""


def parse_form(form: Mapping[str, str]) -> MailboxForm:
    """Returns the submitted form of the mailbox."""
    return MailboxForm(
        visit=form.get("t", ""),
        code=form.get(CODE_FIELD, ""),
        message=form.get(MESSAGE_FIELD, ""),
        button=form.get("b", ""),
        erasing=form.get("p") == "erase",
        tap=form.get(TAP_FIELD, ""),
    )


def format_thread(lines: list[OpenMessage]) -> list[ThreadMessage]:
    """Returns the thread, oldest first, with the day of each message.

    Answers to quick questions are shown with the question; the last one counts.
    """
    answers = mailbox.find_answers(lines)
    return [_said(line, answers) for line in lines if not line.answer]


def _said(line: OpenMessage, answers: Mapping[UUID, OpenMessage]) -> ThreadMessage:
    if line.question and line.id is not None:
        return ThreadMessage(
            own=False,
            text=str(canned_replies.find_question(line.question)),
            day=_day(line.at),
            standing=False,
            asked=_asked(line.question, line.id, answers.get(line.id)),
        )
    text = "\n".join(str(each) for each in list_sentences(line.code)) if line.code else line.text
    foreign = line.language if line.language != get_language().tag else ""
    return ThreadMessage(
        own=line.author == "reporter",
        text=text,
        day=_day(line.at),
        standing=line.code == FIRST_ANSWER,
        language=foreign,
        tongue=_tongue(foreign),
    )


def _asked(code: str, id: UUID, answer: OpenMessage | None) -> ThreadQuestion:
    known = QUESTIONS.get(code)
    values = known.answers if known else ()
    return ThreadQuestion(
        choices=tuple(
            (f"{id.hex}.{value}", canned_replies.find_answer(code, value)) for value in values
        ),
        answer=canned_replies.find_answer(code, answer.answer) if answer else "",
    )


def _tongue(tag: str) -> str:
    """Returns a language's own name, or "" for one that this site does not know."""
    known = get_known_languages().get(tag)
    return known.name if known else ""


def _day(at: datetime) -> str:
    # Only the day: an exact hour beside a message would help somebody who reads along.
    return str(format_date(at.astimezone(get_territory().zone).date(), "long"))
