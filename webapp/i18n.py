"""The languages this site knows and offers, and the choice among them for one request.

A public page takes its language from the address and from nothing else; the chooser, the error
pages and the desk look at `Accept-Language`. Each catalogue (domain) has its own lookup, because
merging several into one loses the plural rules of Arabic where a catalogue is missing.
"""

import logging
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from babel import Locale
from babel.support import NullTranslations
from flask import Flask, abort, g, has_request_context, request
from flask_babel import Domain, get_locale
from werkzeug.datastructures import LanguageAccept

from webapp.catalogues import FOLDER, is_translated, load_catalogue, log_faults, read_source_texts
from webapp.site.app_services import get_services

_log = logging.getLogger("wayside.languages")

SOURCE: Final = "en"
"""The language that the texts are written in."""
SPINE: Final = ("messages", "countries")
"""What every page may show: a language is offered when these are whole, so that no page is in two
languages. A chapter is in a language when it is whole itself."""


class Catalogue(Domain):  # type: ignore[misc]  # flask_babel ships no types
    """A domain whose words are found quickly: a page asks for hundreds of them."""

    def __init__(self, name: str) -> None:
        super().__init__([str(FOLDER)], name)
        self._ready: dict[Locale, NullTranslations] = {}

    def get_translations(self) -> NullTranslations:
        """The words in the language of this moment."""
        locale = get_locale()
        found = self._ready.get(locale)
        if found is None:
            found = load_catalogue(str(locale or SOURCE), self.domain[0])
            if locale is not None:
                self._ready[locale] = found
        return found


MESSAGES: Final = Catalogue("messages")
CHAPTERS: Final = Catalogue("chapters")
COUNTRIES: Final = Catalogue("countries")
DESK: Final = Catalogue("desk")


@dataclass(frozen=True, slots=True)
class Language:
    """One language: BCP 47 `tag` (in addresses and `lang`), Babel's `locale`, its own `name`."""

    tag: str
    locale: str
    name: str
    direction: str
    reviewed: bool


@dataclass(frozen=True, slots=True)
class Languages:
    """The languages that this instance offers, in the order of the settings; English always.

    `withheld` are those of the settings that are not whole: their addresses lead nowhere else, and
    show each page in English, whole.
    """

    offered: tuple[Language, ...]
    withheld: tuple[Language, ...] = ()

    def find(self, tag: str) -> Language | None:
        return next((language for language in self.offered if language.tag == tag), None)

    def find_for_address(self, tag: str) -> Language | None:
        """The language that an address with this tag is shown in."""
        if any(language.tag == tag for language in self.withheld):
            return self.fallback
        return self.find(tag)

    def find_closest(self, tag: str) -> Language | None:
        """The language of this tag, or the one that it is a variety of: `nl` for `nl-BE`."""
        return self.find(tag) or self.find(tag.replace("_", "-").split("-")[0].lower())

    @property
    def fallback(self) -> Language:
        return next(language for language in self.offered if language.tag == SOURCE)

    def negotiate(self, wanted: LanguageAccept) -> Language:
        """The offered language that a browser's `Accept-Language` likes best.

        `nl-BE` is content with `nl`, before any language that it likes less.
        """
        for value, quality in wanted:
            tag = value.replace("_", "-").lower()
            same = [row for row in self.offered if row.tag.lower() == tag]
            near = [row for row in self.offered if row.tag.split("-")[0] == tag.split("-")[0]]
            if quality > 0 and (same or near):
                return (same or near)[0]
        return self.fallback


def load_languages(folder: Path = FOLDER) -> dict[str, Language]:
    """Every language of `languages.toml`, by tag."""
    rows = tomllib.loads((folder / "languages.toml").read_text("utf-8"))
    return {tag: Language(tag=tag, **row) for tag, row in rows.items()}


@cache
def get_known_languages() -> Mapping[str, Language]:
    """The same, read once."""
    return load_languages()


def measure_coverage(language: Language, texts: Sequence[str], domain: str) -> float:
    """The share of `texts` that a catalogue translates, from 0 to 1; English is always whole."""
    if language.tag == SOURCE or not texts:
        return 1.0
    translations = load_catalogue(language.locale, domain)
    return sum(is_translated(text, translations) for text in texts) / len(texts)


def choose_offered(wanted: Iterable[str]) -> Languages:
    """The languages of the settings, those whose spine is not whole apart and named in the log;
    English joins where missing."""
    all_known = load_languages()
    rows = [all_known[tag] for tag in wanted if tag in all_known]
    if not any(row.tag == SOURCE for row in rows):
        rows.append(all_known[SOURCE])
    texts = {domain: read_source_texts(domain) for domain in SPINE}
    whole = {
        row: all(measure_coverage(row, texts[each], each) == 1 for each in SPINE) for row in rows
    }
    log_faults(row.locale for row in rows)
    for row in rows:
        if not whole[row]:
            _log.error("event=language_withheld language=%s", row.tag)
    return Languages(
        tuple(row for row in rows if whole[row]), tuple(row for row in rows if not whole[row])
    )


def get_languages() -> Languages:
    """The languages of the running application."""
    return get_services().languages


def get_language() -> Language:
    """The language of this request: the address's, otherwise the browser's favourite."""
    chosen: Language | None = g.get("language")
    if chosen is None:
        best = get_languages().fallback
        if has_request_context():
            first = request.path.split("/", 2)[1]
            best = get_languages().find_closest(first) or get_languages().negotiate(
                request.accept_languages
            )
        g.language = chosen = best
    return chosen


def list_preferred() -> tuple[Language, ...]:
    """The offered languages: that of this request first, then those that its browser prefers."""
    offered, own = get_languages().offered, get_language()
    wanted = request.accept_languages.values() if has_request_context() else ()
    liked = [get_languages().find_closest(tag) for tag in wanted]
    return tuple(dict.fromkeys((own, *(row for row in liked if row), *offered)))


def select_locale() -> str:
    """Flask-Babel's question: the locale of this request."""
    return get_language().locale


def init_app(app: Flask) -> None:
    """Take the language out of every address, and put it back into every link."""

    @app.url_value_preprocessor
    def take(endpoint: str | None, values: dict[str, str] | None) -> None:
        if values and "language" in values:
            g.language = get_languages().find_for_address(values.pop("language"))
            if g.language is None:
                abort(404)

    @app.url_defaults
    def put(endpoint: str, values: dict[str, str]) -> None:
        if "language" not in values and app.url_map.is_endpoint_expecting(endpoint, "language"):
            values["language"] = get_language().tag
