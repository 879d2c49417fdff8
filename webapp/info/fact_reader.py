"""Gives a chapter the facts of one country, and remembers the sources of those it used."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from urllib.parse import urlsplit

from flask_babel import format_date, format_decimal
from markupsafe import Markup

from reports.errors import WaysideError
from reports.intake.taxonomy import TAXONOMY
from reports.routing.country import Country
from reports.routing.entries import (
    NETWORK_DOMAINS,
    Contact,
    Fact,
    Phone,
    SourceReview,
    Strength,
)
from reports.territory import get_territory
from webapp.i18n import COUNTRIES
from webapp.site.country_edition import get_countries, list_emergency_contacts, translate_name
from webapp.wording.taxonomy_labels import label_entry


@dataclass(frozen=True, slots=True)
class SignGroup:
    """The signs of one group, in the words for one door; `reception`: those for reception staff."""

    words: str
    signs: tuple[str, ...]
    reception: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Office:
    """A contact point for colleagues, with its texts in the reader's language."""

    name: str
    english_name: str
    role: str
    phones: tuple[Phone, ...]
    emails: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """Whom a page names for an open fact: in the reader's language, with the number to call."""

    name: str
    phone: Markup


class FactFault(WaysideError):
    """A country file lacks what a page quotes: the country's code, the key, and a sentence."""

    def __init__(self, country: str, key: str, sentence: str) -> None:
        self.country = country
        self.key = key
        self.sentence = sentence
        super().__init__(key, sentence)

    def __str__(self) -> str:
        return f"{self.key} {self.sentence}"


class FactMissing(FactFault, KeyError):
    """There is no such fact, or no such contact point."""


class FactOfOtherKind(FactFault, TypeError):
    """A fact has another type than the page expects: a number, or a boolean."""


class FactInOtherUnit(FactFault, ValueError):
    """A fact has another unit than the page expects."""


