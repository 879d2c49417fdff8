"""`print`: a poster and a pocket card as PDF for each language, for deployers to print."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import click
from flask import current_app
from flask_babel import force_locale

from reports.routing.country import Country
from reports.routing.engine import propose
from reports.routing.facts import Facts
from webapp.handouts.card import CountryNumbers, render_card
from webapp.handouts.poster import render_poster
from webapp.i18n import Language, get_languages
from webapp.site.app_services import get_services
from webapp.site.clock import now
from webapp.site.country_edition import (
    get_countries,
    get_letters,
    list_emergency_contacts,
    translate_name,
)
from webapp.site.page_codes import HOME, build_public_path


@click.command("print")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--url", required=True, help="Where the site answers, such as https://example.org")
def print_papers(folder: Path, url: str) -> None:
    """Write LANGUAGE-1.pdf (poster) and LANGUAGE-2.pdf (pocket card) into FOLDER."""
    base = parse_base_url(url)
    folder.mkdir(parents=True, exist_ok=True)
    for language in get_languages().offered:
        # Words are those of a request, here of nobody's.
        with current_app.test_request_context(), force_locale(language.locale):
            for number, paper in enumerate(render_papers(language, base), 1):
                file = folder / f"{language.tag}-{number}.pdf"
                file.write_bytes(paper)
                click.echo(file)


def render_papers(language: Language, base: str) -> tuple[bytes, bytes]:
    """The poster and the card of one language; `base` is scheme and host of the site."""
    title = get_services().config.title
    address = base + build_public_path(language.tag, HOME)
    shown = base.partition("://")[2]
    names = [each.name for each in get_languages().offered]
    numbers = [_numbers(get_countries()[code]) for code in get_letters().values()]
    return (
        render_poster(language, names, title, address, shown),
        render_card(language, numbers, title, address, shown),
    )


def parse_base_url(url: str) -> str:
    """Scheme and host of the site; click.BadParameter for anything that is no such address."""
    parts = urlsplit(url)
    bare = not (parts.path.strip("/") or parts.query or parts.fragment or "@" in parts.netloc)
    onion = (parts.hostname or "").endswith(".onion")
    if not parts.hostname or not bare or parts.scheme not in ("https", "http" if onion else ""):
        problem = "give the address of the site alone, such as https://example.org"
        raise click.BadParameter(problem, param_hint="--url")
    return f"{parts.scheme}://{parts.netloc}"


def _numbers(country: Country) -> CountryNumbers:
    """In danger, and the first of those who help victims whom the rules propose to anybody.

    Who wants no police hears of the centres of their region first, which a card cannot know.
    """
    facts = Facts(at=now(), present_country=country.code, age="adult")
    urgent = list_emergency_contacts(country)
    proposed = (
        get_countries().find_contact(name) for name in propose(get_countries(), facts, "help").ids
    )
    advice = (
        phone.printed
        for contact in proposed
        if contact.category == "victim_support"
        for phone in contact.phones
    )
    return CountryNumbers(
        country=translate_name(country),
        danger=tuple(phone.printed for contact in urgent for phone in contact.phones[:1]),
        advice=next(advice, ""),
    )
