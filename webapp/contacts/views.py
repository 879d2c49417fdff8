"""The contact points of a country, for a person who looks for help."""

from collections.abc import Iterable

from flask import Blueprint, Response, render_template

from reports.routing.entries import Contact
from webapp.clock import now
from webapp.contacts.cards import Card, cards_of, groups
from webapp.countries import countries, country_at, country_name, letters
from webapp.pages import shared_page

blueprint = Blueprint("contacts", __name__)


@blueprint.get("/<language>/0")
def choose() -> Response:
    """Which country?"""
    doors = [(letter, country_name(countries()[code])) for letter, code in letters().items()]
    return shared_page(lambda: render_template("contacts/choose.html", doors=doors))


@blueprint.get("/<language>/<letter>0")
def show(letter: str) -> Response:
    """The cards of one country, emergency numbers first."""
    country = country_at(letter)
    return shared_page(
        lambda: render_template(
            "contacts/country.html",
            name=country_name(country),
            letter=letter,
            groups=groups(country, now()),
        )
    )


@blueprint.app_template_global()
def contact_cards(contacts: Iterable[Contact]) -> list[Card]:
    """The cards of these contact points as they stand now, for pages of other parts."""
    return cards_of(contacts, now())
