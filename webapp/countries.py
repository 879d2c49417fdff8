"""The country files as the web side uses them: loaded once, limited to the instance's countries."""

from collections.abc import Mapping
from typing import cast

from flask import Flask, abort, current_app

from reports.routing.country import Countries, Country, load_all
from reports.routing.entries import Contact
from webapp.i18n import COUNTRIES
from webapp.urls import country_letters


def countries() -> Countries:
    """All country files, the common one included."""
    return cast(Countries, current_app.extensions["countries"])


def letters() -> Mapping[str, str]:
    """The letters in addresses of the countries that this instance serves, to their codes."""
    return cast(Mapping[str, str], current_app.extensions["country_letters"])


def letter_of(code: str) -> str:
    """The letters of a country in addresses; KeyError for one that is not served."""
    return {code: letter for letter, code in letters().items()}[code]


def country_at(letter: str) -> Country:
    """The country of these letters in an address; 404 for any other."""
    code = letters().get(letter)
    if code is None:
        abort(404)
    return countries()[code]


def country_name(country: Country) -> str:
    """The country's name in the language of the request."""
    return str(COUNTRIES.gettext(country.name))


def emergency_contacts(country: Country) -> list[Contact]:
    """Whom to call in danger in this country: what its own emergency rules name, in order."""
    rules = (rule for block in country.sections["emergency"] for rule in block.rules)
    ids = dict.fromkeys(name for rule in rules for name in rule.placed)
    return [countries().contact(name) for name in ids]


def init_app(app: Flask, served: tuple[str, ...]) -> None:
    """Load the country files; `CountryFaults` stops the start, with every fault."""
    everything = load_all()
    app.extensions["countries"] = everything
    app.extensions["country_letters"] = country_letters(
        code for code in everything.codes if code in served
    )
