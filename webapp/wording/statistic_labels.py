"""The words of the yearly statistics: dimensions, values, countries, and questions on closing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from flask_babel import LazyString

from reports.intake.taxonomy import TAXONOMY
from reports.statistics.definitions import DIMENSIONS
from reports.statistics.suppress import SUM
from reports.territory import LiveCodes
from webapp.i18n import MESSAGES
from webapp.wording.place_labels import make_country_labels, make_origin_labels
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
TOGETHER: Final = _("Together")
COUNTRY: Final[StatisticLabels] = make_country_labels(
    {"unknown": _("Elsewhere or not known"), SUM: TOGETHER}
)
SIGN: Final[Mapping[str, str]] = {"unknown": "?", SUM: "Σ"}
"""Headings of narrow columns; a country has its code."""
SEX: Final[StatisticLabels] = {
    "female": _("Woman or girl"),
    "male": _("Man or boy"),
    "other": _("Other"),
    "unknown": UNKNOWN,
}
ORIGIN: Final[StatisticLabels] = make_origin_labels(UNKNOWN)
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
ASKED_AT_THE_END: Final[Mapping[str, Sequence[str]]] = {
    "sex": ("unknown", *DIMENSIONS["sex"][:-1]),
    "origin": LiveCodes(lambda territory: ("unknown", *territory.origins)),
    # No choice: the ending follows from the referrals.
    "ending": ("", *DIMENSIONS["ending"]),
}
"""What staff are asked when they close a report; the first value is the default."""
TIME: Final[StatisticLabels] = {
    "read_days": _("Days until a person read it"),
    "answer_days": _("Days until a contact point answered"),
}
REFUSED: Final[StatisticLabels] = {
    "not_over": _("This year is not over. Reports may still be closed in it."),
    "there": _("This year is published already. It stays as it is."),
    "damaged": _("Some counts are damaged, so the sums would be wrong. Nothing was published."),
}


def find_label(dimension: str, code: str) -> LazyString | str:
    """Returns the words for a value of a dimension, or for the sum; an unknown code stays as it
    is."""
    return TOGETHER if code == SUM else VALUE[dimension].get(code, code)


def list_columns(table: Mapping[str, Mapping[str, object]]) -> list[str]:
    """Returns the columns of a table as counted: the countries known at the time."""
    return list(dict.fromkeys(column for row in table.values() for column in row))


def list_legend(tables: Iterable[Mapping[str, Mapping[str, object]]]) -> dict[str, str]:
    """Returns the headings of the columns of these tables, and what each means."""
    columns = dict.fromkeys(column for table in tables for column in list_columns(table))
    return {SIGN.get(code, code): str(COUNTRY.get(code, code)) for code in columns}
