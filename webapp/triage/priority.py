"""Explains a report's urgency: the lines of its sum, in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from flask_babel import LazyString

from reports.intake import urgency
from webapp.i18n import DESK

_ = DESK.lazy_gettext

PART: Final[Mapping[str, LazyString]] = {
    "danger": _("Somebody is in danger now"),
    "minor": _("Under 18, or in doubt"),
    "affected": _("The person affected reports"),
    "ongoing": _("It goes on"),
    "signs": _("Signs that were seen"),
    "people": _("How many people"),
    "complete": _("Place, country and form are known"),
}


@dataclass(frozen=True)
class UrgencySum:
    """The lines with their points, the total, and the level that follows from it."""

    lines: tuple[tuple[LazyString | str, int], ...]
    total: int
    urgency: int


def explain_urgency(answers: Mapping[str, str] | None) -> UrgencySum | None:
    """Returns the sum over the current answers, or None if they cannot be read."""
    if answers is None:
        return None
    score = urgency.compute_score(answers)
    lines = tuple((PART.get(part.code, part.code), part.points) for part in score.parts)
    return UrgencySum(lines, score.total, score.urgency)
