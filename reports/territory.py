"""The countries, and everything that depends on them; no other code knows any country.

It is built from the country files. A country is *known* when its file was there when the process
started: a report may name it, routing covers it, statistics count it. A known country is *served*
when the settings say so: then it also has pages and a desk.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Final, TypeVar, overload
from zoneinfo import ZoneInfo

import holidays
import phonenumbers

from reports.routing import country
from reports.routing.country import Countries, Country, load_all
from reports.routing.entries import Contact
from reports.routing.facts import ELSEWHERE
from reports.routing.faults import CountryFaults, FileFault
from reports.routing.places import Guide, Region

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Territory:
    """The known countries by code, in the order of their files, and which of them are served."""

    countries: Mapping[str, Country]
    served: tuple[str, ...]
    common: Country

    @classmethod
    def build(cls, countries: Countries, served: Iterable[str] | None = None) -> Territory:
        """Returns the territory of these files; all countries are served unless `served` says
        otherwise.

        Raises `CountryFaults` for an unknown holiday calendar or phone region.
        """
        known = {code: countries[code] for code in countries.codes}
        faults = [fault for each in known.values() for fault in _find_faults(each)]
        if faults:
            raise CountryFaults(faults)
        wanted = known if served is None else set(served)
        return cls(
            MappingProxyType(known),
            tuple(code for code in known if code in wanted),
            countries.common,
        )

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of the known countries."""
        return tuple(self.countries)

    @property
    def places(self) -> tuple[str, ...]:
        """The answers to a question for a country."""
        return (*self.countries, *ELSEWHERE)

    @property
    def regions(self) -> Mapping[str, Region]:
        """The regions of all known countries, by code."""
        return {
            region.id: region for each in self.countries.values() for region in each.place.regions
        }

    @property
    def origins(self) -> Mapping[str, str]:
        """The groups of nationalities in the statistics, with their English words."""
        return self.common.shared.origins

    @property
    def plates(self) -> tuple[str, ...]:
        """The number plates of all known countries, written without blanks: A is a letter, 0 a
        figure, 1 a figure that is not 0."""
        shapes = (shape for each in self.countries.values() for shape in each.place.plates)
        return tuple(dict.fromkeys(shapes))

    @property
    def phone_regions(self) -> tuple[str, ...]:
        """The countries to assume for phone numbers without a prefix."""
        found = (each.place.phone_region for each in self.countries.values())
        return tuple(dict.fromkeys(region for region in found if region))

    def list_regions(self, code: str) -> tuple[Region, ...]:
        """Returns the regions of a country; none for an unknown country."""
        return self.countries[code].place.regions if code in self.countries else ()

    def find_phone_region(self, codes: Iterable[str]) -> str:
        """Returns the first of these countries that has a phone region, as that region; "" if
        none."""
        known = (self.countries[code].place for code in codes if code in self.countries)
        return next((place.phone_region for place in known if place.phone_region), "")

    def find_home(self, served: Iterable[str] | None = None) -> Country:
        """Returns the country whose time zone staff use: the first one served."""
        wanted = self.served if served is None else tuple(served)
        codes = [code for code in self.countries if code in wanted] or list(self.countries)
        return self.countries[codes[0]] if codes else self.common

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of the staff."""
        return self.find_home().place.zone

    def find_clock(self, code: str) -> tuple[ZoneInfo, str]:
        """Returns the time zone of a country and its name; those of the common file for any other
        code."""
        place = self.countries.get(code, self.common).place
        return place.zone, place.clock

    def list_packet_languages(self, contact: Contact) -> list[str]:
        """Returns the default languages of a contact point: those of its regions, then its
        country's."""
        spoken = [
            region.packet_language
            for region in self.list_regions(contact.country)
            if region.id in contact.regions
        ]
        if contact.country in self.countries:
            spoken.append(self.countries[contact.country].place.packet_language)
        return [tag for tag in spoken if tag]

    def find_guide(self, letter: str) -> Guide | None:
        """Returns the printed guide that this letter stands for in a source, or None."""
        return next((guide for guide in self.common.shared.guides if guide.id == letter), None)

    def is_holiday(self, code: str, day: date) -> bool:
        """Returns whether offices of this country are closed on `day`; False for an unknown
        country."""
        if code not in self.countries:
            return False
        rule = self.countries[code].place.holidays
        if day in rule.closed or day in rule.open:
            return day in rule.closed
        return rule.calendar is not None and day in _list_holidays(rule.calendar, day.year)


_sources: Final[list[Callable[[], Territory | None]]] = []


def get_territory() -> Territory:
    """Returns the current territory: of the site that serves the request, else the default one."""
    for source in _sources:
        if (found := source()) is not None:
            return found
    return _load(country.DATA)


def add_source(source: Callable[[], Territory | None]) -> None:
    """Registers a `source` that is asked before the default; it returns None when it does not
    know."""
    if source not in _sources:
        _sources.append(source)


@cache
def _load(folder: Path) -> Territory:
    return Territory.build(load_all(folder))


@lru_cache(maxsize=64)
def _list_holidays(calendar: str, year: int) -> frozenset[date]:
    code, _, part = calendar.partition("-")
    return frozenset(holidays.country_holidays(code, subdiv=part or None, years=year))


def _find_faults(each: Country) -> Iterator[FileFault]:
    """Yields faults that only external libraries can tell: unknown phone regions and calendars."""
    file, place = f"{each.code.lower()}.toml", each.place
    if place.phone_region not in phonenumbers.SUPPORTED_REGIONS:
        sentence = f"no phone numbers of {place.phone_region!r} are known"
        yield FileFault(file, "phone_region", sentence)
    if place.holidays.calendar:
        code, _, part = place.holidays.calendar.partition("-")
        try:
            holidays.country_holidays(code, subdiv=part or None)
        except NotImplementedError:
            sentence = f"there is no calendar {place.holidays.calendar!r}"
            yield FileFault(file, "holidays.calendar", sentence)


class LiveCodes(Sequence[str]):
    """Codes from the current territory, read on each access, so that a table can hold them on
    import."""

    def __init__(self, read: Callable[[Territory], Iterable[str]]) -> None:
        self._read = read

    def __iter__(self) -> Iterator[str]:
        return iter(self._get())

    def __len__(self) -> int:
        return len(self._get())

    @overload
    def __getitem__(self, index: int) -> str: ...

    @overload
    def __getitem__(self, index: slice) -> tuple[str, ...]: ...

    def __getitem__(self, index: int | slice) -> str | tuple[str, ...]:
        return self._get()[index]

    def __repr__(self) -> str:
        return repr(self._get())

    def _get(self) -> tuple[str, ...]:
        return tuple(self._read(get_territory()))


class LiveWords(Mapping[str, T]):
    """The same for a mapping from codes to words."""

    def __init__(self, read: Callable[[Territory], Mapping[str, T]]) -> None:
        self._read = read

    def __iter__(self) -> Iterator[str]:
        return iter(self._read(get_territory()))

    def __len__(self) -> int:
        return len(self._read(get_territory()))

    def __getitem__(self, code: str) -> T:
        return self._read(get_territory())[code]


PLACES: Final = LiveCodes(lambda territory: territory.places)
"""The answers to a question for a country."""
REGIONS: Final = LiveCodes(lambda territory: (*territory.regions, "unknown"))
ORIGINS: Final = LiveCodes(lambda territory: (*territory.origins, "unknown"))
