"""Labels for corrections, assessments, recommendations and identifiers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask_babel import LazyString

from webapp.desk import labels
from webapp.i18n import DESK
from webapp.wording.report_questions import label_question, list_desk_labels

_ = DESK.lazy_gettext
FactLabels = Mapping[str, LazyString]

URGENCY: Final = "urgency"
"""The one fact that staff can set although no question asks for it."""
ANSWER: Final[FactLabels] = {
    "seen": _("Seen"),
    "likely": _("Likely"),
    "unclear": _("Unclear"),
    "unlikely": _("Unlikely"),
}
RECOMMENDATION: Final[FactLabels] = {
    "pass_on": _("Pass it on."),
    "ask": _("Ask for more before you decide."),
    "unlikely": _("These signs do not speak for trafficking. Close it with a reason, or ask."),
    "open": _("No sign was answered yet."),
}
TRACE: Final[FactLabels] = {
    "plate": _("Number plate"),
    "phone": _("Phone"),
    "address": _("Address"),
    "advert": _("Advert or profile"),
    "name": _("Name"),
}


def label_fact(name: str) -> str:
    """Returns the label of a fact: a question of the form, or the urgency."""
    return str(_("Urgency") if name == URGENCY else label_question(name))


def label_value(name: str, code: str | None) -> str:
    """Returns the words for a value of a fact."""
    if name == URGENCY:
        table = {str(level): words for level, words in labels.URGENCY.items()}
    else:
        table = dict(list_desk_labels(name))
    return labels.label_code(table, code)
