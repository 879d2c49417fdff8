"""What the desk writes to the anonymous reporter: messages, standing messages, quick questions.

Each is signed by who writes it: the mailbox shows no word that nobody of the desk signed.
"""

from __future__ import annotations

from collections.abc import Iterable

from reports import mailbox, quick_replies
from reports.act import Act
from reports.errors import QuestionRefused
from reports.mailbox import NewMessage
from reports.model import Report


def reply(act: Act, report: Report, typed: str, *, once: bytes, language: str = "") -> None:
    """Seals a message of the desk into the thread; a form sent twice adds it once.

    `language` is the language of the text: the reporter is told when it differs from their own.
    `once` identifies the form. Raises `TextEmpty`, `TextTooLong`, or `RosterBroken` when the
    report's key was changed.
    """
    if mailbox.say(act, report, NewMessage.from_text("desk", typed, once, language)):
        act.record(report, "replied")


def send_standing_message(act: Act, report: Report, code: str, *, once: bytes) -> None:
    """Adds a standing answer to the thread. Raises `QuestionRefused`, `RosterBroken`."""
    if mailbox.say(act, report, quick_replies.write_answer(code, once)):
        act.record(report, "replied")


def ask(act: Act, report: Report, codes: Iterable[str], *, once: bytes) -> None:
    """Adds quick questions to the thread. Raises `QuestionRefused`, also when there is none, and
    `RosterBroken`."""
    wanted = [quick_replies.write_question(code, once) for code in codes]
    if not wanted:
        raise QuestionRefused("nothing was asked")
    put = [mailbox.say(act, report, message) for message in wanted]
    if any(put):
        act.record(report, "asked")
