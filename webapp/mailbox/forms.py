"""Parses the mailbox's forms, and formats its thread."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from flask_babel import LazyString, format_date

from reports import mailbox
from reports.errors import (
    QuestionRefused,
)
from reports.intake.questions import MESSAGE_LIMIT
from reports.intake.written_size import cut_at_a_blank, cut_to_fit, measure_written
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
PAGE_FIELD: Final = "e"
MOST_CARRIED: Final = 400
"""Characters of what a form carries beside its message; ours have fewer."""
MOST_HANDED_BACK: Final = 5 * MESSAGE_LIMIT + 1_000
"""Bytes of a message that come back with the sentence that it is too long. A letter takes five at
most, so that no message that may be sent is cut."""
THREAD_ROOM: Final = 13_000
"""Bytes of a thread on one page: what the rest of the page leaves in the widest script."""
LINE_BYTES: Final = 1_200
"""Bytes around the words of one message, at most, in the widest script."""
PART_ROOM: Final = THREAD_ROOM - LINE_BYTES
"""Bytes of one part of a long message."""

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
    quick question. `page`: the part of the thread that is asked for; 1 is the newest.
    """

    visit: str
    code: str
    message: str
    button: str
    erasing: bool = False
    tap: str = ""
    page: int = 1

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
    """One message as shown, or a part of a long one. `tongue`: the name of its language, if it is
    not the page's; `part` of `parts`: which part it is.

    One that is not `signed` has no words: nobody of the desk has said it.
    """

    own: bool
    text: str
    day: str
    standing: bool
    asked: ThreadQuestion | None = None
    language: str = ""
    tongue: str = ""
    signed: bool = True
    part: int = 1
    parts: int = 1


@dataclass(frozen=True)
class ThreadPart:
    """What of a thread one page shows. `earlier`, `later`: the pages before and after, or 0."""

    lines: Sequence[ThreadMessage]
    earlier: int = 0
    later: int = 0


def parse_form(form: Mapping[str, str]) -> MailboxForm:
    """Returns the submitted form of the mailbox."""
    return MailboxForm(
        visit=form.get("t", "")[:MOST_CARRIED],
        code=form.get(CODE_FIELD, "")[:MOST_CARRIED],
        message=shorten_message(form.get(MESSAGE_FIELD, "")),
        button=form.get("b", "")[:MOST_CARRIED],
        erasing=form.get("p") == "erase",
        tap=form.get(TAP_FIELD, ""),
        page=_read_number(form.get(PAGE_FIELD, "")),
    )


def shorten_message(typed: str) -> str:
    """Returns what of a message can be handed back: all that may be sent, and the beginning of what
    is longer, which is too long in any case."""
    return cut_to_fit(typed.replace("\r\n", "\n"), MOST_HANDED_BACK)


def _read_number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 5 else 1


def choose_part(lines: Sequence[ThreadMessage], page: int) -> ThreadPart:
    """Returns the messages of one page of a thread, oldest first; page 1 has the newest.

    What a page holds does not depend on which page it is, so that none is missed or met twice.
    """
    pages: list[list[ThreadMessage]] = [[]]
    room = THREAD_ROOM
    parts = [part for line in lines for part in _split(line)]
    for line in reversed(parts):
        cost = _measure_line(line)
        if pages[-1] and cost > room:
            pages.append([])
            room = THREAD_ROOM
        pages[-1].insert(0, line)
        room -= cost
    at = min(max(page, 1), len(pages))
    return ThreadPart(pages[at - 1], earlier=at + 1 if at < len(pages) else 0, later=at - 1)


def _split(line: ThreadMessage) -> list[ThreadMessage]:
    """Returns a message in parts of which each fits on a page."""
    texts, left = [], line.text
    while left:
        kept = cut_at_a_blank(left, PART_ROOM)
        texts.append(kept)
        left = left[len(kept) :]
    return [
        replace(line, text=text, part=number, parts=len(texts))
        for number, text in enumerate(texts or [""], start=1)
    ]


def _measure_line(line: ThreadMessage) -> int:
    """Returns the bytes that a message takes on the page, at most."""
    asked = line.asked
    choices = [measure_written(str(words)) for _value, words in asked.choices] if asked else []
    said = measure_written(str(asked.answer)) if asked else 0
    return LINE_BYTES + measure_written(line.text) + said + sum(each + 150 for each in choices)


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
        signed=line.signed,
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
