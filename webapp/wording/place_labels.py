"""The names of countries, regions and origins, as the country files have them.

Lazy words in live tables: each request gets its own language, and the countries of its site.
"""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import LazyString

from reports.territory import LiveWords, get_territory
from webapp.i18n import COUNTRIES

PlaceLabels = Mapping[str, LazyString]


def make_country_labels(others: PlaceLabels, first: PlaceLabels | None = None) -> PlaceLabels:
    """Every known country by name, with `first` before and `others` behind."""
    return LiveWords(
        lambda territory: {
            **(first or {}),
            **{code: _say(each.name) for code, each in territory.countries.items()},
            **others,
        }
    )


def make_region_labels(unknown: LazyString) -> PlaceLabels:
    """Every region of the known countries by name, and that nobody knows it."""
    return LiveWords(
        lambda territory: {
            **{code: _say(region.words) for code, region in territory.regions.items()},
            "unknown": unknown,
        }
    )


def make_origin_labels(unknown: LazyString) -> PlaceLabels:
    """The groups of nationalities in words, and that nobody knows it."""
    return LiveWords(
        lambda territory: {
            **{code: _say(words) for code, words in territory.origins.items()},
            "unknown": unknown,
        }
    )


def ask_region(country: str) -> str:
    """Which region of this country is asked for; empty where it has none."""
    known = get_territory().countries.get(country)
    question = known.place.region_question if known else None
    return str(COUNTRIES.gettext(question)) if question else ""


def _say(text: str) -> LazyString:
    return COUNTRIES.lazy_gettext(text)
