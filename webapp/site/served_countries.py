"""The countries as the doors show them: a name, whom to call, and what must be said openly.

Small on purpose: the doors, the error pages and the mailbox share it.
"""

from dataclasses import dataclass

from reports.routing.country import Country
from reports.routing.entries import Contact
from webapp.site.country_edition import (
    get_countries,
    get_letters,
    list_emergency_contacts,
    translate_name,
)


@dataclass(frozen=True, slots=True)
class CountryEntry:
    """One country served. `child_duty`: whoever meets an exploited child must tell the police."""

    letter: str
    name: str
    emergency: tuple[Contact, ...]
    child_duty: bool


def list_countries() -> list[CountryEntry]:
    """The countries served, in the order of the files."""
    return [_place(letter, get_countries()[code]) for letter, code in get_letters().items()]


def _place(letter: str, country: Country) -> CountryEntry:
    duty = country.facts.get("minors_police_duty")
    return CountryEntry(
        letter=letter,
        name=translate_name(country),
        emergency=tuple(list_emergency_contacts(country)),
        child_duty=duty is not None and duty.value is True,
    )
