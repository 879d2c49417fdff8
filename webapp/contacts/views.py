"""The pages of the directory of contact points, and of "who can help me now?"."""

from collections.abc import Iterable

from flask import Blueprint, Response, abort, render_template, request
from flask.blueprints import BlueprintSetupState
from werkzeug.routing import BaseConverter

from reports.routing.entries import Contact
from webapp.contacts.cards import ContactCard, build_cards
from webapp.contacts.directory import (
    ALL,
    STRIP,
    DirectoryPage,
    find_page,
    group_cards,
    list_need_links,
    list_region_links,
    list_strip_rows,
)
from webapp.contacts.who_can_help import choose_next_question, find_help, read_answers
from webapp.i18n import get_language
from webapp.site.clock import now
from webapp.site.country_edition import (
    get_countries,
    get_country_or_404,
    get_letters,
    list_emergency_contacts,
    translate_name,
)
from webapp.site.padded_response import (
    render_cached_page,
    render_page_of_the_minute,
    render_shared_page,
)

blueprint = Blueprint("contacts", __name__)


class LettersConverter(BaseConverter):
    """A URL converter for a code of letters alone: a page of the directory."""

    regex = "[a-z]{2,3}"
    weight = 50


@blueprint.record_once
def register_converter(state: BlueprintSetupState) -> None:
    """Registers the converter; runs before the routes below are made."""
    state.app.url_map.converters["letters"] = LettersConverter


@blueprint.get("/<language>/0")
def choose_country() -> Response:
    """Asks for the country."""
    doors = [
        (letter, translate_name(get_countries()[code])) for letter, code in get_letters().items()
    ]
    return render_cached_page(
        _key("0"), lambda: render_template("contacts/choose.html", doors=doors)
    )


@blueprint.get("/<language>/<letter>0")
def show_country(letter: str) -> Response:
    """Shows one country: emergency numbers, then the links into its directory."""
    place = DirectoryPage(letter, get_country_or_404(letter))
    return render_page_of_the_minute(
        _key(letter + "0"),
        lambda minute: render_template(
            "contacts/country.html",
            place=place,
            name=translate_name(place.country),
            emergency=build_cards(list_emergency_contacts(place.country), minute),
            needs=list_need_links(place, minute),
            regions=list_region_links(place, minute),
            all_code=letter + ALL,
            strip_code=letter + STRIP,
        ),
    )


@blueprint.get("/<language>/<letters:code>")
def show_part(code: str) -> Response:
    """Shows a part of the directory, or the strip of numbers to print."""
    place = find_page(code)
    if place is None:
        abort(404)
    if place.strip:
        return _strip(code, place)
    return render_page_of_the_minute(
        _key(code),
        lambda minute: render_template(
            "contacts/part.html",
            place=place,
            name=translate_name(place.country),
            groups=group_cards(place, minute),
            needs=list_need_links(place, minute) if place.need or place.region else [],
            regions=list_region_links(place, minute),
        ),
    )


def _strip(code: str, place: DirectoryPage) -> Response:
    return render_cached_page(
        _key(code),
        lambda: render_template(
            "contacts/strip.html",
            name=translate_name(place.country),
            letter=place.letter,
            numbers=list_strip_rows(place.country),
        ),
    )


def _key(code: str) -> tuple[str, ...]:
    return get_language().tag, "contacts", code


@blueprint.route("/<language>/9", methods=["GET", "POST"])
def ask() -> Response:
    """Asks the questions of "who can help me now?", then shows the answer.

    Nothing is typed and the pages hold no token, so compressing them leaks nothing.
    """
    given = read_answers(request.form)
    question = choose_next_question(given)
    if question:
        return render_shared_page(
            lambda: render_template("contacts/question.html", question=question)
        )
    found = find_help(given, now())
    return render_shared_page(
        lambda: render_template("contacts/answer.html", found=found, given=given)
    )


@blueprint.app_template_global()
def build_contact_cards(contacts: Iterable[Contact]) -> list[ContactCard]:
    """Returns the cards of these contact points as of now, for pages of other parts."""
    return build_cards(contacts, now())
