"""English that was left where a translation should be, found by a language identifier.

py3langid ships its model, of 140 languages, and looks at letters alone; it is asked of sentences
that are long enough for it, and of whole names in scripts that English does not use.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from .brought import PLACEHOLDER
from .writing import find_own_scripts

LETTERS, WORDS = 20, 4
"""How long a sentence must be to be asked about: below, names and loans deceive the identifier. On
7,387 texts of four languages and their English it was wrong about names alone."""
OF_THE_COUNTRIES = ("nl", "fr", "de", "lb")
"""Names stay in the languages of the countries, whatever the page is in."""
SAME = {"fil": "tl", "ckb": "sdh", "fa_AF": "fa", "no": "nn", "sr": "sr", "pcm": "pcm"}
"""Locales that the identifier knows by another code, or by their nearest neighbour."""
SENTENCE = re.compile(r"(?<=[.!?;:])\s+")


def find_english(text: str, english: tuple[str, ...], locale: str) -> Iterator[str]:
    """Yields each sentence of a translation that is English still."""
    if locale.split("_")[0] == "en":
        return
    source = " ".join(english)
    for sentence in SENTENCE.split(text):
        plain = _strip(sentence)
        unchanged = plain.casefold() == _strip(source).casefold()
        if not _is_long(plain) and not (unchanged and _is_foreign(locale) and " " in plain):
            continue
        if _is_english(plain, locale):
            yield f"this is English: {sentence!r}"


def _strip(text: str) -> str:
    bare = re.sub("[\u2066-\u2069]", "", PLACEHOLDER.sub(" ", text))
    return " ".join(bare.split())


def _is_long(plain: str) -> bool:
    words = re.findall(r"[^\W\d_]+", plain)
    return len(words) >= WORDS and sum(map(len, words)) >= LETTERS


def _is_foreign(locale: str) -> bool:
    """Whether the language is not written in the script of English."""
    return "Latn" not in find_own_scripts(locale)


@cache
def _is_english(plain: str, locale: str) -> bool:
    found: str = load_identifier(locale).classify(plain)[0]
    # A name as it stands on a door: each word with a capital letter, or with none that matters.
    is_name = all(word[:1].isupper() or len(word) < 3 for word in re.findall(r"[^\W\d_]+", plain))
    return found == "en" and not is_name


@cache
def load_identifier(locale: str) -> Any:
    """Returns an identifier that chooses among English, the language and those of the countries.

    Raises `SystemExit` where the package of the tests is not installed.
    """
    try:
        langid = importlib.import_module("py3langid.langid")
    except ModuleNotFoundError as missing:
        raise SystemExit("the check needs the packages of the tests: make .venv/.test") from missing
    identifier = langid.LanguageIdentifier.from_model_file(langid.MODEL_FILE)
    wanted = SAME.get(locale) or SAME.get(locale.split("_")[0]) or locale.split("_")[0]
    if wanted in identifier.labels:
        identifier.set_languages(sorted({"en", wanted, *OF_THE_COUNTRIES}))
    return identifier
