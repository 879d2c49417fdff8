"""The sources of facts in words: a printed guide with line numbers, or a web page."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from flask_babel import format_date

from reports.routing.entries import SourceReview
from reports.territory import get_territory
from webapp.i18n import COUNTRIES


@dataclass(frozen=True, slots=True)
class Citation:
    """One source: `words` in the reader's language, or an `address` as written."""

    words: str
    address: str


def parse_citations(text: str) -> tuple[Citation, ...]:
    """Parses a `source` entry: `F:12; B:3-4; https://...`, or a remark."""
    parts = [part.strip() for part in text.split(";") if part.strip()]
    found = []
    for guide, group in groupby(parts, key=_guide_of):
        if guide is None:
            found += [Citation("", part) for part in group]
        else:
            lines = ", ".join(part[2:] for part in group)
            found.append(Citation(_in_guide(guide, lines), ""))
    return tuple(found)


def group_by_date(reviews: Iterable[SourceReview]) -> Iterator[tuple[str, tuple[Citation, ...]]]:
    """Yields each day of review, the latest first, with the sources reviewed that day."""
    days: dict[date, dict[str, None]] = {}
    for review in reviews:
        parts = days.setdefault(review.reviewed_on, {})
        parts.update(dict.fromkeys(part.strip() for part in review.source.split(";")))
    for day, parts in sorted(days.items(), reverse=True):
        yield format_date(day, "long"), parse_citations("; ".join(sorted(parts, key=_order)))


def _order(part: str) -> tuple[str, int, str]:
    guide = _guide_of(part) or "Z"
    first = part[2:].split("-")[0]
    return guide, int(first) if guide != "Z" and first.isdigit() else 0, part


def _guide_of(part: str) -> str | None:
    letter, colon, _lines = part.partition(":")
    return letter if colon and get_territory().find_guide(letter) else None


def _in_guide(letter: str, lines: str) -> str:
    guide = get_territory().find_guide(letter)
    return str(COUNTRIES.gettext(guide.words, lines=lines)) if guide else f"{letter}:{lines}"
