"""Parses what a country file says of the country itself."""

import re
from collections.abc import Iterator
from types import MappingProxyType
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from reports.routing.places import (
    MOST_REGIONS,
    NO_ZONE,
    CountryPlace,
    Guide,
    HolidayRule,
    Region,
    SharedWords,
)
from reports.routing.reader import TomlTable
from reports.routing.rules import FLAGS

CODE = re.compile(r"[a-z]+([_-][a-z]+)*")
GUIDE = re.compile(r"[A-Z]")
LANGUAGE = re.compile(r"[a-z]{2,3}")
REGION_CODE = re.compile(r"[A-Z]{2}")
CALENDAR = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,3})?")
PLATE = re.compile(r"[A01]{4,9}")
LINES = "%(lines)s"


def read_place(table: TomlTable, name: str, *, common: bool) -> CountryPlace:
    """Reads the country's own data; the common file has only a time zone."""
    zone, clock = _read_zone(table), table.read_text("clock")
    if common:
        return CountryPlace(sentence_name=name, zone=zone, clock=clock)
    regions = _read_regions(table)
    return CountryPlace(
        sentence_name=table.read_text("sentence_name", name),
        zone=zone,
        clock=clock,
        phone_region=_read_code(table, "phone_region", REGION_CODE, "two capitals"),
        plates=_read_plates(table),
        packet_language=_read_code(table, "packet_language", LANGUAGE, "a language tag"),
        regions=regions,
        region_question=table.read_text("region_question") if regions else None,
        holidays=_read_holidays(table.read_table("holidays")),
        flags=MappingProxyType(dict(_read_flags(table))),
    )


def read_shared_words(table: TomlTable) -> SharedWords:
    """Reads the printed guides and groups of nationalities, which only the common file has."""
    guides = tuple(_read_guide(guide) for guide in table.read_tables("guides"))
    origins: dict[str, str] = {}
    for origin in table.read_tables("origins"):
        code = origin.read_text("id")
        if not CODE.fullmatch(code) or code in origins or code == "unknown":
            origin.note_fault("id", f"{code!r} is no code of its own")
        origins[code] = origin.read_text("words")
        origin.close()
    return SharedWords(guides, MappingProxyType(origins))


def _read_zone(table: TomlTable) -> ZoneInfo:
    name = table.read_text("zone")
    if not name:
        return NO_ZONE
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        table.note_fault("zone", f"{name!r} is the name of no time zone")
        return NO_ZONE


def _read_code(table: TomlTable, name: str, shape: re.Pattern[str], wanted: str) -> str:
    value = table.read_text(name)
    if value and not shape.fullmatch(value):
        table.note_fault(name, f"{value!r} is not {wanted}")
    return value


def _read_plates(table: TomlTable) -> tuple[str, ...]:
    plates = table.read_texts("plates")
    for shape in plates:
        if not PLATE.fullmatch(shape) or "A" not in shape or shape.isalpha():
            table.note_fault("plates", f"{shape!r} is no shape such as 1AAA000")
    return plates


def _read_regions(table: TomlTable) -> tuple[Region, ...]:
    regions = tuple(_read_region(region) for region in table.read_tables("regions"))
    if len(regions) > MOST_REGIONS:
        table.note_fault("regions", f"a country has at most {MOST_REGIONS} regions")
    return regions


def _read_region(table: TomlTable) -> Region:
    region = Region(
        id=table.read_text("id"),
        words=table.read_text("words"),
        packet_language=_read_code(table, "packet_language", LANGUAGE, "a language tag")
        if table.has("packet_language")
        else None,
    )
    if not CODE.fullmatch(region.id) or region.id == "unknown":
        table.note_fault("id", f"{region.id!r} is no code in small letters")
    table.close()
    return region


def _read_holidays(table: TomlTable | None) -> HolidayRule:
    if table is None:
        return HolidayRule()
    rule = HolidayRule(
        calendar=_read_code(table, "calendar", CALENDAR, "two capitals")
        if table.has("calendar")
        else None,
        closed=frozenset(table.read_dates("closed")),
        open=frozenset(table.read_dates("open")),
    )
    if rule.closed & rule.open:
        table.note_fault("open", "a day is either closed or open")
    table.close()
    return rule


def _read_flags(table: TomlTable) -> Iterator[tuple[str, str]]:
    for flag in table.read_tables("flags"):
        yield flag.read_choice("id", FLAGS), flag.read_text("words")
        flag.close()


def _read_guide(table: TomlTable) -> Guide:
    guide = Guide(
        id=_read_code(table, "id", GUIDE, "one capital"),
        words=table.read_text("words"),
        note=table.read_optional_text("note"),
    )
    if LINES not in guide.words:
        table.note_fault("words", f"the words need {LINES}, where the lines are put")
    table.close()
    return guide
