"""Chooses the language of a packet for its recipient, and translates into it."""

from __future__ import annotations

from dataclasses import replace
from functools import cache, partial
from typing import Final

from reports.delivery.packet_content import ENGLISH, PacketLanguage, name_language
from reports.routing.entries import Contact
from reports.territory import get_territory
from webapp.catalogues import load_catalogue
from webapp.i18n import SOURCE, load_languages

LANGUAGES: Final = ("nl", "fr", "de", "en")
"""The languages that a packet can be in; the same as those of the desk."""
_CATALOGUES: Final = ("desk", "countries", "messages")
"""Where a packet's texts are looked up: our sentences, the reasons of rules, the signs."""


def choose_language(contact: Contact) -> PacketLanguage:
    """Returns the packet language of a contact point: the first of its own that packets can be in.

    If the country file names none, it is that of its region or country; English as a last resort.
    `place` sets the time zone.
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
