"""Extracts identifiers that two reports may share: plates, phones, addresses, adverts and names.

Each is normalised, so that "+32 470 12 34 56" and "0470/123456" are one phone. Pure functions over
text. Precision comes before recall, since staff look at every suggested link.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

import phonenumbers

from reports.territory import get_territory

KINDS: Final = ("plate", "phone", "address", "advert", "name")
LONGEST: Final = 120
"""The most characters of a value."""

_PLATE = re.compile(r"(?<![\w-])[A-Za-z0-9]{1,4}(?:[- ·.]?[A-Za-z0-9]{1,4}){1,2}(?![\w-])")
# Every repetition is bounded, so that no text causes slow backtracking: a story is a stranger's.
_ADVERT = re.compile(
    r"(?:https?://|www\.)[^\s<>\"')\]]{3,500}"
    r"|(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}",
    re.I,
)
_BARE = re.compile(r"(?<![\w./@-])(?:[\w-]{1,63}\.){1,4}[a-z]{2,24}/[^\s<>\"')\]]{1,500}", re.I)
_HANDLE = re.compile(r"(?<![\w@.])@[\w.]{3,40}")
_NUMBER = r"\d{1,4}[a-z]?"
_STREET = re.compile(
    r"\b(?:(?:rue|avenue|av\.|boulevard|bd|chauss[ée]e|route|place|quai|impasse)\s[\w'’ .-]{3,40}?"
    r"|(?<![\w'’.-])[\w'’.-]{0,40}(?:straat|laan|weg|plein|steenweg|kade|gracht|dreef|stra(?:ss|ß)e|street|road)"
    r"|(?:(?<!\w)\w{1,40}\s)(?:street|road|lane))"
    rf"[, ]{{1,4}}(?:nr\.?|n°|no\.?)?\s{{0,2}}{_NUMBER}\b",
    re.I,
)
_NUMBERED = re.compile(rf"^(?:{_NUMBER})\s+\D+$|^\D+\s(?:nr\.?|n°)?\s*{_NUMBER}$", re.I)
_POSTCODE = re.compile(r"^(?:[A-Z]{1,2}-)?\d{4}\s*(?:[A-Z]{2})?\s+\D*$")
_ABROAD = re.compile(r"(?<![\d+])00(?=[ ./-]?[1-9])")
_APART = re.compile(r"[^0-9A-Z]+")
_SPLIT = re.compile(r"[\n,;|]+")
_NAMES = re.compile(r"[\n,;|/&]+|\s(?:and|en|et|und|or|of|ou|oder)\s", re.I)


@dataclass(frozen=True)
class Identifier:
    """One identifier. `normal` is the normalised form, used for comparison; `shown` is as
    written."""

    kind: str
    normal: str
    shown: str = field(compare=False)

    def __repr__(self) -> str:
        return f"Trace({self.kind})"


def extract_identifiers(
    answers: Mapping[str, str], messages: Iterable[str] = ()
) -> tuple[Identifier, ...]:
    """Returns all identifiers in the answers and in the reporter's messages, without duplicates."""
    region = find_region(answers)
    free = [
        answers.get(name, "") for name in ("story", "place", "online", "vehicles", "controller")
    ]
    found: list[Identifier] = []
    for text in (*free, *messages):
        found += _in_text(text, region)
    found += _plates(answers.get("plates", ""), known=True)
    found += _phones(answers.get("phones", ""), region)
    found += _adverts(f"{answers.get('adverts', '')}\n{answers.get('online', '')}")
    found += _addresses(answers.get("place", ""))
    found += _names(answers.get("names", ""))
    return tuple(dict.fromkeys(found))


def find_region(answers: Mapping[str, str]) -> str:
    """Returns the country assumed for phone numbers without a prefix; "" when no known one
    applies."""
    told = (answers.get("country", ""), answers.get("present", ""))
    return get_territory().find_phone_region(told)


def parse_identifier(kind: str, text: str, region: str) -> Identifier | None:
    """Parses text as an identifier of this kind; returns None when it cannot be one."""
    found: Iterable[Identifier] = ()
    if kind == "plate":
        found = _plates(text, known=True)
    elif kind == "phone":
        found = _phones(text, region)
    elif kind == "advert":
        found = _adverts(text)
    elif kind == "address":
        found = _address(text)
    elif kind == "name":
        found = _names(text)
    return next(iter(found), None)


