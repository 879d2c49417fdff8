"""The pages of this part that can be carried away: whom to call, by country."""

from __future__ import annotations

from collections.abc import Iterator

from webapp.carried import Carried
from webapp.contacts.directory import ALL, STRIP
from webapp.countries import letters
from webapp.urls import CONTACTS


def pages() -> Iterator[Carried]:
    """The choice of a country; of each its first page, all its contacts, and its numbers."""
    yield Carried(CONTACTS)
    for letter in letters():
        yield Carried(letter + CONTACTS, timely=True)
        yield Carried(letter + ALL, timely=True)
        yield Carried(letter + STRIP, timely=True)
