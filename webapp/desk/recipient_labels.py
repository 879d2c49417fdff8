"""Words for what a recipient answers, on the signed link's page, in the portal and at the desk."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask_babel import LazyString

from reports.errors import AnswerRefused, ReasonMissing, TextTooLong, WaysideError
from webapp.i18n import DESK

_ = DESK.lazy_gettext

FROM_HERE: Final[Mapping[str, LazyString]] = {
    "acknowledged": _("We have it"),
    "returned": _("It is not for us"),
    "outcome": _("This is how it ended"),
}
FROM_THEM: Final[Mapping[str, LazyString]] = {
    "acknowledged": _("They have it"),
    "returned": _("It is not for them"),
    "outcome": _("How it ended"),
}
STANDING: Final[Mapping[str, LazyString]] = {
    "waiting": _("No answer yet."),
    "acknowledged": _("They have it."),
    "returned": _("They sent it back: it is not for them."),
    "ended": _("They told how it ended."),
}


def describe_error(problem: WaysideError) -> LazyString:
    """What was wrong with an answer, and what to do."""
    if isinstance(problem, TextTooLong):
        return _(
            "This text has %(length)s characters. At most %(limit)s fit.",
            length=problem.length,
            limit=problem.limit,
        )
    return next(words for kind, words in _SENTENCES if isinstance(problem, kind))


_SENTENCES: tuple[tuple[type[WaysideError], LazyString], ...] = (
    (ReasonMissing, _("Write a few words first: why it is not for you, or how it ended.")),
    (AnswerRefused, _("This was answered before in another way. Ask the desk.")),
    (WaysideError, _("This code is not one of ours, or its time is over. Ask the desk.")),
)
