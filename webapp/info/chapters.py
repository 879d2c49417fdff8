"""Renders the chapters: words from the `chapters` catalogue, facts from the country files.

A chapter depends only on language, country and chapter, or on language and chapter if it belongs to
all countries. It is shown in a language only when every paragraph is translated; otherwise the
whole chapter is in English, and its markup says so.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from flask import current_app, render_template
from flask_babel import force_locale
from jinja2 import Environment, TemplateNotFound
from jinja2.ext import extract_from_ast
from jinja2.meta import find_referenced_templates
from markupsafe import Markup

from reports.intake.taxonomy import TAXONOMY
from reports.routing.country import Country
from webapp.catalogues import is_translated, load_catalogue
from webapp.i18n import (
    CHAPTERS,
    MESSAGES,
    Language,
    get_language,
    get_languages,
)
from webapp.info.chapter_list import OF_A_COUNTRY, OF_ALL, RIGHTS, Chapter, build_code
from webapp.info.fact_reader import FactReader, Neighbour, make_neighbour
from webapp.site.app_services import get_services
from webapp.site.country_edition import get_countries, get_letters, translate_name
from webapp.site.page_codes import HELP, HOME, SAW
from webapp.site.page_registry import OfflinePage
from webapp.site.template_context import bind_catalogue
from webapp.wording.citations import group_by_date

PARAGRAPHS = "info/chapters/"


@dataclass(frozen=True, slots=True)
class ChapterLink:
    """A link to a chapter: its code, its translated heading, and its pictogram."""

    name: str
    code: str
    words: str
    sign: str


def render_chapter(chapter: Chapter, letter: str, country: Country | None) -> str:
    """Returns the whole page of a chapter, in the language of the request."""
    template = chapter.find_template(country)
    spoken = choose_language(chapter, template)
    facts = FactReader(country)
    config = get_services().config
    close = str(MESSAGES.gettext("Close"))
    with force_locale(spoken.locale):
        paragraphs_of_it = current_app.jinja_env.get_template(template)
        body = Markup(
            paragraphs_of_it.render(
                fact=facts,
                here=translate_name(country) if country else "",
                letter=letter,
                close=close,
                operator=config.operator,
                operator_contact=config.operator_contact,
                retention_days=config.domain.retention_days,
                neighbours=[make_neighbour(*each, facts) for each in _served()],
                has_part=has_part,
                rights=[
                    link for each in _served() for link in list_links(*each) if link.name == RIGHTS
                ],
                at_work=list_professional_links(),
                more={
                    link.name: link for link in list_links(letter, country) + list_shared_links()
                },
                **bind_catalogue(CHAPTERS),
            )
        )
        origins = list(group_by_date(facts.reviews))
    return render_template(
        "info/chapter.html",
        chapter=chapter,
        heading=format_heading(chapter, country),
        name=translate_name(country) if country else "",
        letter=letter,
        spoken=spoken,
        body=body,
        origins=origins,
        unsure=bool(facts.unasked),
        others=[link for link in _beside(chapter, letter, country) if link.name != chapter.name],
    )


def format_heading(chapter: Chapter, country: Country | None) -> str:
    """Returns the heading of a chapter, with the country's name if it belongs to one."""
    words = str(chapter.heading)
    return words % {"country": translate_name(country)} if country else words


def is_written(chapter: Chapter, country: Country | None) -> bool:
    """Returns whether this chapter has a template for the country."""
    return _is_there(chapter.find_template(country))


def has_part(neighbour: Neighbour, chapter: str) -> bool:
    """Returns whether a country has its own part of a chapter that belongs to all countries."""
    return _is_there(neighbour.find_template(chapter))


def _is_there(template: str) -> bool:
    # Jinja keeps what it loaded. A list of all templates would walk the folders for each request.
    try:
        current_app.jinja_env.get_template(template)
    except TemplateNotFound:
        return False
    return True


def find_rights_link(letter: str) -> ChapterLink | None:
    """Returns the link to the rights chapter of the country with this letter, or None."""
    links = list_links(letter, get_countries()[get_letters()[letter]])
    return next((link for link in links if link.name == RIGHTS), None)


def list_links(letter: str, country: Country | None) -> list[ChapterLink]:
    """Returns links to one country's chapters for a person in need, in display order."""
    return _links(letter, country, at_work=False) if country is not None else []


def list_shared_links() -> list[ChapterLink]:
    """Returns links to the chapters that belong to all countries."""
    return _links("", None, at_work=False) + _links("", None, at_work=True)


def list_professional_links() -> list[ChapterLink]:
    """Returns links to the chapters for professionals, one for each country."""
    return [link for each in _served() for link in _links(*each, at_work=True)]


def _beside(chapter: Chapter, letter: str, country: Country | None) -> list[ChapterLink]:
    """Returns links to further reading for somebody who reads this chapter."""
    if chapter.at_work:
        return list_professional_links() + list_links(letter, country) + list_shared_links()
    return list_links(letter, country) + list_shared_links()


def _links(letter: str, country: Country | None, *, at_work: bool) -> list[ChapterLink]:
    shelf = OF_ALL if country is None else OF_A_COUNTRY
    return [
        ChapterLink(each.name, build_code(each, letter), format_heading(each, country), each.sign)
        for each in shelf
        if each.at_work == at_work and is_written(each, country)
    ]


def choose_language(chapter: Chapter, template: str) -> Language:
    """Returns the reader's language if all paragraphs and signs are translated, else English."""
    wanted = get_language()
    needed = {CHAPTERS: list_paragraphs(template), MESSAGES: list_sign_texts(chapter.door)}
    whole = all(
        is_translated(text, load_catalogue(wanted.locale, domain.domain[0]))
        for domain, texts in needed.items()
        for text in texts
    )
    return wanted if whole else get_languages().fallback


def list_sign_texts(door: str) -> tuple[str, ...]:
    """Returns every English text of the taxonomy that a chapter with the signs for `door` shows."""
    if not door:
        return ()
    entries = (*TAXONOMY.groups, *TAXONOMY.list_signs(door, reception=True), *TAXONOMY.sectors)
    return tuple(entry.words[door] for entry in entries)


def list_paragraphs(template: str) -> tuple[str, ...]:
    """Returns every English text of a chapter and its includes; of plural forms the singular.

    Includes that are chosen while rendering (a part for each country) all count.
    """
    environment = current_app.jinja_env
    return tuple(dict.fromkeys(_texts(environment, template)))


def _texts(environment: Environment, template: str) -> Iterator[str]:
    if environment.loader is None:
        return
    source, _name, _fresh = environment.loader.get_source(environment, template)
    tree = environment.parse(source)
    for _line, _function, message in extract_from_ast(tree):
        text = message[0] if isinstance(message, tuple) else message
        if text:
            yield str(text)
    for included in find_referenced_templates(tree):
        if included is None:
            folder = template.rpartition("/")[0] + "/"
            beside = [name for name in environment.list_templates() if name.startswith(folder)]
            for part in beside:
                if part != template:
                    yield from _texts(environment, part)
        elif included.startswith(PARAGRAPHS):
            yield from _texts(environment, included)


def _served() -> Iterator[tuple[str, Country]]:
    for letter, code in get_letters().items():
        yield letter, get_countries()[code]


def list_offline_pages() -> Iterator[OfflinePage]:
    """Yields the doors, the chapters of all countries, and those of each country."""
    for code in (HOME, HELP, SAW):
        yield OfflinePage(code)
    for link in list_shared_links():
        yield OfflinePage(link.code)
    for letter, code in get_letters().items():
        for link in list_links(letter, get_countries()[code]):
            yield OfflinePage(link.code)
