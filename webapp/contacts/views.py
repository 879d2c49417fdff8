"""The contact points of a country, for a person who looks for help."""

from flask import Blueprint, Response, render_template

from webapp.clock import now
from webapp.contacts.cards import groups
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
