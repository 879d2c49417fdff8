"""Extracts identifiers that two reports may share: plates, phones, addresses, adverts and names.

Each is normalised, so that "+32 470 12 34 56" and "0470/123456" are one phone. Pure functions over
text and formats: no country is looked up here, so that a process that knows nothing can run them.
Precision comes before recall, since staff look at every suggested link.

What strangers wrote (`extract_identifiers`) meets these patterns in a child process alone
(`reports.triage.match_task`): one crafted text must cost nobody else anything. What staff type
meets them where it is typed, never longer than `LONGEST` or a search query.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import SplitResult, urlsplit

import phonenumbers

from reports.triage.letter_folding import fold

KINDS: Final = ("plate", "phone", "address", "advert", "name")
LONGEST: Final = 120
"""The most characters of a value, as it is shown."""
LONGEST_NORMAL: Final = 5 * LONGEST
"""The most characters of a normalised value: of an advert, its whole address."""
TYPED: Final = ("plates", "phones", "adverts", "names")
"""The fields that ask for identifiers."""
WRITTEN: Final = ("story", "place", "online", "vehicles", "controller")
"""The other fields, in which some may stand among words."""

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
_NUMBERED = re.compile(
    rf"^(?:{_NUMBER})\s\D{{1,{LONGEST}}}$|^\D{{1,{LONGEST}}}\s(?:nr\.?|n°)?\s{{0,2}}{_NUMBER}$",
    re.I,
)
_POSTCODE = re.compile(r"^(?:[A-Z]{1,2}-)?\d{4}\s{0,2}(?:[A-Z]{2})?\s\D*$")
_WORD = re.compile(r"\w+")
_ABROAD = re.compile(r"(?<![\d+])00(?=[ ./-]?[1-9])")
_APART = re.compile(r"[^0-9A-Z]+")
_NOT_OF_A_STREET = frozenset(("nr", "no", "n", "av", "bd"))
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


@dataclass(frozen=True)
class Formats:
    """What only the countries can say: how their numbers are written.

    `regions` are assumed, one after the other, for a phone without an international prefix. In
    `plates`, A is a letter, 0 a figure and 1 a figure that is not 0.
    """

    regions: tuple[str, ...]
    plates: tuple[str, ...]


def extract_identifiers(
    texts: Mapping[str, str], messages: Iterable[str], formats: Formats
) -> tuple[Identifier, ...]:
    """Returns all identifiers in the texts (by field) and in the messages, without duplicates."""
    found: list[Identifier] = []
    for text in (*(texts.get(name, "") for name in WRITTEN), *messages):
        found += _in_text(text, formats)
    found += _plates(texts.get("plates", ""))
    found += _phones(texts.get("phones", ""), formats)
    found += _adverts(f"{texts.get('adverts', '')}\n{texts.get('online', '')}")
    found += _addresses(texts.get("place", ""))
    found += _names(texts.get("names", ""))
    return tuple(dict.fromkeys(found))


def parse_identifier(kind: str, text: str, formats: Formats) -> Identifier | None:
    """Parses text as an identifier of this kind; returns None when it cannot be one."""
    found: Iterable[Identifier] = ()
    if len(text) > LONGEST:
        return None
    if kind == "plate":
        found = _plates(text)
    elif kind == "phone":
        found = _phones(text, formats)
    elif kind == "advert":
        found = _adverts(text)
    elif kind == "address":
        found = _address(text)
    elif kind == "name":
        found = _names(text)
    return next(iter(found), None)


def extract_numbers(query: str, formats: Formats) -> tuple[str, tuple[frozenset[str], ...]]:
    """Splits a search query into the text without phones and plates, and the numbers themselves.

    Each number is a set of compacted spellings (see `compact`); a text that contains any of them
    has the number.
    """
    phones: dict[str, set[str]] = {}
    for region in formats.regions:
        for match in phonenumbers.PhoneNumberMatcher(_abroad(query), region):
            phones.setdefault(match.raw_string, set()).add(str(match.number.national_number))
    rest, numbers = _abroad(query), [frozenset(each) for each in phones.values()]
    for raw in phones:
        rest = rest.replace(raw, " ")
    for trace in tuple(_plates_among_words(rest, formats, typed=True)):
        rest = rest.replace(trace.shown, " ")
        numbers.append(frozenset((trace.normal,)))
    return rest, tuple(numbers)


def compact(text: str) -> str:
    """Returns only letters and digits, in capitals, so that the spelling of a number does not
    matter."""
    return _APART.sub("", _plain(text).upper())


def _in_text(text: str, formats: Formats) -> Iterator[Identifier]:
    yield from _plates_among_words(text, formats)
    yield from _phones(text, formats)
    yield from _adverts(text)
    for match in _STREET.finditer(text):
        yield from _address(match.group())


def _plates(text: str) -> Iterator[Identifier]:
    """Yields the plates of a field that asks for them: whatever may be one."""
    for piece in _SPLIT.split(text):
        normal = _plate_form(piece)
        if 4 <= len(normal) <= 9 and _is_mixed(normal):
            yield _make("plate", normal, piece)


def _plates_among_words(
    text: str, formats: Formats, *, typed: bool = False
) -> Iterator[Identifier]:
    """Yields the plates that are written as a country does; `typed` also in small letters."""
    for match in _PLATE.finditer(text):
        normal = _plate_form(match.group())
        formed = any(_fits(normal, shape) for shape in formats.plates)
        if formed and _is_mixed(normal) and (typed or _written_as_plate(match.group())):
            yield _make("plate", normal, match.group())


def _plate_form(text: str) -> str:
    return "".join(c for c in _plain(text).upper() if c.isascii() and c.isalnum())


def _is_mixed(normal: str) -> bool:
    return any(c.isdigit() for c in normal) and any(c.isalpha() for c in normal)


def _fits(normal: str, shape: str) -> bool:
    """Whether a plate without blanks has this shape, as the file of a country gives it."""
    return len(normal) == len(shape) and all(
        c.isalpha() if place == "A" else c.isdigit() and (place, c) != ("1", "0")
        for c, place in zip(normal, shape, strict=True)
    )


def _written_as_plate(piece: str) -> bool:
    """Whether it is in capitals, or has parts joined by a dash; "room 2b" is not."""
    return piece.upper() == piece or ("-" in piece and " " not in piece)


def _phones(text: str, formats: Formats) -> Iterator[Identifier]:
    # The patterns are the library's own, and go back over what they read: the caller has bounded
    # the text, or runs in the child process.
    region = formats.regions[0] if formats.regions else None
    for number in phonenumbers.PhoneNumberMatcher(_abroad(text), region):
        normal = phonenumbers.format_number(number.number, phonenumbers.PhoneNumberFormat.E164)
        yield _make("phone", normal, number.raw_string)


def _adverts(text: str) -> Iterator[Identifier]:
    for match in (*_ADVERT.finditer(text), *_BARE.finditer(text)):
        shown = match.group().rstrip(".,;:!?")
        if "@" in shown and "/" not in shown:
            yield _make("advert", shown.casefold(), shown)
            continue
        parts = _split_address(shown if "://" in shown else f"https://{shown}")
        host = parts.netloc.casefold().removeprefix("www.").removeprefix("m.")
        rest = parts.path.rstrip("/") + (f"?{parts.query}" if parts.query else "")
        if host and rest and len(shown) <= LONGEST * 4:
            yield _make("advert", host + rest.casefold(), shown)
    for match in _HANDLE.finditer(text):
        yield _make("advert", match.group().casefold().rstrip("."), match.group())


def _split_address(text: str) -> SplitResult:
    """Splits an address; what is none has no host."""
    try:
        return urlsplit(text)
    except ValueError:
        return SplitResult("", "", "", "", "")


def _addresses(text: str) -> Iterator[Identifier]:
    """Yields the lines or parts of `text` that are a street with a number."""
    for piece in _SPLIT.split(text):
        told = piece.strip()
        if _NUMBERED.match(told) and not _POSTCODE.match(told):
            yield from _address(told)


def _address(text: str) -> Iterator[Identifier]:
    if len(text) <= LONGEST and (normal := _address_form(fold(_figures(text)))):
        yield _make("address", normal, text)


def _address_form(folded: str) -> str:
    """Returns the words of a street with a number in one order; "" where there is no number."""
    words = (word for word in _WORD.findall(folded) if word not in _NOT_OF_A_STREET)
    kept = " ".join(sorted(words))
    return kept if any(c.isdigit() for c in kept) else ""


def _names(text: str) -> Iterator[Identifier]:
    for piece in _NAMES.split(text):
        if len(piece) <= LONGEST and (normal := _name_form(fold(_figures(piece)))):
            yield _make("name", normal, piece)


def _name_form(folded: str) -> str:
    """Returns the words of a name in one order; "" where they are none."""
    words = _WORD.findall(folded)
    return " ".join(sorted(words)) if 1 <= len(words) <= 4 and max(map(len, words)) >= 4 else ""


def list_spellings(found: Identifier) -> tuple[str, ...]:
    """Returns the normalised form, and the one that the first rules gave if it differs.

    Until letters were folded, names and addresses lost their accents only. Reports that nobody has
    opened since then have tokens of those forms.
    """
    make = {"name": _name_form, "address": _address_form}.get(found.kind)
    earlier = make(_plain(found.shown).casefold()) if make else ""
    return tuple(dict.fromkeys(filter(None, (found.normal, earlier[:LONGEST_NORMAL]))))


def _make(kind: str, normal: str, written: str) -> Identifier:
    """Returns an identifier in one line, cut to what a row may hold."""
    shown = " ".join(_printed(written).split())
    return Identifier(kind, _printed(normal)[:LONGEST_NORMAL], shown[:LONGEST])


def _printed(text: str) -> str:
    """Returns the text with a blank for each control character and each half of a character."""
    if text.isprintable():
        return text
    return "".join(" " if unicodedata.category(c) in ("Cc", "Cs") else c for c in text)


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
