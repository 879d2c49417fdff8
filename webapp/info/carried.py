"""The pages of this part that can be carried away: the doors and every chapter."""

from __future__ import annotations

from collections.abc import Iterator

from webapp.carried import Carried
from webapp.countries import countries, letters
from webapp.info.chapters import links_of, links_of_all
from webapp.urls import HELP, HOME, SAW


def pages() -> Iterator[Carried]:
    """The doors, the chapters of all countries, and those of each country."""
    for code in (HOME, HELP, SAW):
        yield Carried(code)
    for link in links_of_all():
        yield Carried(link.code)
    for letter, code in letters().items():
        for link in links_of(letter, countries()[code]):
            yield Carried(link.code)
