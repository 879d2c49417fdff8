"""The public face's error messages: one table for report, mailbox and files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

from flask_babel import LazyString

from reports.codes import LENGTH
from reports.errors import (
    Busy,
    CodeMalformed,
    CodeRefused,
    FileRefused,
    NoRoomForFiles,
    SealBroken,
    StoreFailed,
    TextEmpty,
    TextTooLong,
    TooManyGuesses,
)
from reports.intake.answers import FieldError
from reports.intake.questions import clean
from webapp.i18n import MESSAGES
from webapp.wording.sentence_table import SentenceTable

_ = MESSAGES.lazy_gettext

UNREADABLE: Final[LazyString] = _(
    "We could not read some letters. You see � there. Please write them again."
)
"""For a text in which a character was lost in transmission."""
FILE_NOT_KEPT: Final[LazyString] = _(
    "We could not keep %(name)s. It is not your fault. Please choose it again."
)

_FILE: Final[Mapping[str, LazyString]] = {
    "empty": _("There is nothing in %(name)s."),
    "large": _("%(name)s is too large. A file can have %(size)s MB."),
    "many": _("%(most)s files are here already. Send the rest later, with your code."),
    "together": _("%(name)s does not fit with the other files. Send it later, with your code."),
    "bomb": _("%(name)s is packed too tightly. Unpack it and send what is inside."),
    "pixels": _("The picture %(name)s is too large. Make it smaller, then choose it again."),
    "unclean": _(
        "We could not take the hidden details out of %(name)s. We did not keep it. "
        "Tick the box below to send it with them."
    ),
    "locked": _(
        "%(name)s is locked with a password. We did not keep it. "
        "Take the password off, or tick the box below to send it locked."
    ),
    "unknown": _("%(name)s is not here any more. Please choose it again."),
}
_ANSWER: Final[Mapping[str, LazyString]] = {
    "unknown_value": _("Please choose one of these answers."),
    "not_text": UNREADABLE,
    "empty": _("Please write what happened. A few words are enough."),
}

_WRONG_LENGTH: Final[LazyString] = _(
    "This code has a typing mistake. It must have %(digits)s digits. "
    "Digits that we found: %(found)s. Please check it."
)
_WRONG_DIGIT: Final[LazyString] = _(
    "This code has a typing mistake. All %(digits)s digits are there, but one is wrong, "
    "or two changed places. Please check it."
)


def _describe_code(found: int) -> str:
    words = _WRONG_DIGIT if found == LENGTH else _WRONG_LENGTH
    return str(words) % {"digits": LENGTH, "found": found}


TABLE: Final = SentenceTable(
    everywhere={
        CodeMalformed: lambda problem: _describe_code(problem.found),
        # One sentence for every well-formed code that opens nothing.
        CodeRefused: _("No report opens with this code. Please check every digit."),
        TooManyGuesses: _("This code was tried too often. Wait one minute. Then try again."),
        TextTooLong: _("This is too long. It has %(length)s characters. At most %(limit)s fit."),
        TextEmpty: _("There is no message yet. Please write something."),
        NoRoomForFiles: _("We have no room for files right now. You can still send your words."),
        Exception: _("This does not work right now. It is not your fault."),
    },
    at={
        "files": {
            Busy: _("Many people send files now. Wait a moment, then choose %(name)s again."),
            FileRefused: lambda problem: _FILE.get(problem.code, FILE_NOT_KEPT),
            **dict.fromkeys((SealBroken, StoreFailed, Exception), FILE_NOT_KEPT),
        },
        "mailbox": {FileRefused: _("Your report has very many files. No more fit.")},
    },
)


def describe_error(
    problem: Exception,
    place: Literal["", "files", "mailbox"] = "",
    known: Mapping[str, object] | None = None,
) -> str:
    """Returns why something failed; `files` needs name, size and most in `known`."""
    return TABLE.describe(problem, place, known)


def describe_field_error(fault: FieldError) -> str:
    """Returns what is wrong with one answer of the form."""
    if fault.code == "too_long":
        return describe_error(TextTooLong(fault.limit, len(clean(fault.value))))
    return str(_ANSWER[fault.code])
