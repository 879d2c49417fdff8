"""The pages of this part that can be carried away: whom to call, by country."""

from __future__ import annotations

from collections.abc import Iterator

from webapp.contacts.directory import ALL, STRIP
from webapp.site.country_edition import get_letters
from webapp.site.page_codes import CONTACTS
from webapp.site.page_registry import OfflinePage


def list_pages() -> Iterator[OfflinePage]:
    """The choice of a country; of each its first page, all its contacts, and its numbers."""
    yield OfflinePage(CONTACTS)
    for letter in get_letters():
        yield OfflinePage(letter + CONTACTS, timely=True)
        yield OfflinePage(letter + ALL, timely=True)
        yield OfflinePage(letter + STRIP, timely=True)
