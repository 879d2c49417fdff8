"""What the mailbox's forms carry, and the words for what is wrong with them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from flask_babel import LazyString, format_date

from reports.codes import LENGTH
from reports.errors import CodeMalformed, CodeRefused, TextEmpty, TextTooLong, WaysideError
from reports.mailbox import Line
from webapp.i18n import MESSAGES
from webapp.standing import sentences

_ = MESSAGES.lazy_gettext

CODE_FIELD: Final = "c"
MESSAGE_FIELD: Final = "m"

ZONE: Final = ZoneInfo("Europe/Brussels")
"""The clock of all three countries."""

STATUS: Final[Mapping[str, tuple[LazyString, LazyString]]] = {
    "received": (_("A person has not read it yet"), _("We have your report.")),
    "in_triage": (_("A person is reading it"), _("Someone on our staff opened your report.")),
    "ready": (_("A person is reading it"), _("Someone on our staff opened your report.")),
    "referred": (_("We passed it on"), _("We chose who should get it. You can still write.")),
    "closed": (_("We closed it"), _("We erase it after some time.")),
}
"""Status of a report, then a short word and a sentence. None promises anything."""


@dataclass(frozen=True)
class Sent:
    """One form as it came in: the visit's token, the code, the message, the button pressed.

    `erasing`: it comes from the page that asks whether to erase everything.
    """

    visit: str
    code: str
    message: str
    button: str
    erasing: bool = False


@dataclass(frozen=True)
class Said:
    """One message as it is shown."""

    own: bool
    text: str
    day: str
    standing: bool


def sent(form: Mapping[str, str]) -> Sent:
    """What a form of the mailbox carried."""
    return Sent(
        visit=form.get("t", ""),
        code=form.get(CODE_FIELD, ""),
        message=form.get(MESSAGE_FIELD, ""),
        button=form.get("b", ""),
        erasing=form.get("p") == "erase",
    )


def said(lines: list[Line]) -> list[Said]:
    """The thread, oldest first, with the day of each message."""
    return [_said(line) for line in lines]


def code_mistake(problem: WaysideError) -> str:
    """Why a code opens nothing; one sentence for every code that could be one and is none."""
    if isinstance(problem, CodeMalformed):
        return str(
            _(
                "This code has a typing mistake. It must have %(digits)s digits. Please check it.",
                digits=LENGTH,
            )
        )
    if isinstance(problem, CodeRefused):
        return str(_("No report opens with this code. Please check every digit."))
    return str(_("This code was tried too often. Wait one minute. Then try again."))


def message_mistake(problem: WaysideError | None) -> str:
    """Why a message was not taken; without a problem of the domain it is no text."""
    if isinstance(problem, TextTooLong):
        return str(
            _(
                "This is too long. It has %(length)s characters. At most %(limit)s fit.",
                length=problem.length,
                limit=problem.limit,
            )
        )
    if isinstance(problem, TextEmpty):
        return str(_("There is no message yet. Please write something."))
    return str(_("We could not read some letters. You see � there. Please write them again."))


def _said(line: Line) -> Said:
    text = "\n".join(str(each) for each in sentences(line.code)) if line.code else line.text
    return Said(line.author == "reporter", text, _day(line.at), bool(line.code))


def _day(at: datetime) -> str:
    # The day is enough: an exact hour beside a message helps whoever looks over the shoulder.
    return str(format_date(at.astimezone(ZONE).date(), "long"))
