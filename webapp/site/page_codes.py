"""The neutral addresses of the public face: one short code a page, no word that names the topic.

A page lives at `/<language>/<code>`. Codes of country pages are the country's letter and a digit;
those of its directory end in letters.
"""

from collections.abc import Iterable, Mapping
from typing import Final

HOME: Final = "1"
HELP: Final = "2"
SAW: Final = "3"
SAFETY: Final = "4"
REPORT: Final = "5"
MAILBOX: Final = "6"
CONTACTS: Final = "0"
"""Also the digit behind a country's letter: its contacts."""
RIGHTS: Final = "1"
"""Behind a country's letter: its chapter."""
REPORT_FILES: Final = "57"
MAILBOX_FILES: Final = "67"
"""Files of a report that is being written, and for the mailbox; a letter behind it is one file."""
ASK: Final = "9"
"""Who can help me now?"""
OFFLINE: Final = "8"
"""The offer of an offline copy; the next two are its service worker and its manifest."""
WORKER: Final = "w"
MANIFEST: Final = "m"
EXIT: Final = "/x"


def build_public_path(language: str, code: str) -> str:
    """The address of the page with this code in this language (a BCP 47 tag)."""
    return f"/{language}/{code}"


def find_page_code(path: str) -> str:
    """The code in the address of a public page; empty where the address is none.

    >>> find_page_code("/en/57")
    '57'
    """
    parts = path.strip("/").split("/")
    return parts[1] if len(parts) == 2 and len(parts[1]) <= 3 and parts[1].isalnum() else ""


def assign_country_letters(codes: Iterable[str]) -> Mapping[str, str]:
    """Give each country code its letters for addresses: the first one, or both where two share it.

    >>> dict(assign_country_letters(["AA", "BB"]))
    {'a': 'AA', 'b': 'BB'}
    """
    lowered = {code: code.lower() for code in codes}
    first = [letters[0] for letters in lowered.values()]
    return {
        (letters[0] if first.count(letters[0]) == 1 else letters): code
        for code, letters in lowered.items()
    }
