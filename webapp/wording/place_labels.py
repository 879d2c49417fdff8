"""The names of countries, regions and origins, from the country files.

Lazy texts in live tables: each request gets its own language, and the countries of its site.
"""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import LazyString

from reports.territory import LiveWords, get_territory
from webapp.i18n import COUNTRIES

PlaceLabels = Mapping[str, LazyString]


def make_country_labels(others: PlaceLabels, first: PlaceLabels | None = None) -> PlaceLabels:
    """Returns the names of all known countries, with `first` before and `others` after them."""
    return LiveWords(
        lambda territory: {
            **(first or {}),
            **{code: _say(each.name) for code, each in territory.countries.items()},
            **others,
        }
    )


def make_region_labels(unknown: LazyString) -> PlaceLabels:
    """Returns the names of all regions of the known countries, and a label for "unknown"."""
    return LiveWords(
        lambda territory: {
            **{code: _say(region.words) for code, region in territory.regions.items()},
            "unknown": unknown,
        }
    )


def make_origin_labels(unknown: LazyString) -> PlaceLabels:
    """Returns the names of the groups of nationalities, and a label for "unknown"."""
    return LiveWords(
        lambda territory: {
            **{code: _say(words) for code, words in territory.origins.items()},
            "unknown": unknown,
        }
    )


def ask_region(country: str) -> str:
    """Returns the question for a region of this country, or "" if it has none."""
    known = get_territory().countries.get(country)
    question = known.place.region_question if known else None
    return str(COUNTRIES.gettext(question)) if question else ""


def _say(text: str) -> LazyString:
    return COUNTRIES.lazy_gettext(text)
