"""Reads a number of known length out of what a person typed or pasted: a receipt code, or a
one-time code from an app.

Every character that is no digit is a gap: labels, brackets, plus signs, dashes, line ends.
Digits count in every script, also as keycaps and in circles. The letters O, o, I and l (and
those of Greek and Cyrillic that look the same) are 0 and 1 where a word has digits beside them.

A text with another number of digits than it should have is read a second time without what
people write around a code: the numbers of lines ("1. 0160"), a country's prefix ("+32 0160"), the
length itself ("24 digits: 0160"). A text that repeats the number is the number once.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from itertools import product
from typing import Final

_ZERO: Final = frozenset("OoΟοОо")
_ONE: Final = frozenset("IlΙІӀ")
_AFTER_A_KEY: Final = frozenset("\ufe0e\ufe0f")
"""Variation selectors: they choose how the character before them is drawn."""
_KEY: Final = "\u20e3"
"""The combining keycap: the digit before it is a key of its own."""

# What a text is reduced to: digits, "o" and "l" for letters that may be digits, "x" for other
# letters, "+", and blanks.
_WORD: Final = re.compile(r"[0-9olx]+")
_MAYBE_DIGITS: Final = re.compile(r"[0-9ol]+")
_NUMBER: Final = re.compile(r"(?<![0-9olx])[0-9]{1,3}(?![0-9olx])")
_PREFIX: Final = re.compile(r"\+ *[0-9]{1,3}(?= )")
_AS_DIGITS: Final = str.maketrans("ol", "01")


@dataclass(frozen=True)
class DigitReading:
    """`found`: how many digits the text has; `numbers`: what it may mean, each of the right
    length, the most likely one first. There is more than one only if `found` is another number."""

    found: int
    numbers: tuple[str, ...]

    def __repr__(self) -> str:
        return "DigitReading(...)"


def read_digits(typed: str, length: int) -> DigitReading:
    """Returns the numbers of `length` ASCII digits that `typed` may mean."""
    text = "".join(_reduce(character) for character in typed)
    plain = _join(text)
    once = _take_once(plain, length)
    if once:
        return DigitReading(len(plain), (once,))
    numbers: dict[str, None] = {}
    for steps in product((False, True), repeat=len(_LEAVINGS)):
        left = text
        for leave_out, used in zip(_LEAVINGS, steps, strict=True):
            left = leave_out(left, length) if used else left
        for letters in (False, True):
            number = _take_once(_join(left, letters=letters), length)
            if number:
                numbers[number] = None
    return DigitReading(len(plain), tuple(numbers))


def _reduce(character: str) -> str:
    value = unicodedata.digit(character, None)
    if value is not None:
        # A digit in a circle or with a full stop is a number of its own, often that of a line.
        return str(value) if character.isdecimal() else f" {value} "
    if character in _ZERO:
        return "o"
    if character in _ONE:
        return "l"
    if character == "+":
        return "+"
    if character in _AFTER_A_KEY:
        return ""
    is_letter = unicodedata.category(character)[0] in "LM" and character != _KEY
    return "x" if is_letter else " "


def _join(text: str, *, letters: bool = False) -> str:
    """Returns the digits of a reduced text. `letters`: words of nothing but O and I count too."""
    found = []
    for match in _WORD.finditer(text):
        word = match.group()
        has_digit = any(c.isdigit() for c in word)
        if _MAYBE_DIGITS.fullmatch(word) and (has_digit or letters):
            found.append(word.translate(_AS_DIGITS))
        else:
            found.append("".join(c for c in word if c.isdigit()))
    return "".join(found)


def _take_once(digits: str, length: int) -> str:
    """Returns the first `length` digits if there is nothing else than these, once or again and
    again; else ""."""
    times, rest = divmod(len(digits), length)
    once = digits[:length]
    return once if times and not rest and digits == once * times else ""


def _leave_line_numbers(text: str, _length: int) -> str:
    """Returns the text without the words 1, 2, 3 and so on, if there are two of them at least."""
    kept, end, expected = [], 0, 1
    for match in _WORD.finditer(text):
        if match.group() == str(expected):
            kept.append(text[end : match.start()])
            end, expected = match.end(), expected + 1
    return " ".join([*kept, text[end:]]) if expected > 2 else text


def _leave_prefixes(text: str, _length: int) -> str:
    """Returns the text without what follows a plus sign, if it looks like a country's prefix."""
    return _PREFIX.sub(" ", text)


def _leave_own_length(text: str, length: int) -> str:
    """Returns the text without the word that says how many digits the number has, once."""
    for match in _NUMBER.finditer(text):
        if match.group() == str(length):
            return f"{text[: match.start()]} {text[match.end() :]}"
    return text


_LEAVINGS: Final[tuple[Callable[[str, int], str], ...]] = (
    _leave_line_numbers,
    _leave_prefixes,
    _leave_own_length,
)
