"""What a search looks for, and whether a text has it: words without accents, numbers without form.

Pure: text in, answers out.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from reports.triage.identifiers import compact, extract_numbers

QUERY_LIMIT: Final = 200
SHORTEST: Final = 2
"""Characters that a query has at most, and at least."""
_PLANE: Final = map(chr, range(0x10000))
_ACCENTS: Final = re.compile(f"[{''.join(c for c in _PLANE if unicodedata.combining(c))}]+")


@dataclass(frozen=True, slots=True)
class SearchText:
    """One part of a report, as it is compared. `compacted` is empty where no number is wanted."""

    name: str
    plain: str
    compacted: str = ""

    def __repr__(self) -> str:
        return f"Text({self.name})"


@dataclass(frozen=True)
class Alternative:
    """One way in which a report can have what was asked for: all the words and all the numbers."""

    words: frozenset[str]
    numbers: tuple[frozenset[str], ...] = ()

    def match(self, texts: Sequence[SearchText]) -> tuple[str, ...]:
        """The parts that have any of it, if together they have all of it; otherwise none."""
        for word in self.words:
            if not any(word in text.plain for text in texts):
                return ()
        for number in self.numbers:
            if not any(_has(text, number) for text in texts):
                return ()
        return tuple(dict.fromkeys(text.name for text in texts if self._any_in(text)))

    def _any_in(self, text: SearchText) -> bool:
        words = any(word in text.plain for word in self.words)
        return words or any(_has(text, number) for number in self.numbers)

    def __repr__(self) -> str:
        return "Alternative(...)"


@dataclass(frozen=True)
class SearchQuery:
    """What to look for, and among which reports; None looks among all, closed ones too."""

    query: str
    status: str | None = None
    country: str | None = None
    form: str | None = None
    since: date | None = None

    @property
    def words(self) -> tuple[str, ...]:
        """The words that a report must have, all of them; none for a query that is too short."""
        words = tuple(normalise(self.query[:QUERY_LIMIT]).split())
        return words if len("".join(words)) >= SHORTEST else ()

    @property
    def ways(self) -> tuple[Alternative, ...]:
        """The words as they are; and, where there is a phone or a plate among them, the others
        with that number, however it was written."""
        if not self.words:
            return ()
        whole = Alternative(frozenset(self.words))
        rest, numbers = extract_numbers(self.query[:QUERY_LIMIT])
        return (
            (whole, Alternative(frozenset(normalise(rest).split()), numbers))
            if numbers
            else (whole,)
        )

    def __repr__(self) -> str:
        return "SearchQuery(...)"


def match_parts(ways: Sequence[Alternative], parts: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    """The names of the parts by which a report has what one of the ways asks for; none if not."""
    numbers = any(way.numbers for way in ways)
    texts = [
        SearchText(name, normalise(part), compact(part) if numbers else "") for name, part in parts
    ]
    return next(filter(None, (way.match(texts) for way in ways)), ())


def normalise(text: str) -> str:
    """In small letters, without accents: what is compared, word by word."""
    small = text.casefold()
    if small.isascii():
        return small
    return _ACCENTS.sub("", unicodedata.normalize("NFKD", small))


def _has(text: SearchText, number: frozenset[str]) -> bool:
    return any(each in text.compacted for each in number)
