"""What one packet holds, and in which words: the report as the desk chose to pass it on."""

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
"""What stands where the desk took words out; always of one length, so that it tells none."""


@dataclass(frozen=True)
class EnclosedFile:
    """One file that goes along: cleaned, under a name of ours."""

    name: str
    media_type: str
    data: bytes

    def __repr__(self) -> str:
        return "EnclosedFile(...)"


@dataclass(frozen=True)
class Content:
    """What a packet tells, the same for every recipient of one decision.

    `thread` is None when the messages could not be opened. `note` is the desk's own word to the
    recipient. `answers` are those that the desk holds to be right; `reported` are the reporter's
    own where they differ. `left_out` names the answers that the desk keeps for itself; `redacted`
    says that `MARK` stands for words in the text. `history` is the custody, where it goes along.
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

    `receipt` is the address and the code by which the recipient says that the packet came; empty
    where it is said in the portal or on the phone.
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
    """The language of a recipient: our sentences in it, and what it calls other languages.

    `place` is the country whose clock the recipient lives by; without it that of all countries.
    """

    tag: str = "en"
    say: Callable[[str], str] = _as_it_is
    tongue: Callable[[str], str] = _as_it_is
    place: str = ""


def name_language(tag: str, language: str) -> str:
    """What `language` (a tag) is called in the language `tag`; the tag itself if nobody knows."""
    try:
        return Locale.parse(language, sep="-").get_display_name(tag) or language
    except (UnknownLocaleError, ValueError):
        return language


ENGLISH: Final = PacketLanguage(tongue=partial(name_language, "en"))
