"""Folds letters that people write differently in one and the same name, for search and links.

Accents go by Unicode's own decomposition. Latin letters that it leaves whole (ł, ø, đ, ı, þ) become
what anyascii's table says; other scripts keep their letters, since romanising them would make
different names one. Letters of Arabic that are typed for one another become one, as in Apache
Lucene's ArabicNormalizer and PersianNormalizer. Every kind of apostrophe is the straight one.

The tables are made when this is loaded: the process that looks through texts opens no file later.
"""

from __future__ import annotations

import unicodedata
from typing import Final

from anyascii import anyascii

_PLANE: Final = range(0x80, 0x10000)
_APOSTROPHES: Final = dict.fromkeys(map(ord, "’‘‛ʼʻʽʾʿˈʹ′´`＇"), "'")
_ARABIC: Final = str.maketrans(
    {
        "ة": "ه",
        "ە": "ه",
        "ہ": "ه",
        "ى": "ي",
        "ی": "ي",
        "ے": "ي",
        "ک": "ك",
        "ٱ": "ا",
        "ـ": "",
    }
)


def _make_latin_table() -> dict[int, str]:
    """Returns what becomes of each small Latin letter that has no decomposition."""
    letters = (chr(each) for each in _PLANE if chr(each).islower())
    return {
        ord(letter): anyascii(letter).lower()
        for letter in letters
        if unicodedata.name(letter, "").startswith("LATIN ")
        and not unicodedata.decomposition(letter)
    }


_ACCENTS: Final = {each: "" for each in _PLANE if unicodedata.combining(chr(each))}
_LETTERS: Final = {**_ACCENTS, **_make_latin_table(), **_ARABIC}


def fold(text: str) -> str:
    """Returns the text in small letters, without accents, one spelling for letters that are taken
    for one another; to be compared with other folded texts, and not to be shown."""
    small = text.casefold()
    if small.isascii():
        return small.replace("`", "'")
    return unicodedata.normalize("NFKD", small.translate(_APOSTROPHES)).translate(_LETTERS)
