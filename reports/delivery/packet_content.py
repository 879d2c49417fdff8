"""The content of a packet and its language: the report as the desk chose to pass it on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Final
from uuid import UUID

from babel import Locale, UnknownLocaleError

from reports.mailbox import OpenMessage

MARK: Final = "█████"
"""Replaces redacted words; its fixed length does not reveal theirs."""


@dataclass(frozen=True)
class EnclosedFile:
    """One enclosed file: cleaned of metadata, with a name that Wayside gave it."""

    name: str
    media_type: str
    data: bytes

    def __repr__(self) -> str:
        return "EnclosedFile(...)"


@dataclass(frozen=True)
class Content:
    """What a packet says, the same for every recipient of one decision.

    `answers` are the current ones, with corrections; `reported` holds the reporter's own where they
    differ. `thread` is None when the messages could not be decrypted. `note` is the desk's covering
    note. `left_out` names the withheld answers; `redacted`: `MARK` replaces words in the text.
    `history` is the report's custody, if enclosed.
    """

    answers: Mapping[str, str]
    language: str
    received_at: datetime
    thread: tuple[OpenMessage, ...] | None
    note: str = ""
    reported: Mapping[str, str] = field(default_factory=dict)
    left_out: tuple[str, ...] = ()
    redacted: bool = False
    files: tuple[EnclosedFile, ...] = ()
    history: tuple[Mapping[str, object], ...] | None = None

    def __repr__(self) -> str:
        return "Content(...)"


@dataclass(frozen=True)
class Slip:
    """What differs from one recipient to the next.

    `receipt` is the URL and the code with which the recipient acknowledges the packet; None when
    that happens in the portal or on the phone.
    """

    delivery_id: UUID
    contact_id: str
    contact_name: str
    rule: str
    why: str
    receipt: tuple[str, str] | None = None


def _as_it_is(text: str) -> str:
    return text


@dataclass(frozen=True)
class PacketLanguage:
    """The language of a recipient. `say` translates our sentences, `tongue` names a language tag.

    `place` is the country whose time zone the recipient uses; "" means the one shared by all
    countries.
    """

    tag: str = "en"
    say: Callable[[str], str] = _as_it_is
    tongue: Callable[[str], str] = _as_it_is
    place: str = ""


def name_language(tag: str, language: str) -> str:
    """Returns the name of `language` (a tag) in the language `tag`, or the tag itself if
    unknown."""
    try:
        return Locale.parse(language, sep="-").get_display_name(tag) or language
    except (UnknownLocaleError, ValueError):
        return language


ENGLISH: Final = PacketLanguage(tongue=partial(name_language, "en"))