def extract_numbers(query: str) -> tuple[str, tuple[frozenset[str], ...]]:
    """Splits a search query into the text without phones and plates, and the numbers themselves.

    Each number is a set of compacted spellings (see `compact`); a text that contains any of them
    has the number.
    """
    phones: dict[str, set[str]] = {}
    for region in get_territory().phone_regions:
        for match in phonenumbers.PhoneNumberMatcher(_abroad(query), region):
            phones.setdefault(match.raw_string, set()).add(str(match.number.national_number))
    rest, numbers = _abroad(query), [frozenset(each) for each in phones.values()]
    for raw in phones:
        rest = rest.replace(raw, " ")
    for trace in _plates(rest.upper()):
        rest = re.sub(re.escape(trace.shown), " ", rest, flags=re.I)
        numbers.append(frozenset((trace.normal,)))
    return rest, tuple(numbers)


def compact(text: str) -> str:
    """Returns only letters and digits, in capitals, so that the spelling of a number does not
    matter."""
    return _APART.sub("", _plain(text).upper())


def _in_text(text: str, region: str) -> Iterator[Identifier]:
    yield from _plates(text)
    yield from _phones(text, region)
    yield from _adverts(text)
    for match in _STREET.finditer(text):
        yield from _address(match.group())


def _plates(text: str, *, known: bool = False) -> Iterator[Identifier]:
    """Yields plates: with `known` (the field for plates) any plausible one, else only known
    formats."""
    pieces = _SPLIT.split(text) if known else [match.group() for match in _PLATE.finditer(text)]
    for piece in pieces:
        normal = "".join(c for c in _plain(piece).upper() if c.isascii() and c.isalnum())
        mixed = any(c.isdigit() for c in normal) and any(c.isalpha() for c in normal)
        if known and 4 <= len(normal) <= 9 and mixed:
            yield Identifier("plate", normal, piece.strip())
        formed = any(form.fullmatch(normal) for form in get_territory().plates)
        if not known and mixed and formed and _written_as_plate(piece):
            yield Identifier("plate", normal, piece.strip())


def _written_as_plate(piece: str) -> bool:
    """Whether it is in capitals, or has parts joined by a dash; "room 2b" is not."""
    return piece.upper() == piece or ("-" in piece and " " not in piece)


def _phones(text: str, region: str) -> Iterator[Identifier]:
    for number in phonenumbers.PhoneNumberMatcher(_abroad(text), region or None):
        normal = phonenumbers.format_number(number.number, phonenumbers.PhoneNumberFormat.E164)
        yield Identifier("phone", normal, number.raw_string.strip())


def _adverts(text: str) -> Iterator[Identifier]:
    for match in (*_ADVERT.finditer(text), *_BARE.finditer(text)):
        shown = match.group().rstrip(".,;:!?")
        if "@" in shown and "/" not in shown:
            yield Identifier("advert", shown.casefold(), shown)
            continue
        parts = urlsplit(shown if "://" in shown else f"https://{shown}")
        host = parts.netloc.casefold().removeprefix("www.").removeprefix("m.")
        rest = parts.path.rstrip("/") + (f"?{parts.query}" if parts.query else "")
        if host and rest and len(shown) <= LONGEST * 4:
            yield Identifier("advert", host + rest.casefold(), shown[:LONGEST])
    for match in _HANDLE.finditer(text):
        yield Identifier("advert", match.group().casefold().rstrip("."), match.group())


def _addresses(text: str) -> Iterator[Identifier]:
    """Yields the lines or parts of `text` that are a street with a number."""
    for piece in _SPLIT.split(text):
        told = piece.strip()
        if _NUMBERED.match(told) and not _POSTCODE.match(told):
            yield from _address(told)


def _address(text: str) -> Iterator[Identifier]:
    words = re.findall(r"\w+", _plain(text).casefold())
    kept = sorted(word for word in words if word not in ("nr", "no", "n", "av", "bd"))
    if any(any(c.isdigit() for c in word) for word in kept) and len(text) <= LONGEST:
        yield Identifier("address", " ".join(kept), text.strip())


def _names(text: str) -> Iterator[Identifier]:
    for piece in _NAMES.split(text):
        words = re.findall(r"\w+", _plain(piece).casefold())
        if 1 <= len(words) <= 4 and max(map(len, words)) >= 4 and len(piece) <= LONGEST:
            yield Identifier("name", " ".join(sorted(words)), piece.strip())


def _abroad(text: str) -> str:
    """Returns the text with ASCII digits, and with "+" for the international prefix 00."""
    return _ABROAD.sub("+", _figures(text))


def _figures(text: str) -> str:
    """Returns the text with the digits of any script as 0-9."""
    if text.isascii():
        return text
    return "".join(
        str(unicodedata.digit(c)) if c.isdigit() and not c.isascii() else c for c in text
    )


def _plain(text: str) -> str:
    """Returns the text without accents and with ASCII digits."""
    apart = unicodedata.normalize("NFKD", _figures(text))
    return "".join(c for c in apart if not unicodedata.combining(c))
