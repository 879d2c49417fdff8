"""The cards of public contact points, with texts in the reader's language."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from babel import Locale, UnknownLocaleError
from flask_babel import format_date, get_locale

from reports.routing.entries import Contact, Phone
from reports.territory import get_territory
from webapp.contacts.hours import Opening, format_opening
from webapp.i18n import COUNTRIES, get_known_languages
from webapp.wording.citations import Citation, parse_citations
from webapp.wording.contact_labels import (
    CHECKED,
    COST,
    FOR_WHOM,
    FREE,
    MAY_FAIL_ABROAD,
    POLICE_TOLD,
    REACH,
)

_words = COUNTRIES.gettext


@dataclass(frozen=True, slots=True)
class CardPhone:
    """A phone number: its notation, the number to dial, and what to know first.

    `abroad` is how to dial it from another country, or "". `mobile` numbers take text messages.
    """

    printed: str
    dial: str
    abroad: str
    mobile: bool
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ContactCard:
    """One contact point, ready to be shown. `other_name` is its name in the reader's language.

    `why`: the reason for which it is proposed, or "".
    """

    name: str
    other_name: str
    role: str
    numbers: tuple[CardPhone, ...]
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
    sources: tuple[Citation, ...]
    for_whom: str
    why: str


def build_cards(contacts: Iterable[Contact], now: datetime) -> list[ContactCard]:
    """Returns cards of the public contact points among these, in the same order."""
    return [build_card(contact, now) for contact in contacts if contact.public]


def build_card(contact: Contact, now: datetime, why: str = "") -> ContactCard:
    """Returns the card of one contact point as of `now`; `why` is a reason in English."""
    other = _words(contact.english_name)
    return ContactCard(
        name=contact.name,
        other_name="" if other == contact.name else other,
        role=_words(contact.role),
        numbers=tuple(_number(phone, contact) for phone in contact.phones),
        opening=format_opening(contact.hours, now, holiday=_is_holiday(contact, now)),
        languages=", ".join(_language_name(tag) for tag in contact.languages),
        police_told=str(POLICE_TOLD[contact.police_told.answer]),
        police_reason=_words(contact.police_told.reason),
        notes=tuple(_words(note) for note in contact.notes),
        emails=contact.emails,
        websites=tuple((address, _host(address)) for address in contact.websites),
        address=contact.visiting_address or contact.postal_address,
        checked_on=format_date(contact.review.reviewed_on, "long"),
        checked=str(CHECKED[contact.review.checked]),
        sources=parse_citations(contact.review.source),
        for_whom=str(FOR_WHOM[contact.serves]) if contact.serves in FOR_WHOM else "",
        why=_words(why) if why else "",
    )


def _is_holiday(contact: Contact, now: datetime) -> bool:
    """Whether it is a public holiday at this contact point, in its own time zone."""
    today = now.astimezone(contact.hours.zone).date()
    return get_territory().is_holiday(contact.country, today)


def _number(phone: Phone, contact: Contact) -> CardPhone:
    """Returns a phone number with notes, without repeating those of the contact point."""
    notes = [_words(phone.note)] if phone.note else []
    said = contact.category == "emergency" or MAY_FAIL_ABROAD in contact.notes
    if phone.from_abroad in REACH and not said:
        notes.append(str(REACH[phone.from_abroad]))
    if phone.free and FREE not in (*contact.notes, contact.role[-len(FREE) :]):
        notes.append(str(COST["free"]))
    elif not phone.free and contact.category != "emergency":
        notes.append(str(COST["unknown"]))
    return CardPhone(
        printed=phone.printed,
        dial=phone.dial,
        abroad=phone.abroad if phone.from_abroad == "works" else "",
        mobile=phone.mobile,
        notes=tuple(notes),
    )


def _language_name(tag: str) -> str:
    """Returns a language's own name, so that its speakers recognise it."""
    rows = get_known_languages()
    if tag in rows:
        return rows[tag].name
    try:
        return Locale.parse(tag, sep="-").get_language_name(tag) or tag
    except (UnknownLocaleError, ValueError):
        return str(get_locale() and get_locale().languages.get(tag, tag))


def _host(address: str) -> str:
    return (urlsplit(address).hostname or address).removeprefix("www.")
