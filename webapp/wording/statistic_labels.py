"""The words of the yearly counts: dimensions, values, countries; and what closing a report asks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask_babel import LazyString

from reports.intake.taxonomy import TAXONOMY
from reports.statistics.definitions import DIMENSIONS
from reports.statistics.suppress import SUM
from webapp.i18n import MESSAGES
from webapp.wording.taxonomy_labels import SECTORS, label_entries

_ = MESSAGES.lazy_gettext
StatisticLabels = Mapping[str, LazyString]

UNKNOWN: Final = _("Not known")
HIDDEN: Final = _("Hidden")
DIMENSION: Final[StatisticLabels] = {
    "form": _("Form of exploitation"),
    "sector": _("Kind of work"),
    "age": _("Age of the person"),
    "sex": _("Sex of the person"),
    "origin": _("Nationality of the person"),
    "kind": _("Who reported"),
    "ending": _("How it ended"),
}
COUNTRY: Final[StatisticLabels] = {
    "BE": _("Belgium"),
    "NL": _("Netherlands"),
    "LU": _("Luxembourg"),
    "unknown": _("Elsewhere or not known"),
    SUM: _("Together"),
}
SEX: Final[StatisticLabels] = {
    "female": _("Woman or girl"),
    "male": _("Man or boy"),
    "other": _("Other"),
    "unknown": UNKNOWN,
}
ORIGIN: Final[StatisticLabels] = {
    "benelux": _("Belgium, the Netherlands or Luxembourg"),
    "eu": _("Another country of the European Union"),
    "outside": _("A country outside the European Union"),
    "unknown": UNKNOWN,
}
ENDING: Final[StatisticLabels] = {
    "taken_up": _("A contact point answered"),
    "passed_on": _("Passed on, no answer yet"),
    "no_wish": _("The person wanted nothing passed on"),
    "other_problem": _("It was another problem"),
    "too_little": _("Too little was known"),
    "twice": _("It was reported already"),
}
VALUE: Final[Mapping[str, StatisticLabels]] = {
    "form": {**label_entries(TAXONOMY.forms, "professional"), "unknown": UNKNOWN},
    "sector": {**SECTORS, "unknown": UNKNOWN},
    "age": {
        "adult": _("18 or older"),
        "minor": _("Under 18"),
        "doubtful": _("Age in doubt"),
        "unknown": UNKNOWN,
    },
    "sex": SEX,
    "origin": ORIGIN,
    "kind": {
        "self": _("The person affected"),
        "witness": _("A witness"),
        "professional": _("Someone at work"),
        "unknown": UNKNOWN,
    },
    "ending": ENDING,
}
ASKED_AT_THE_END: Final[Mapping[str, tuple[str, ...]]] = {
    "sex": ("unknown", *DIMENSIONS["sex"][:-1]),
    "origin": ("unknown", *DIMENSIONS["origin"][:-1]),
    # Nothing chosen: by what became of the report.
    "ending": ("", *DIMENSIONS["ending"]),
}
"""What staff say when they close a report, the first one where they say nothing."""
TIME: Final[StatisticLabels] = {
    "read_days": _("Days until a person read it"),
    "answer_days": _("Days until a contact point answered"),
}
REFUSED: Final[StatisticLabels] = {
    "not_over": _("This year is not over. Reports may still be closed in it."),
    "there": _("This year is published already. It stays as it is."),
    "damaged": _("Some counts are damaged, so the sums would be wrong. Nothing was published."),
}


def find_label(dimension: str, code: str) -> LazyString:
    """The words for one value of a dimension, or for the sum of all."""
    return COUNTRY[SUM] if code == SUM else VALUE[dimension][code]
