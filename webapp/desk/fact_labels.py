"""Words for what staff judge: the facts they may correct, the answers to signs, what follows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask_babel import LazyString

from webapp.desk import labels
from webapp.i18n import DESK
from webapp.wording.taxonomy_labels import SECTORS

_ = DESK.lazy_gettext
FactLabels = Mapping[str, LazyString]

FIELD: Final[FactLabels] = {
    "danger": _("Danger now"),
    "form": _("Form"),
    "sector": _("Kind of work"),
    "age": _("Age of who is at risk"),
    "people": _("How many people"),
    "ongoing": _("Still going on"),
    "kind": _("Who reports"),
    "country": _("Country"),
    "region": _("Region"),
    "present": _("Where the person is now"),
    "police": _("Agrees that the police know"),
    "help": _("Wants help"),
    "abroad": _("May go to another country"),
    "urgency": _("Urgency"),
}
_YES_NO: Final[FactLabels] = labels.DANGER
VALUE: Final[Mapping[str, FactLabels]] = {
    "danger": labels.DANGER,
    "form": labels.FORM,
    "sector": {**SECTORS, "unknown": _("Not known")},
    "age": labels.AGE,
    "people": {
        "one": _("1 person"),
        "few": _("2 to 5 people"),
        "many": _("6 to 20 people"),
        "crowd": _("More than 20 people"),
        "unknown": _("Not known"),
    },
    "ongoing": _YES_NO,
    "kind": labels.KIND,
    "country": labels.COUNTRY,
    "region": labels.REGION,
    "present": {**labels.COUNTRY, "same": _("Where it happens")},
    "police": {
        "accepted": _("Yes"),
        "refused": _("No"),
        "unknown": _("Not known"),
    },
    "help": _YES_NO,
    "abroad": _YES_NO,
    "urgency": {str(level): words for level, words in labels.URGENCY.items()},
}
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


def label_value(field: str, code: str | None) -> str:
    """The words for a value of a fact."""
    return labels.label_code(VALUE.get(field, {}), code)