class FactReader:
    """The facts of a country, or with None those common to all; `reviews` collects the sources
    used.

    A reader `beside` another shares its lists, for a page that quotes several countries.
    """

    def __init__(self, country: Country | None, beside: FactReader | None = None) -> None:
        own = country.facts if country is not None else {}
        self._facts = {**get_countries().common.facts, **own}
        self._country = country
        self.reviews: list[SourceReview] = [] if beside is None else beside.reviews
        self._unsure: set[str] = set() if beside is None else beside._unsure
        self._weighed: set[str] = set() if beside is None else beside._weighed

    @property
    def unasked(self) -> list[str]:
        """The open facts and risks that were quoted like a right, as `be.toml: facts.key`."""
        return sorted(self._unsure - self._weighed)

    def weigh(self, key: str) -> Strength:
        """Returns how a page says this fact: `right`, `risk` ("It can happen that ...") or `open`
        ("Ask ..."). Raises `FactMissing`.

        A template that weighs a fact has a sentence for each answer, so quoting it is in order.
        """
        self._weighed.add(self._label(key))
        return self._use(key).shown_as

    def is_open(self, key: str) -> bool:
        """Returns whether a page asks instead of stating this fact. Raises `FactMissing`."""
        return self.weigh(key) == "open"

    def find_asked(self, contact_id: str | None = None) -> Asked:
        """Returns whom to ask about an open fact: this contact point, or that of the country.

        Raises `FactMissing` where there is none with a number.
        """
        name = contact_id or (self._country.asked if self._country is not None else None)
        if name is None:
            raise FactMissing(self._code, "ask", "is not there")
        number = self.format_first_phone(name)
        return Asked(str(COUNTRIES.gettext(self.find_contact(name).english_name)), number)

    def count(self, key: str, unit: str) -> int:
        """Returns a duration as a number. Raises `FactMissing`, `FactInOtherUnit`,
        `FactOfOtherKind`."""
        fact = self._use(key)
        if fact.unit != unit:
            sentence = f"counts {fact.unit}, and the chapter says {unit}"
            raise FactInOtherUnit(self._file_of(key), f"facts.{key}", sentence)
        if isinstance(fact.value, bool) or not isinstance(fact.value, int):
            raise FactOfOtherKind(self._file_of(key), f"facts.{key}", "is no number")
        return fact.value

    def is_true(self, key: str) -> bool:
        """Returns a boolean fact. Raises `FactMissing`, `FactOfOtherKind`."""
        value = self._use(key).value
        if not isinstance(value, bool):
            raise FactOfOtherKind(self._file_of(key), f"facts.{key}", "is no yes or no")
        return value

    def has(self, key: str, item: str) -> bool:
        """Returns whether a fact with a list of values contains this one. Raises `FactMissing`."""
        return item in str(self._use(key).text).split(", ")

    def is_known(self, key: str) -> bool:
        """Returns whether this country has such a fact at all."""
        return key in self._facts

    def format_value(self, key: str) -> str:
        """Returns a name, number or date as it appears in a sentence. Raises `FactMissing`."""
        fact = self._use(key)
        if isinstance(fact.value, date):
            return str(format_date(fact.value, "long"))
        if isinstance(fact.value, str):
            return str(COUNTRIES.gettext(fact.value))
        if fact.unit == "euro":
            return str(format_decimal(fact.number))
        return fact.text

    def format_phone(self, key: str) -> Markup:
        """Returns a phone number as markup that keeps it left to right and on one line."""
        return _left_to_right(self.format_value(key))

    def find_contact(self, contact_id: str) -> Contact:
        """Returns a public contact point. Raises `FactMissing` for any other."""
        found = get_countries().contacts.get(contact_id)
        if found is None or not found.public:
            sentence = "is not there" if found is None else "is not for the public"
            raise FactMissing(self._code, f"contacts[{contact_id}]", sentence)
        self.reviews.append(found.review)
        return found

    def format_first_phone(self, contact_id: str) -> Markup:
        """Returns the first phone number of a contact point, as markup for a sentence."""
        phones = self.find_contact(contact_id).phones
        if not phones:
            raise FactMissing(self._code, f"contacts[{contact_id}].phones", "are not there")
        return _left_to_right(phones[0].printed)

    def format_sites(self, contact_id: str) -> Markup:
        """Returns the websites of a contact point for a sentence: names to read, not to follow.

        Raises `FactMissing` where it has none.
        """
        hosts = [urlsplit(each).netloc for each in self.find_contact(contact_id).websites]
        if not hosts:
            raise FactMissing(self._code, f"contacts[{contact_id}].websites", "are not there")
        return Markup(", ").join(_left_to_right(host.removeprefix("www.")) for host in hosts)

    def describe_guide(self, letter: str) -> str:
        """Returns for whom the printed guide with this letter was written, or ""."""
        guide = get_territory().find_guide(letter)
        return str(COUNTRIES.gettext(guide.note)) if guide and guide.note else ""

    def list_emergency(self) -> list[Contact]:
        """Returns whom to call in danger in this country, in order."""
        if self._country is None:
            return []
        return [self.find_contact(each.id) for each in list_emergency_contacts(self._country)]

    def list_offices(self) -> list[Office]:
        """Returns this country's contact points for colleagues, by domain, then as in the file."""
        if self._country is None:
            return []
        network = [each for each in self._country.contacts.values() if each.for_colleagues]
        found = sorted(
            network, key=lambda each: (*NETWORK_DOMAINS, each.category).index(each.category)
        )
        self.reviews += [each.review for each in found]
        return [_office(each) for each in found]

    def list_signs(self, door: str) -> list[SignGroup]:
        """Returns the signs of exploitation in the words for `door`, by group."""
        asked = list(TAXONOMY.list_signs(door, reception=True))
        self.reviews += [
            SourceReview(sign.source, TAXONOMY.reviewed_on, "documents") for sign in asked
        ]
        return [
            SignGroup(
                str(label_entry(group, door)),
                tuple(
                    str(label_entry(sign, door))
                    for sign in asked
                    if sign.group == group.id and not sign.reception
                ),
                tuple(
                    str(label_entry(sign, door))
                    for sign in asked
                    if sign.group == group.id and sign.reception
                ),
            )
            for group in TAXONOMY.groups
        ]

    def list_sectors(self) -> list[str]:
        """Returns the sectors where exploitation is found most."""
        named = [each for each in TAXONOMY.sectors if each.id != "other"]
        self.reviews += [
            SourceReview(each.source, TAXONOMY.reviewed_on, "documents") for each in named
        ]
        return [str(label_entry(each)) for each in named]

    def count_by_origin(self) -> tuple[int, int]:
        """Returns the number of facts checked against the printed guides, and against archived
        pages."""
        checked = [fact.review.checked for fact in self._facts.values()]
        return checked.count("documents"), checked.count("archived_pages")

    def format_check_dates(self) -> tuple[str, str]:
        """Returns the earliest and the latest day on which the facts were checked."""
        days = [fact.review.reviewed_on for fact in self._facts.values()]
        self.reviews += [fact.review for fact in self._facts.values()]
        return format_date(min(days), "long"), format_date(max(days), "long")

    def __call__(self, key: str) -> str:
        return self.format_value(key)

    def _use(self, key: str) -> Fact:
        fact = self._facts.get(key)
        if fact is None:
            raise FactMissing(self._code, f"facts.{key}", "is not there")
        self.reviews.append(fact.review)
        if fact.shown_as != "right":
            self._unsure.add(self._label(key))
        return fact

    def _label(self, key: str) -> str:
        return f"{self._file_of(key).lower()}.toml: facts.{key}"

    @property
    def _code(self) -> str:
        return (self._country or get_countries().common).code

    def _file_of(self, key: str) -> str:
        """Returns the code of the file that holds this fact: the country's own comes first."""
        own = self._country is not None and key in self._country.facts
        return self._code if own else get_countries().common.code


@dataclass(frozen=True, slots=True)
class Neighbour:
    """One country as a chapter of all countries quotes it."""

    letter: str
    name: str
    code: str
    fact: FactReader

    def find_template(self, chapter: str) -> str:
        """Returns the template name of this country's own part of a chapter of all countries."""
        return f"info/chapters/{chapter}/{self.code.lower()}.html"


def make_neighbour(letter: str, country: Country, facts: FactReader) -> Neighbour:
    """Returns a country for a page of several; what it uses is added to the lists of `facts`."""
    reader = FactReader(country, beside=facts)
    return Neighbour(letter, translate_name(country), country.code, reader)


def _office(contact: Contact) -> Office:
    return Office(
        name=contact.name,
        english_name=str(COUNTRIES.gettext(contact.english_name)),
        role=str(COUNTRIES.gettext(contact.role)),
        phones=contact.phones,
        emails=contact.emails,
        notes=tuple(str(COUNTRIES.gettext(note)) for note in contact.notes),
    )


def _left_to_right(number: str) -> Markup:
    kept_together = number.replace(" ", "\N{NO-BREAK SPACE}")
    return Markup('<bdi dir="ltr">{}</bdi>').format(kept_together)
