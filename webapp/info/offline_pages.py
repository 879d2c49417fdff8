"""The pages of this part that can be carried away: the doors and every chapter."""

from __future__ import annotations

from collections.abc import Iterator

from webapp.info.chapters import list_links, list_shared_links
from webapp.site.country_edition import get_countries, get_letters
from webapp.site.page_codes import HELP, HOME, SAW
from webapp.site.page_registry import OfflinePage


def list_pages() -> Iterator[OfflinePage]:
    """The doors, the chapters of all countries, and those of each country."""
    for code in (HOME, HELP, SAW):
        yield OfflinePage(code)
    for link in list_shared_links():
        yield OfflinePage(link.code)
    for letter, code in get_letters().items():
        for link in list_links(letter, get_countries()[code]):
            yield OfflinePage(link.code)
