"""The directory of one country by need and region: its pages, and the contact points on each.

A page's code is the country's letters and a suffix of one or two letters: `a` onwards for a need,
`r` onwards for a region, a need and a region together, `y` for the strip to print, `z` for all.
Needs and regions are those of the country file. No code reveals what it stands for.
"""

from __future__ import annotations

import string
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from flask_babel import LazyString

from reports.routing.country import Country
from reports.routing.entries import Contact
from webapp.contacts.cards import ContactCard, build_cards
from webapp.site.country_edition import get_country_or_404, get_letters, list_emergency_contacts
from webapp.site.page_codes import CONTACTS
from webapp.site.page_registry import OfflinePage
from webapp.wording.contact_labels import CATEGORIES, CATEGORY_SIGNS
from webapp.wording.report_answers import REGION

LONGEST: Final = 3
"""The most characters of a code, so that all addresses look alike."""
STRIP: Final = "y"
ALL: Final = "z"
NEEDS: Final[Mapping[str, str]] = dict(zip(string.ascii_lowercase, CATEGORIES, strict=False))
"""The category of each need, by its letter."""
FIRST_REGION: Final = string.ascii_lowercase.index("r")


@dataclass(frozen=True, slots=True)
class DirectoryPage:
    """One page of the directory: of a country, perhaps of one need, one region, or the strip."""

    letter: str
    country: Country
    need: str | None = None
    region: str | None = None
    strip: bool = False

    @property
    def heading(self) -> LazyString | None:
        """The topic of the page besides its country; None if it shows all needs."""
        return CATEGORIES[self.need] if self.need else None


@dataclass(frozen=True, slots=True)
class DirectoryLink:
    """A link to a page of the directory: its code, its text, and how many it lists and are open."""

    code: str
    words: str
    count: int
    open: int
    sign: str


def find_page(code: str) -> DirectoryPage | None:
    """Returns the page at this code, or None."""
    for letter in get_letters():
        tail = code.removeprefix(letter)
        if code.startswith(letter) and tail:
            return _place(letter, get_country_or_404(letter), tail)
    return None


def _place(letter: str, country: Country, tail: str) -> DirectoryPage | None:
    if tail in (ALL, STRIP):
        return DirectoryPage(letter, country, strip=tail == STRIP)
    need = NEEDS.get(tail[0])
    regions = assign_region_letters(country)
    rest = tail[1:] if need else tail
    if rest and rest not in regions:
        return None
    return DirectoryPage(letter, country, need, regions.get(rest))


def assign_region_letters(country: Country) -> Mapping[str, str]:
    """Returns this country's regions by their letters."""
    return dict(zip(string.ascii_lowercase[FIRST_REGION:-2], country.regions, strict=False))


def group_cards(place: DirectoryPage, now: datetime) -> list[tuple[LazyString, list[ContactCard]]]:
    """Returns the cards of a page by category: emergency first, and closed ones last in each."""
    found = []
    for category, heading in CATEGORIES.items():
        if place.need in (None, category):
            members = list_contacts(place.country, category, place.region)
            cards = sorted(build_cards(members, now), key=lambda card: card.opening.open is False)
            if cards:
                found.append((heading, cards))
    return found


def list_contacts(country: Country, category: str, region: str | None = None) -> list[Contact]:
    """Returns the public contact points of one category, those of the region first."""
    urgent = list_emergency_contacts(country)
    others = [c for c in country.contacts.values() if c not in urgent and not _same(c, urgent)]
    kind = [
        c for c in others if c.category == category and c.public and _serves(c, country, region)
    ]
    if category == "emergency":
        return [*urgent, *kind]
    return sorted(kind, key=lambda contact: region is not None and region not in contact.regions)


def list_need_links(place: DirectoryPage, now: datetime) -> list[DirectoryLink]:
    """Returns a link for each other need that has contact points, in the same region as this
    page."""
    found = []
    for tail, category in NEEDS.items():
        members = list_contacts(place.country, category, place.region)
        if members and category != place.need:
            code = _code(place.letter, tail, place.region, place.country)
            sign = CATEGORY_SIGNS[category]
            found.append(_door(code, str(CATEGORIES[category]), members, now, sign))
    return found


def list_region_links(place: DirectoryPage, now: datetime) -> list[DirectoryLink]:
    """Returns a link for each other region, for the same need as this page.

    Regions whose code would be too long are left out.
    """
    need = next((tail for tail, name in NEEDS.items() if name == place.need), "")
    found = []
    for region in place.country.regions:
        code = _code(place.letter, need, region, place.country)
        kinds = [place.need] if place.need else CATEGORIES
        members = [m for kind in kinds for m in list_contacts(place.country, kind, region)]
        if len(code) <= LONGEST and members and region != place.region:
            found.append(_door(code, str(REGION.get(region, region)), members, now))
    return found


def list_strip_rows(country: Country) -> list[tuple[str, str, str]]:
    """Returns letter, name and number of everyone to call: each number once, emergency first.

    On paper the letter stands for the name, which only the screen shows.
    """
    names: dict[str, str] = {}
    for category in CATEGORIES:
        for contact in list_contacts(country, category):
            for phone in contact.phones[:1]:
                names.setdefault(phone.printed, contact.name)
    letters_of = string.ascii_uppercase
    return [
        (sign, name, number)
        for sign, (number, name) in zip(letters_of, names.items(), strict=False)
    ]


def _code(letter: str, need: str, region: str | None, country: Country) -> str:
    """Returns the code of a need in a region, or of the need alone if that would be too long."""
    tails = {name: tail for tail, name in assign_region_letters(country).items()}
    whole = letter + need + (tails[region] if region else "")
    return whole if len(whole) <= LONGEST or not need else letter + need


def _door(
    code: str, words: str, members: Iterable[Contact], now: datetime, sign: str = ""
) -> DirectoryLink:
    listed = list(members)
    return DirectoryLink(
        code, words, len(listed), sum(c.hours.is_open_at(now) is True for c in listed), sign
    )


def _serves(contact: Contact, country: Country, region: str | None) -> bool:
    """Whether a contact point belongs to this region, or to no region in particular."""
    own = set(contact.regions) & set(country.regions)
    return region is None or region in own or not own


def _same(contact: Contact, others: Iterable[Contact]) -> bool:
    """Whether this is one of `others` under another id: it has the same number, such as 112."""
    numbers = {phone.dial for phone in contact.phones}
    return any(numbers & {phone.dial for phone in other.phones} for other in others)


def list_offline_pages() -> Iterator[OfflinePage]:
    """Yields the choice of country and, for each, its first page, all contacts and the strip."""
    yield OfflinePage(CONTACTS)
    for letter in get_letters():
        yield OfflinePage(letter + CONTACTS, timely=True)
        yield OfflinePage(letter + ALL, timely=True)
        yield OfflinePage(letter + STRIP, timely=True)
