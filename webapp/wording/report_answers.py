"""The answers of a report in words, for the form, its review and whoever reads them later.

Beside `webapp.wording.contact_labels` because these belong together and are many. Lazy, as those
are. A person affected reads "you" where others read "the person"; what is said to all alike
stands once.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask_babel import LazyString

from reports.intake.taxonomy import DOORS, TAXONOMY
from webapp.i18n import COUNTRIES, MESSAGES
from webapp.wording.taxonomy_labels import SECTORS, label_entries

_ = MESSAGES.lazy_gettext
AnswerLabels = Mapping[str, LazyString]

UNKNOWN: Final = _("I don't know")

COUNTRY: Final[AnswerLabels] = {
    "BE": COUNTRIES.lazy_gettext("Belgium"),
    "NL": COUNTRIES.lazy_gettext("Netherlands"),
    "LU": COUNTRIES.lazy_gettext("Luxembourg"),
    "other": _("Another country"),
    "unknown": UNKNOWN,
}
REGION: Final[AnswerLabels] = {
    "flanders": _("Flanders"),
    "brussels": _("Brussels"),
    "wallonia": _("Wallonia"),
    "unknown": UNKNOWN,
}
KIND: Final[AnswerLabels] = {
    "self": _("Me"),
    "witness": _("Someone else"),
    "professional": _("Someone else. I know this from my work."),
    "unknown": _("I don't want to say"),
}
AGE: Final[AnswerLabels] = {
    "adult": _("18 or older"),
    "minor": _("Younger than 18"),
    "doubtful": _("Says 18 or older, but looks younger"),
    "unknown": UNKNOWN,
}
OWN_AGE: Final[AnswerLabels] = {code: words for code, words in AGE.items() if code != "doubtful"}
"""Nobody is asked whether they look younger than they say."""
YES_NO: Final[AnswerLabels] = {"yes": _("Yes"), "no": _("No"), "unknown": UNKNOWN}
POLICE: Final[AnswerLabels] = {"accepted": _("Yes"), "refused": _("No"), "unknown": UNKNOWN}
PRESENT: Final[AnswerLabels] = {"same": _("In the same country"), **COUNTRY}
SINCE: Final[AnswerLabels] = {
    "days": _("Some days ago"),
    "weeks": _("Some weeks ago"),
    "months": _("Some months ago"),
    "years": _("More than a year ago"),
    "unknown": UNKNOWN,
}
PEOPLE: Final[AnswerLabels] = {
    "one": _("One person"),
    "few": _("2 to 5 people"),
    "many": _("6 to 20 people"),
    "crowd": _("More than 20 people"),
    "unknown": UNKNOWN,
}
SECTOR: Final[AnswerLabels] = {**SECTORS, "unknown": UNKNOWN}

_ALIKE: Final[Mapping[str, AnswerLabels]] = {
    "country": COUNTRY,
    "region": REGION,
    "kind": KIND,
    "age": AGE,
    "danger": YES_NO,
    "sector": SECTOR,
    "people": PEOPLE,
    "alone": YES_NO,
    "since": SINCE,
    "ongoing": YES_NO,
    "present": PRESENT,
    "reception": YES_NO,
    "help": YES_NO,
    "police": POLICE,
    "anonymous": YES_NO,
    "reply": YES_NO,
    "abroad": YES_NO,
}
"""Field of a report, then value, then words."""
_BY_DOOR: Final[Mapping[str, Mapping[str, AnswerLabels]]] = {
    door: {
        **_ALIKE,
        "form": label_entries(TAXONOMY.forms, door),
        "signs": {**label_entries(TAXONOMY.signs, door), "unknown": UNKNOWN},
    }
    for door in DOORS
}
_OWN: Final[Mapping[str, AnswerLabels]] = {"age": OWN_AGE}


def find_labels(field: str, door: str) -> AnswerLabels:
    """Value to words, as `door` reads them."""
    if door == "self" and field in _OWN:
        return _OWN[field]
    return _BY_DOOR[door][field]
