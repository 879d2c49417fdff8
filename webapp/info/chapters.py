"""The chapters: words from the `chapters` catalogue, facts from the country files, nothing else.

A chapter is a pure function of (language, country, chapter), or of (language, chapter) where it
belongs to all countries. It speaks a language only when every paragraph of it is translated;
otherwise the whole chapter is in English, and says so in its markup.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

from flask import current_app, render_template
from flask_babel import force_locale
from jinja2 import Environment
from jinja2.ext import extract_from_ast
from jinja2.meta import find_referenced_templates
from markupsafe import Markup

from reports.routing.country import Country
from webapp.config import Config
from webapp.context import words_of
from webapp.countries import countries, country_name, letters
from webapp.i18n import CHAPTERS, Language, catalogue, is_translated, language, languages
from webapp.info.quoted import Quoted, neighbour
from webapp.info.shelf import OF_A_COUNTRY, OF_ALL, Chapter, code_of
from webapp.sources import by_date

PARAGRAPHS = "info/chapters/"


@dataclass(frozen=True, slots=True)
class Link:
    """A way to a chapter: its code in the address and its heading in the reader's language."""

    name: str
    code: str
    words: str


def render_chapter(chapter: Chapter, letter: str, country: Country | None) -> str:
    """The whole page of a chapter, in the language of the request."""
    template = chapter.template(country)
    spoken = spoken_language(template)
    facts = Quoted(country)
    with force_locale(spoken.locale):
        paragraphs_of_it = current_app.jinja_env.get_template(template)
        body = Markup(
            paragraphs_of_it.render(
                fact=facts,
                here=country_name(country) if country else "",
                letter=letter,
                retention_days=_config().domain.retention_days,
                neighbours=[neighbour(*each, facts.reviews) for each in _served()],
                rights=[links_of(*each)[0] for each in _served()],
                more={link.name: link for link in links_of(letter, country) + links_of_all()},
                **words_of(CHAPTERS),
            )
        )
        origins = list(by_date(facts.reviews))
    return render_template(
        "info/chapter.html",
        chapter=chapter,
        heading=heading(chapter, country),
        name=country_name(country) if country else "",
        letter=letter,
        spoken=spoken,
        body=body,
        origins=origins,
        others=[link for link in links_of(letter, country) if link.name != chapter.name],
        of_all=[link for link in links_of_all() if link.name != chapter.name],
    )


def heading(chapter: Chapter, country: Country | None) -> str:
    """The heading of a chapter, with the country's name where it belongs to one."""
    words = str(chapter.heading)
    return words % {"country": country_name(country)} if country else words


def is_written(chapter: Chapter, country: Country | None) -> bool:
    """Whether there are paragraphs of this chapter."""
    return chapter.template(country) in current_app.jinja_env.list_templates()


def links_of(letter: str, country: Country | None) -> list[Link]:
    """The chapters of one country, in the order of the shelf."""
    if country is None:
        return []
    written = [chapter for chapter in OF_A_COUNTRY if is_written(chapter, country)]
    return [Link(each.name, code_of(each, letter), heading(each, country)) for each in written]


def links_of_all() -> list[Link]:
    """The chapters that belong to all countries."""
    written = [chapter for chapter in OF_ALL if is_written(chapter, None)]
    return [Link(each.name, code_of(each), heading(each, None)) for each in written]


def spoken_language(template: str) -> Language:
    """The reader's language if all paragraphs are translated, otherwise English."""
    wanted = language()
    translations = catalogue(wanted.locale, CHAPTERS.domain[0])
    whole = all(is_translated(text, translations) for text in paragraphs(template))
    return wanted if whole else languages().fallback


def paragraphs(template: str) -> tuple[str, ...]:
    """Every English text of a chapter and of what it includes; of plural forms the singular."""
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
        if included is not None and included.startswith(PARAGRAPHS):
            yield from _texts(environment, included)


def _config() -> Config:
    return cast(Config, current_app.extensions["config"])


def _served() -> Iterator[tuple[str, Country]]:
    for letter, code in letters().items():
        yield letter, countries()[code]
