"""What a translation brings that its English has not, or leaves out of it."""

from __future__ import annotations

import gettext
import re
import unicodedata
from collections.abc import Iterator, Sequence

from babel.messages.catalog import Catalog

MARKUP = re.compile(r"[<>]|&#?\w+;")
ADDRESS = re.compile(
    r"//|\bwww\.|\b(?:mailto|tel|sms|javascript|data):|[\w.+-]@[\w-]"
    r"|[\w-]{2}\.(?:com|net|org|info|biz|onion|eu|[a-z]{2})\b",
    re.IGNORECASE,
)
"""What a page or a browser may take for an address, "name.tld" without a blank among them."""
PLACEHOLDER = re.compile(r"%\((\w+)\)[a-z]")
PERCENT = re.compile(r"%(?!\(\w+\)[sd]|%)")
JOINERS, ISOLATES = "\u200c\u200d", "\u2066\u2067\u2068"
END_OF_ISOLATE = "\u2069"
"""What scripts need, and what only sets the direction of a part; all else of their kind can turn a
number round or hide a word."""
MANY = range(200)
"""Numbers that show what a plural rule does: those of all languages repeat below this."""


def find_brought(text: str, english: tuple[str, ...], *, several: bool) -> Iterator[str]:
    """Yields what a translation, or one plural form of it, brings or leaves out."""
    known = " ".join(english)
    if set(MARKUP.findall(text)) - set(MARKUP.findall(known)):
        yield "it brings markup"
    if _find_addresses(text) - _find_addresses(known):
        yield "it brings an address"
    if _find_numbers(text) - _find_numbers(known):
        yield "it brings figures that the English has not"
    # "1 person" may become a word; what is called or counted may not.
    if len(english) == 1 and (lost := _find_numbers(known) - _find_numbers(text) - {"1"}):
        yield f"it leaves out figures: {', '.join(sorted(lost))}"
    hidden = {c for c in text if _is_hidden(c)} - {c for c in known if _is_hidden(c)}
    if hidden:
        yield f"it brings hidden characters: {', '.join(sorted(map(ascii, hidden)))}"
    if not _is_balanced(text):
        yield "its directions have no end, or no beginning"
    yield from _find_placeholder_faults(text, english, several=several)
    if PERCENT.search(text) and not PERCENT.search(known):
        yield "it brings a % that stands for nothing"


def _find_placeholder_faults(
    text: str, english: tuple[str, ...], *, several: bool
) -> Iterator[str]:
    named, wanted = set(PLACEHOLDER.findall(text)), set(PLACEHOLDER.findall(" ".join(english)))
    # A form for one number may leave that number out, as the English singular does.
    needed = [PLACEHOLDER.findall(each) for each in (english[-1:] if several else english)]
    if named - wanted:
        yield f"it brings placeholders: {', '.join(sorted(named - wanted))}"
    if missing := set.intersection(*map(set, needed)) - named:
        yield f"it leaves out placeholders: {', '.join(sorted(missing))}"


def find_plural_faults(
    texts: Sequence[str], english: tuple[str, ...], wanted: int
) -> Iterator[str]:
    """Yields a fault where a text that counts has not all forms of its language."""
    if len(english) == 1:
        return
    if len(texts) != wanted:
        yield f"it has {len(texts)} plural forms, and the language {wanted}"
    if missing := [str(at) for at, text in enumerate(texts) if not text]:
        yield f"plural forms are missing: {', '.join(missing)}"


def find_header_faults(catalogue: Catalog) -> Iterator[str]:
    """Yields a fault where the header counts otherwise than the language does.

    A translation tool writes its own rule; the application takes the one in the file.
    """
    own = Catalog(locale=catalogue.locale)
    told = gettext.c2py(catalogue.plural_expr)
    known = gettext.c2py(own.plural_expr)
    if catalogue.num_plurals != own.num_plurals or [*map(told, MANY)] != [*map(known, MANY)]:
        yield (
            f"its header has {catalogue.num_plurals} plural forms by "
            f"{catalogue.plural_expr!r}; the language has {own.num_plurals} by {own.plural_expr!r}"
        )


def counts_several(catalogue: Catalog, form: int) -> bool:
    """Returns whether a plural form is for more than one number; none at all is none of them."""
    choose = gettext.c2py(catalogue.plural_expr)
    return sum(choose(number) == form for number in MANY[1:]) > 1


def _find_addresses(text: str) -> set[str]:
    """The words of a text that hold an address, without what a sentence puts around them."""
    return {word.strip(".,;:!?()\"'«»“”„") for word in text.split() if ADDRESS.search(word)}


def _find_numbers(text: str) -> set[str]:
    """The numbers in a text, in whatever script, each part of a grouped one by itself."""
    plain = "".join(str(unicodedata.digit(c)) if c.isdigit() else c for c in text)
    return set(re.findall("[0-9]+", plain))


def _is_hidden(character: str) -> bool:
    """Whether it shows nothing by itself, and no script needs it."""
    if character in JOINERS + ISOLATES + END_OF_ISOLATE:
        return False
    return unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


def _is_balanced(text: str) -> bool:
    """Whether each part with a direction of its own ends inside the text."""
    depth = 0
    for character in text:
        depth += (character in ISOLATES) - (character == END_OF_ISOLATE)
        if depth < 0:
            return False
    return depth == 0
