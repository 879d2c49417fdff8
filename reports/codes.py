"""Receipt codes: derived from a form token, typed by people, and parsed.

24 digits in six groups of four: 7 of locator, 16 of secret (53 bit), and 1 check digit of the Damm
algorithm, which detects every single wrong digit and every swap of adjacent digits.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass

from reports.errors import CodeMalformed
from reports.typed_digits import read_digits
from reports.vault import derive

LOCATOR = 7
SECRET = 16
LENGTH = LOCATOR + SECRET + 1
LONGEST = 400
"""Characters of what is read as a code: names and labels on six lines, or keycaps pasted twice."""

# The totally anti-symmetric quasigroup of H. M. Damm's thesis (Marburg, 2004), order 10.
_DAMM = (
    "0317598642",
    "7092154863",
    "4206871359",
    "1750983426",
    "6123045978",
    "3674209581",
    "5869720134",
    "8945362017",
    "9438617205",
    "2581436790",
)


@dataclass(frozen=True)
class ReceiptCode:
    """The code that opens a mailbox. Never in a URL, a log or the database."""

    locator: str
    secret: str

    def __repr__(self) -> str:
        return "ReceiptCode(...)"

    @property
    def digits(self) -> str:
        """All 24 digits, without blanks."""
        body = self.locator + self.secret
        return body + compute_check_digit(body)

    @property
    def grouped(self) -> str:
        """Six groups of four, as a person writes them down."""
        return " ".join(self.digits[at : at + 4] for at in range(0, LENGTH, 4))


def derive_code(token_secret: bytes) -> ReceiptCode:
    """Returns the one code that belongs to a form token, so that sending again gives the same."""
    number = int.from_bytes(derive(token_secret, "receipt code"), "big")
    digits = f"{number % 10 ** (LOCATOR + SECRET):0{LOCATOR + SECRET}d}"
    return ReceiptCode(locator=digits[:LOCATOR], secret=digits[LOCATOR:])


def parse(typed: str) -> ReceiptCode:
    """Parses a typed code in any notation that `typed_digits` reads.

    Raises `CodeMalformed`, with the number of digits found, when it cannot be a code, before any
    slow work. Where more than one number of the right length can be read, the check digit decides;
    where it cannot, nothing is guessed.
    """
    if len(typed) > LONGEST:
        raise CodeMalformed("too long")
    reading = read_digits(typed, LENGTH)
    bodies = [each for each in reading.numbers if compute_check_digit(each[:-1]) == each[-1]]
    if len(bodies) != 1:
        raise CodeMalformed("not 24 digits, or the check digit is wrong", reading.found)
    body = bodies[0]
    return ReceiptCode(locator=body[:LOCATOR], secret=body[LOCATOR : LOCATOR + SECRET])


def matches(typed: str, code: ReceiptCode) -> bool:
    """Returns whether this very code was typed, in any notation that `parse` reads."""
    try:
        return hmac.compare_digest(parse(typed).digits, code.digits)
    except CodeMalformed:
        return False


def compute_check_digit(digits: str) -> str:
    """Returns the Damm check digit of a sequence of ASCII digits."""
    interim = 0
    for digit in digits:
        interim = int(_DAMM[interim][int(digit)])
    return str(interim)
