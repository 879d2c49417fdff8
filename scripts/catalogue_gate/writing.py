"""The script of a translation, and its length against the English."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby

from babel.core import get_global
from babel.messages.catalog import Catalog
from fontTools.unicodedata import script as find_script

from .brought import PLACEHOLDER

WORD = re.compile(r"[^\W\d_]+")
ANY = frozenset({"Zyyy", "Zinh", "Zzzz"})
"""Characters that all scripts share, marks that take the script of their letter, and unknown ones,
which the rule on hidden characters has."""
SCRIPTS = {"Hans": {"Hani"}, "Hant": {"Hani"}, "Jpan": {"Hani", "Hira", "Kana"}, "Kore": {"Hang"}}
"""What ISO 15924 names as one way of writing, by the scripts of its characters."""
LONGEST, ROOM = 2.2, 15
"""A translation may have 2.2 letters for each English one, and 15 more. The longest of the first
four languages that were right had 2.2 and 12 more."""
SHORTEST = 0.25
SHORTEST_HAN = 0.1
"""Of the letters of the English, from `LEAST` on. Arabic needs 0.38 at the least; a Chinese
character is a word or half of one."""
LEAST = 16


def find_script_faults(text: str, english: tuple[str, ...], catalogue: Catalog) -> Iterator[str]:
    """Yields letters of another script, but those of a name that the English has as well.

    A text without a letter of its own script is a name that stays as it is: only the country files
    have such, and they are judged by `speaking` too.
    """
    own = find_own_scripts(str(catalogue.locale))
    plain = PLACEHOLDER.sub(" ", text)
    names = {word.casefold() for each in english for word in WORD.findall(each)}
    strange = {
        part
        for word in WORD.findall(plain)
        for part, scripts in _split(word)
        if not scripts <= own
        if part.casefold() not in names or (len(part) == 1 and part != word)
    }
    if strange:
        yield f"words in another script: {', '.join(sorted(strange))}"
    elif catalogue.domain != "countries" and (used := _list_scripts(plain)) and not used & own:
        yield "it has no letter of the script of its language"


def _split(word: str) -> Iterator[tuple[str, set[str]]]:
    """A word in parts of one script each: Arabic writes "and" at the name that follows it."""
    for _script, part in groupby(word, key=find_script):
        text = "".join(part)
        yield text, _list_scripts(text)


def find_own_scripts(locale: str) -> frozenset[str]:
    """Returns the scripts (ISO 15924) of a language, by CLDR's likely subtags if it names none."""
    parts = locale.split("_")
    named = next((part for part in parts[1:] if len(part) == 4), None)
    likely = get_global("likely_subtags")
    if named is None:
        found = likely.get(locale) or likely.get(parts[0]) or f"{parts[0]}_Latn"
        named = found.split("_")[1]
    return frozenset(SCRIPTS.get(named, {named}))


def _list_scripts(text: str) -> set[str]:
    return {find_script(character) for character in text if character.isalpha()} - ANY


def find_length_faults(text: str, english: tuple[str, ...]) -> Iterator[str]:
    """Yields a fault where a translation is so long or short that it cannot say the same."""
    letters = _count_letters(text)
    sizes = [_count_letters(each) for each in english]
    if letters > LONGEST * max(sizes) + ROOM:
        yield f"it is too long: {letters} letters for {max(sizes)}"
    shortest = SHORTEST_HAN if "Hani" in _list_scripts(text) else SHORTEST
    if min(sizes) >= LEAST and letters < shortest * min(sizes):
        yield f"it is too short: {letters} letters for {min(sizes)}"


def _count_letters(text: str) -> int:
    return sum(character.isalpha() for character in PLACEHOLDER.sub("", text))
