"""Parses one country file strictly into frozen data. Faults are collected, never raised."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, tzinfo
from pathlib import Path
from typing import cast

from reports.routing.entries import (
    CONFIDENCES,
    NAMED,
    STRENGTHS,
    UNITS,
    Confidence,
    Contact,
    Fact,
    FactValue,
    Hours,
    Strength,
)
from reports.routing.events import LegalEvent
from reports.routing.faults import FileFault
from reports.routing.load_contacts import NO_HOURS, read_contact, read_hours, read_review
from reports.routing.load_places import read_place, read_shared_words
from reports.routing.load_rules import read_derived, read_section
from reports.routing.places import CountryPlace, SharedWords
from reports.routing.reader import TomlTable
from reports.routing.rules import COMMON_SECTIONS, SECTIONS, DerivedFact, RuleBlock


@dataclass(frozen=True, slots=True)
class CountryFile:
    """One parsed file, before the files are checked against each other."""

    file: str
    code: str
    name: str
    order: int
    common: bool
    place: CountryPlace
    shared: SharedWords
    office_hours: Hours
    asked: str | None
    facts: tuple[Fact, ...]
    contacts: tuple[Contact, ...]
    derived: tuple[DerivedFact, ...]
    sections: Mapping[str, tuple[RuleBlock, ...]]

    @property
    def regions(self) -> tuple[str, ...]:
        """The region codes."""
        return tuple(region.id for region in self.place.regions)


def read_file(
    path: Path, faults: list[FileFault], events: Mapping[str, LegalEvent]
) -> CountryFile | None:
    """Reads one file; returns None (and notes a fault) when it is not UTF-8 TOML.

    `events`: the legal events that its facts can name.
    """
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        faults.append(FileFault(path.name, "", f"this is no TOML file: {error}"))
        return None
    table = TomlTable(path.name, "", values, faults)
    code = table.read_text("code")
    if code != path.stem.upper():
        table.note_fault("code", f"the file's name asks for {path.stem.upper()!r}")
    name, common = table.read_text("name"), table.read_flag("common", default=False)
    place = read_place(table, name, common=common)
    regions = tuple(region.id for region in place.regions)
    contacts = tuple(
        read_contact(contact, code, regions, place.zone)
        for contact in table.read_tables("contacts")
    )
    loaded = CountryFile(
        file=path.name,
        code=code,
        name=name,
        order=table.read_integer("order"),
        common=common,
        place=place,
        shared=read_shared_words(table) if common else SharedWords(),
        office_hours=_read_office_hours(table, contacts, place.zone),
        asked=None if common else table.read_text("ask"),
        facts=tuple(
            _read_fact(key, fact, events) for key, fact in table.read_named_tables("facts")
        ),
        contacts=contacts,
        derived=tuple(read_derived(fact) for fact in table.read_tables("derived"))
        if common
        else (),
        sections={
            name: read_section(table, name) for name in (COMMON_SECTIONS if common else SECTIONS)
        },
    )
    table.close()
    return loaded


def _read_office_hours(table: TomlTable, contacts: tuple[Contact, ...], zone: tzinfo) -> Hours:
    """Reads office hours: stated, or `same_as` those of a contact point in this file."""
    hours = table.read_table("office_hours")
    if hours is None or not hours.has("same_as"):
        return read_hours(hours, zone)
    name = hours.read_text("same_as")
    hours.close()
    for contact in contacts:
        if contact.id == name and contact.hours.kind != "unknown":
            return contact.hours
    hours.note_fault("same_as", f"there is no contact point {name!r} with known hours in this file")
    return NO_HOURS


def _read_fact(key: str, table: TomlTable, events: Mapping[str, LegalEvent]) -> Fact:
    changed_by, review = _read_events(table, events), read_review(table)
    fact = Fact(
        key=key,
        value=_read_value(table),
        unit=table.read_choice("unit", UNITS) if table.has("unit") else None,
        confidence=cast(Confidence, table.read_choice("confidence", CONFIDENCES)),
        review=review,
        strength=cast(Strength, table.read_choice("strength", STRENGTHS)),
        changed_by=changed_by,
        outdated_by=tuple(
            each
            for each in changed_by
            if each in events and events[each].is_later_than(review.reviewed_on)
        ),
        names=table.read_choice("names", NAMED) if table.has("names") else None,
        contacts=table.read_texts("contacts"),
    )
    _check_names(fact, table)
    if fact.unit is not None and (isinstance(fact.value, bool) or not isinstance(fact.value, int)):
        table.note_fault("unit", "only a whole number has a unit")
    table.close()
    return fact


def _read_events(table: TomlTable, events: Mapping[str, LegalEvent]) -> tuple[str, ...]:
    named = table.read_texts("changed_by")
    for each in named:
        if each not in events:
            table.note_fault("changed_by", f"no event {each!r} is in events.toml")
    return named


def _check_names(fact: Fact, table: TomlTable) -> None:
    """Notes a text that does not say what it names, and an organisation nobody can reach."""
    if isinstance(fact.value, str | tuple) != (fact.names is not None):
        table.note_fault("names", "a text says what it names, and nothing else does")
    if (fact.names == "body") != bool(fact.contacts):
        table.note_fault("contacts", "an organisation has a contact point, and nothing else has")


def _read_value(table: TomlTable) -> FactValue:
    """Reads a number, a boolean, a date, a text, or a list of texts."""
    value = table.values.get("value")
    if isinstance(value, date):
        return table.read_date("value")
    if isinstance(value, bool | int):
        table.has("value")
        return value
    if isinstance(value, list):
        return table.read_texts("value", optional=False)
    return table.read_text("value")
