"""The countries as the doors show them: a name, whom to call, and what must be said openly."""

from dataclasses import dataclass

from reports.routing.country import Country
from reports.routing.entries import Contact
from webapp.countries import countries, country_name, emergency_contacts, letters


@dataclass(frozen=True, slots=True)
class Place:
    """One country served. `child_duty`: whoever meets an exploited child must tell the police."""

    letter: str
    name: str
    emergency: tuple[Contact, ...]
    child_duty: bool


def places() -> list[Place]:
    """The countries served, in the order of the files."""
    return [_place(letter, countries()[code]) for letter, code in letters().items()]


def _place(letter: str, country: Country) -> Place:
    duty = country.facts.get("minors_police_duty")
    return Place(
        letter=letter,
        name=country_name(country),
        emergency=tuple(emergency_contacts(country)),
        child_duty=duty is not None and duty.value is True,
    )
