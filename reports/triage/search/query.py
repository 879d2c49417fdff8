"""What a search looks for and when a text matches: words without accents, numbers in any spelling.

Functions over text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from reports.territory import get_territory
from reports.triage.identifiers import Formats, compact, extract_numbers
from reports.triage.letter_folding import fold

QUERY_LIMIT: Final = 200
SHORTEST: Final = 2
"""The most characters of a query that are used, and the least that it needs."""


@dataclass(frozen=True, slots=True)
class SearchText:
    """One part of a report, normalised. `compacted` is empty unless the query has a number."""

    name: str
    plain: str
    compacted: str = ""

    def __repr__(self) -> str:
        return f"Text({self.name})"


@dataclass(frozen=True)
class Alternative:
    """One way to match a report: it must contain all the words and all the numbers."""

    words: frozenset[str]
    numbers: tuple[frozenset[str], ...] = ()

    def match(self, texts: Sequence[SearchText]) -> tuple[str, ...]:
        """Returns the names of the parts that contain any of it, if together they contain all of
        it."""
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
    """What to look for, and in which reports; None does not filter, and includes closed reports."""

    query: str
    status: str | None = None
    country: str | None = None
    form: str | None = None
    since: date | None = None

    @property
    def words(self) -> tuple[str, ...]:
        """The words that a report must all contain; none for a query that is too short."""
        words = tuple(fold(self.query[:QUERY_LIMIT]).split())
        return words if len("".join(words)) >= SHORTEST else ()

    @property
    def ways(self) -> tuple[Alternative, ...]:
        """The alternatives: the words as typed and, if there are phones or plates among them, the
        other words with those numbers in any spelling."""
        if not self.words:
            return ()
        whole = Alternative(frozenset(self.words))
        territory = get_territory()
        formats = Formats(territory.phone_regions, territory.plates)
        rest, numbers = extract_numbers(self.query[:QUERY_LIMIT], formats)
        return (whole, Alternative(frozenset(fold(rest).split()), numbers)) if numbers else (whole,)

    def __repr__(self) -> str:
        return "SearchQuery(...)"


def match_parts(ways: Sequence[Alternative], parts: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    """Returns the names of the parts by which a report matches any alternative; empty if none."""
    numbers = any(way.numbers for way in ways)
    texts = [SearchText(name, fold(part), compact(part) if numbers else "") for name, part in parts]
    return next(filter(None, (way.match(texts) for way in ways)), ())


def _has(text: SearchText, number: frozenset[str]) -> bool:
    return any(each in text.compacted for each in number)
