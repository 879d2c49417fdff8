"""The language of a recipient, and its words for a packet: the desk's catalogues, used outside."""

from __future__ import annotations

from dataclasses import replace
from functools import cache, partial
from typing import Final

from reports.delivery.packet_content import ENGLISH, PacketLanguage, name_language
from reports.routing.entries import Contact
from reports.territory import get_territory
from webapp.i18n import SOURCE, load_catalogue, load_languages

LANGUAGES: Final = ("nl", "fr", "de", "en")
"""The languages that a packet can be in, as the desk can."""
_CATALOGUES: Final = ("desk", "countries", "messages")
"""Where the sentences of a packet are looked for: ours, a rule's reason, the signs of a report."""


def choose_language(contact: Contact) -> PacketLanguage:
    """The words for a contact point: its own first language that a packet can be in.

    Where the country file names none, that of its region or country.
    """
    home = get_territory().list_packet_languages(contact)
    tags = (tag for tag in (*contact.languages, *home) if tag in LANGUAGES)
    return replace(_words(next(tags, SOURCE)), place=contact.country)


@cache
def _words(tag: str) -> PacketLanguage:
    if tag == SOURCE:
        return ENGLISH
    return PacketLanguage(
        tag, partial(_say, load_languages()[tag].locale), partial(name_language, tag)
    )


def _say(locale: str, text: str) -> str:
    if not text:
        return text
    found = (load_catalogue(locale, domain).gettext(text) for domain in _CATALOGUES)
    return next((said for said in found if said != text), text)
