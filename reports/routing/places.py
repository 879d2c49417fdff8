"""What a country file says of the country itself: its clock, regions, plates, holidays, words.

Words are English sentences, to be translated through the `countries` catalogue.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from zoneinfo import ZoneInfo

NO_ZONE = ZoneInfo("UTC")
MOST_REGIONS = 7
"""Regions of one country at most: each has one letter in addresses, from r to x."""


@dataclass(frozen=True, slots=True)
class Region:
    """A part of a country. `packet_language`: what its offices write in, where that differs."""

    id: str
    words: str
    packet_language: str | None = None


@dataclass(frozen=True, slots=True)
class HolidayRule:
    """When the offices of a country are closed.

    `calendar` names the public holidays of a country, perhaps of a part of it (`BE`, `DE-BY`);
    `closed` and `open` are days on which that calendar is wrong.
    """

    calendar: str | None = None
    closed: frozenset[date] = frozenset()
    open: frozenset[date] = frozenset()


@dataclass(frozen=True, slots=True)
class Guide:
    """A printed source. `words` hold `%(lines)s`; `note` says for whom it was written."""

    id: str
    words: str
    note: str | None = None


@dataclass(frozen=True, slots=True)
class CountryPlace:
    """One country as a place.

    `sentence_name` is the name inside a sentence, such as after "in": "the Netherlands". `zone` is
    its clock, and `clock` what that is called. `phone_region` is the country whose numbers are
    meant where none says its own. `plates` are shapes: A a letter, 0 a figure, 1 a figure that is
    not 0. `packet_language` is what its offices write in. `flags` are words for the desk,
    for flags of routing that this country explains in its own way.
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
    """What the common file says for all countries: printed guides, groups of nationalities."""

    guides: tuple[Guide, ...] = ()
    origins: Mapping[str, str] = field(default_factory=dict)
