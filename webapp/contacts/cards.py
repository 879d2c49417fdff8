"""What the card of a contact point shows: only public ones, with words in the reader's language."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from babel import Locale, UnknownLocaleError
from flask_babel import LazyString, format_date, get_locale

from reports.routing.country import Country
from reports.routing.entries import Contact, Phone
from webapp.contacts.hours import Opening, opening
from webapp.countries import emergency_contacts
from webapp.i18n import COUNTRIES, known
from webapp.labels import CATEGORIES, CHECKED, MAY_FAIL_ABROAD, POLICE_TOLD, REACH
from webapp.sources import Source, sources_of

_words = COUNTRIES.gettext


@dataclass(frozen=True, slots=True)
class Number:
    """A phone number: how it is written, what to dial, and what to know first."""

    printed: str
    dial: str
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Card:
    """One contact point, ready to be shown. `other_name` is its name in the reader's language."""

    name: str
    other_name: str
    role: str
    numbers: tuple[Number, ...]
    opening: Opening
    languages: str
    police_told: str
    police_reason: str
    notes: tuple[str, ...]
    emails: tuple[str, ...]
    websites: tuple[tuple[str, str], ...]
    address: str | None
    checked_on: str
    checked: str
    sources: tuple[Source, ...]


def groups(country: Country, now: datetime) -> list[tuple[LazyString, list[Card]]]:
    """The public contact points of a country by kind; in danger first."""
    urgent = emergency_contacts(country)
    others = [c for c in country.contacts.values() if c not in urgent and not _same(c, urgent)]
    found = []
    for category, heading in CATEGORIES.items():
        members = [c for c in others if c.category == category]
        if category == "emergency":
            members = [*urgent, *members]
        cards = cards_of(members, now)
        if cards:
            found.append((heading, cards))
    return found


def cards_of(contacts: Iterable[Contact], now: datetime) -> list[Card]:
    """Cards of those that the public may see, in the order given."""
    return [card(contact, now) for contact in contacts if contact.public]


def card(contact: Contact, now: datetime) -> Card:
    """The card of one contact point as it stands at `now`."""
    other = _words(contact.english_name)
    return Card(
        name=contact.name,
        other_name="" if other == contact.name else other,
        role=_words(contact.role),
        numbers=tuple(_number(phone, contact) for phone in contact.phones),
        opening=opening(contact.hours, now),
        languages=", ".join(_language_name(tag) for tag in contact.languages),
        police_told=str(POLICE_TOLD[contact.police_told.answer]),
        police_reason=_words(contact.police_told.reason),
        notes=tuple(_words(note) for note in contact.notes),
        emails=contact.emails,
        websites=tuple((address, _host(address)) for address in contact.websites),
        address=contact.visiting_address or contact.postal_address,
        checked_on=format_date(contact.review.reviewed_on, "long"),
        checked=str(CHECKED[contact.review.checked]),
        sources=sources_of(contact.review.source),
    )


def _number(phone: Phone, contact: Contact) -> Number:
    """What to know about a number, without repeating what the contact point's notes say."""
    notes = [_words(phone.note)] if phone.note else []
    said = contact.category == "emergency" or MAY_FAIL_ABROAD in contact.notes
    if phone.from_abroad in REACH and not said:
        notes.append(str(REACH[phone.from_abroad]))
    return Number(phone.printed, phone.dial, tuple(notes))


def _language_name(tag: str) -> str:
    """A language in its own name, so that whoever speaks it sees it."""
    rows = known()
    if tag in rows:
        return rows[tag].name
    try:
        return Locale.parse(tag, sep="-").get_language_name(tag) or tag
    except (UnknownLocaleError, ValueError):
        return str(get_locale() and get_locale().languages.get(tag, tag))


def _host(address: str) -> str:
    return (urlsplit(address).hostname or address).removeprefix("www.")


def _same(contact: Contact, others: Iterable[Contact]) -> bool:
    """Whether this is one of `others` under another id: the same number, such as 112."""
    numbers = {phone.dial for phone in contact.phones}
    return any(numbers & {phone.dial for phone in other.phones} for other in others)
