"""The compiled catalogues: each read once, after it was found whole.

One that cannot be read, or would break a page, is set aside: it translates nothing, so that what
needs it is in English as a whole, and the log names it. A running site has read what it shows, so
that a file that breaks later changes nothing before the next start.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from struct import error as StructError
from typing import Final

from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations

FOLDER: Final = Path(__file__).parent / "translations"
DOMAINS: Final = ("messages", "chapters", "countries", "desk")
PLACEHOLDER: Final = re.compile(r"%\((\w+)\)s")
FORMS_SHOWN: Final = range(200)
"""Numbers that show how many plural forms a language has."""

_log = logging.getLogger("wayside.catalogues")


@cache
def load_catalogue(locale: str, domain: str, folder: Path = FOLDER) -> NullTranslations:
    """Returns a compiled catalogue; one that translates nothing where there is none to use."""
    return _read(locale, domain, folder)[0]


def find_faults(locale: str, domain: str, folder: Path = FOLDER) -> tuple[str, ...]:
    """Returns what is wrong with one catalogue, with its file; nothing if there is none."""
    return _read(locale, domain, folder)[1]


def log_faults(locales: Iterable[str], domains: Iterable[str] = DOMAINS) -> None:
    """Writes one line for each catalogue of these locales that is set aside."""
    for locale in locales:
        for domain in domains:
            if faults := find_faults(locale, domain):
                place = _place(locale, domain)
                _log.error("event=catalogue_set_aside file=%s faults=%d", place, len(faults))


def is_translated(text: str, translations: NullTranslations) -> bool:
    """Returns whether a catalogue holds `text`, with all forms where it counts (its singular)."""
    entries: dict[object, object] = getattr(translations, "_catalog", {})
    return bool(entries.get(text) or entries.get((text, 0)))


@cache
def read_source_texts(domain: str, folder: Path = FOLDER) -> tuple[str, ...]:
    """Returns the English texts of a domain, from its template; of plural forms the singular."""
    return tuple(_read_template(domain, folder))


@cache
def _read(locale: str, domain: str, folder: Path) -> tuple[NullTranslations, tuple[str, ...]]:
    place = _place(locale, domain)
    try:
        translations = Translations.load(str(folder), [locale], domain)
        entries: dict[object, object] = getattr(translations, "_catalog", {})
        faults = tuple(f"{place}: {fault}" for fault in _find_lost(entries, translations, domain))
    except (OSError, ValueError, LookupError, TypeError, SyntaxError, StructError) as problem:
        faults = (f"{place}: this is no compiled catalogue: {type(problem).__name__}",)
    return (NullTranslations() if faults else translations), faults


def _place(locale: str, domain: str) -> str:
    return f"{locale}/LC_MESSAGES/{domain}.mo"


def _find_lost(
    entries: dict[object, object], translations: NullTranslations, domain: str
) -> Iterator[str]:
    """Yields what would break a page: lost placeholders, and numbers without a form."""
    if not entries:
        return
    choose = getattr(translations, "plural", None)
    forms = {choose(number) for number in FORMS_SHOWN} if choose else {0}
    counting = {key[0] for key in entries if isinstance(key, tuple)}
    for english in counting:
        if not all(entries.get((english, form)) for form in forms):
            yield f"plural forms of {english!r} are missing"
    template = _read_template(domain, FOLDER)
    for key, text in entries.items():
        english = key[0] if isinstance(key, tuple) else key
        if not english or not isinstance(english, str) or not isinstance(text, str):
            continue
        # The compiled file keeps only the English singular, which may leave its number out.
        known = english + template.get(english, english) if isinstance(key, tuple) else english
        names = PLACEHOLDER.findall(known)
        # English that shows a percent sign gets no value.
        if _takes(english, names) and not _takes(text, names):
            yield f"the placeholders of {english!r} are wrong"


def _takes(text: str, names: list[str]) -> bool:
    """Whether a text can be filled in with values of these names."""
    try:
        text % dict.fromkeys(names, "")
    except (KeyError, ValueError, TypeError):
        return False
    return True


@cache
def _read_template(domain: str, folder: Path) -> dict[str, str]:
    """The texts of a template, each with its English plural or with itself."""
    template = folder / f"{domain}.pot"
    if not template.exists():
        return {}
    with template.open("rb") as lines:
        found = [message.id for message in read_po(lines) if message.id]
    return {text: text for text in found if isinstance(text, str)} | {
        text[0]: text[1] for text in found if not isinstance(text, str)
    }
