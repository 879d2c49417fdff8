"""Whether every chapter can be written from the country files: what the loader cannot know.

A file may be whole in itself and lack a fact that a chapter quotes, or count it in other units.
`countries-check` names that, and a running site does not take such files.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from flask import current_app, g
from jinja2.exceptions import UndefinedError

from reports.routing.country import Country, NoSuchContact
from reports.routing.faults import FileFault
from webapp.i18n import get_languages
from webapp.info.chapter_list import OF_A_COUNTRY, OF_ALL, Chapter, build_code
from webapp.info.chapters import is_written, render_chapter
from webapp.info.fact_reader import FactFault
from webapp.site.country_edition import Edition
from webapp.site.page_codes import build_public_path


def find_unwritten_chapters(edition: Edition) -> list[FileFault]:
    """A fault for each chapter that this edition cannot fill."""
    return [fault for chapter, letter in _all(edition) if (fault := _try(edition, chapter, letter))]


def _all(edition: Edition) -> Iterator[tuple[Chapter, str]]:
    yield from ((chapter, "") for chapter in OF_ALL)
    yield from ((chapter, letter) for letter in edition.letters for chapter in OF_A_COUNTRY)


def _try(edition: Edition, chapter: Chapter, letter: str) -> FileFault | None:
    country = edition.countries[edition.letters[letter]] if letter else None
    if not is_written(chapter, country):
        return None
    address = build_public_path(get_languages().fallback.tag, build_code(chapter, letter))
    # An application context of its own: what this trial holds in `g` is not the request's.
    with current_app.app_context(), current_app.test_request_context(address):
        g.edition, g.language = edition, get_languages().fallback
        try:
            render_chapter(chapter, letter, country)
        except FactFault as fault:
            sentence = f"the chapter {chapter.name} cannot be written: {fault}"
            return FileFault(f"{fault.country.lower()}.toml", fault.key, sentence)
        except (LookupError, ValueError, TypeError, UndefinedError, NoSuchContact) as problem:
            sentence = f"this chapter cannot be written: {type(problem).__name__} {problem}"
            return FileFault(_blame(edition, chapter, letter, country), chapter.name, sentence)
    return None


def _blame(edition: Edition, chapter: Chapter, letter: str, country: Country | None) -> str:
    """The file of a fault that names none: of the country, or of the one alone that brings it."""
    if country is not None:
        return f"{country.code.lower()}.toml"
    for each, code in edition.letters.items():
        if len(edition.letters) > 1 and _try(
            replace(edition, letters={each: code}), chapter, letter
        ):
            return f"{code.lower()}.toml"
    return f"{edition.countries.common.code.lower()}.toml"
