"""Data of a country itself: time zone, regions, number plates, holidays, names.

Words are English sentences, translated through the `countries` catalogue.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from zoneinfo import ZoneInfo

NO_ZONE = ZoneInfo("UTC")
MOST_REGIONS = 7
"""The most regions of one country: each has one letter in addresses, from r to x."""


@dataclass(frozen=True, slots=True)
class Region:
    """A part of a country. `packet_language`: the language of its offices, if not the country's."""

    id: str
    words: str
    packet_language: str | None = None


@dataclass(frozen=True, slots=True)
class HolidayRule:
    """When a country's offices are closed.

    `calendar` names the public holidays of a country or a part of it (`BE`, `DE-BY`); `closed` and
    `open` are days on which that calendar is wrong.
    """

    calendar: str | None = None
    closed: frozenset[date] = frozenset()
    open: frozenset[date] = frozenset()


@dataclass(frozen=True, slots=True)
class Guide:
    """A printed source. `words` contains `%(lines)s`; `note` says for whom it was written."""

    id: str
    words: str
    note: str | None = None


@dataclass(frozen=True, slots=True)
class CountryPlace:
    """One country as a place.

    `sentence_name` is its name inside a sentence, such as after "in": "the Netherlands". `zone` is
    its time zone, and `clock` the name of that. `phone_region` is the country assumed for phone
    numbers without a prefix. `plates` are formats: A a letter, 0 a digit, 1 a digit other than 0.
    `packet_language` is the language of its offices. `flags` are words for the desk, for routing
    flags that this country explains in its own way.
    """

    sentence_name: str = ""
    zone: ZoneInfo = NO_ZONE
    clock: str = ""
    phone_region: str | None = None
    plates: tuple[str, ...] = ()
    packet_language: str | None = None
    regions: tuple[Region, ...] = ()
    region_question: str | None = None
    holidays: HolidayRule = HolidayRule()
    flags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SharedWords:
    """What the common file provides to all countries: printed guides, groups of nationalities."""

    guides: tuple[Guide, ...] = ()
    origins: Mapping[str, str] = field(default_factory=dict)
