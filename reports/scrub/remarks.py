"""What a cleaner says about a file beside its cleaned copy: what of it is not as it was.

Each remark is a code with a number. The process that parses files is not trusted with more than
these: nothing that stood in a file can be said through them.

Small on purpose: cleaners, the process that runs them and both faces read it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

CUT: Final = "cut"
"""The file ended too early; what was there is kept."""
STILL: Final = "still"
"""Of a moving picture the first one is kept."""
PARTS: Final = "parts"
"""So many pictures, charts and objects inside could not be cleaned, and were left out."""
MEMBERS: Final = "members"
"""So many files of an archive could not be cleaned, and were left out."""
CODES: Final = (CUT, STILL, PARTS, MEMBERS)
MOST: Final = 9_999

Remarks = Mapping[str, int]


def write_remarks(remarks: Remarks) -> str:
    """Returns remarks as words of one line, each with a blank before it."""
    return "".join(f" {code}={min(remarks[code], MOST)}" for code in CODES if remarks.get(code))


def read_remarks(words: Iterable[bytes]) -> dict[str, int]:
    """Returns the remarks of a line; what is none is passed over."""
    found = {}
    for word in words:
        code, _equals, number = word.decode("ascii", "replace").partition("=")
        if code in CODES and number.isascii() and number.isdigit() and len(number) <= 4:
            found[code] = int(number)
    return found
