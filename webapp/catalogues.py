"""Whether the compiled catalogues can be used: read whole, and no placeholder lost or invented.

A broken one stops the start and is named. A running site has read all of them, so that a file
that breaks later changes nothing before the next start.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from struct import error as StructError
from typing import Final

from flask import Flask
from flask_babel import force_locale, get_domain

from reports.errors import WaysideError
from webapp.i18n import (
    CHAPTERS,
    COUNTRIES,
    DESK,
    DOMAINS,
    FOLDER,
    MESSAGES,
    Language,
    load_catalogue,
    load_languages,
)

PLACEHOLDER: Final = re.compile(r"%\((\w+)\)s")


class CatalogueFaults(WaysideError):
    """Compiled catalogues cannot be used; one line for each fault of each."""


def check_wanted(wanted: Iterable[str]) -> None:
    """As `check`, for the languages with these tags; one that is not known has no catalogue."""
    check(_list_known(wanted))


def check(offered: Iterable[Language], folder: Path = FOLDER) -> None:
    """Raise `CatalogueFaults` with every fault of the catalogues of these languages."""
    faults = [
        fault
        for language in offered
        for domain in DOMAINS
        for fault in find_faults(language.locale, domain, folder)
    ]
    if faults:
        raise CatalogueFaults("\n".join(faults))


@cache
def find_faults(locale: str, domain: str, folder: Path = FOLDER) -> tuple[str, ...]:
    """What is wrong with one catalogue; nothing where there is none."""
    place = f"{locale}/LC_MESSAGES/{domain}.mo"
    try:
        translations = load_catalogue(locale, domain, folder)
    except (OSError, ValueError, LookupError, StructError) as problem:
        return (f"{place}: this is no compiled catalogue: {type(problem).__name__}",)
    entries: dict[object, object] = getattr(translations, "_catalog", {})
    return tuple(f"{place}: {sentence}" for sentence in _lost(entries))


def _lost(entries: dict[object, object]) -> Iterator[str]:
    for key, text in entries.items():
        english = key[0] if isinstance(key, tuple) else key
        if not isinstance(english, str) or not isinstance(text, str) or "%(" not in text:
            continue
        names = set(PLACEHOLDER.findall(english))
        if isinstance(key, tuple):
            # The compiled file keeps only the English singular, which may leave its number out.
            names |= set(PLACEHOLDER.findall(text))
        try:
            text % dict.fromkeys(names, "")
        except (KeyError, ValueError, TypeError):
            yield f"the placeholders of {english!r} are wrong"


def init_app(app: Flask, wanted: Iterable[str]) -> None:
    """Read each catalogue of the languages of the settings once, now."""
    with app.app_context():
        for language in _list_known(wanted):
            with force_locale(language.locale):
                for domain in (get_domain(), MESSAGES, CHAPTERS, COUNTRIES, DESK):
                    domain.get_translations()


def _list_known(wanted: Iterable[str]) -> list[Language]:
    tags = set(wanted)
    return [language for tag, language in load_languages().items() if tag in tags]
