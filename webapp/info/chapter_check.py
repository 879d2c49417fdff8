"""Checks that every chapter can be rendered from the country files, which their loader cannot.

A valid file may lack a fact that a chapter quotes, or give it in another unit. `countries-check`
reports that, and a running site rejects such files.
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
    """Returns a fault for each chapter that cannot be rendered from this edition."""
    return [fault for chapter, letter in _all(edition) if (fault := _try(edition, chapter, letter))]


def _all(edition: Edition) -> Iterator[tuple[Chapter, str]]:
    yield from ((chapter, "") for chapter in OF_ALL)
    yield from ((chapter, letter) for letter in edition.letters for chapter in OF_A_COUNTRY)


def _try(edition: Edition, chapter: Chapter, letter: str) -> FileFault | None:
    country = edition.countries[edition.letters[letter]] if letter else None
    if not is_written(chapter, country):
        return None
    address = build_public_path(get_languages().fallback.tag, build_code(chapter, letter))
    # A separate application context, so that this trial does not touch the request's `g`.
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
    """Returns the file to blame for a fault that names none: the country's, or the only one to
    cause it."""
    if country is not None:
        return f"{country.code.lower()}.toml"
    for each, code in edition.letters.items():
        if len(edition.letters) > 1 and _try(
            replace(edition, letters={each: code}), chapter, letter
        ):
            return f"{code.lower()}.toml"
    return f"{edition.countries.common.code.lower()}.toml"
