"""Carries what a reporter wrote to the process that looks through it, and its answer back.

`look_through` is an act of the cleaner (`reports.scrub.child`): it runs in a child process that may
be killed, and knows no country, no key and no report. That process reads what strangers wrote, so
it may be in a stranger's hand: `decode_answer` takes nothing from it but short texts of known
kinds. The worst that such an answer can say is what the reporter could have written anyway.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from reports.errors import MatchFailed
from reports.triage.identifiers import (
    KINDS,
    LONGEST,
    LONGEST_NORMAL,
    Formats,
    Identifier,
    extract_identifiers,
)

MOST: Final = 500
"""The most identifiers of one report; of what is named beyond them nothing is kept."""
KIND: Final = "json"
"""What the act's answer is called."""


@dataclass(frozen=True)
class MatchTask:
    """What is looked through: the reporter's texts by field, the messages, the formats.

    `whole`: there is no more text than this.
    """

    texts: Mapping[str, str]
    messages: tuple[str, ...]
    formats: Formats
    whole: bool = True

    def __repr__(self) -> str:
        return "MatchTask(...)"

    def encode(self) -> bytes:
        """Returns the same bytes for the same task."""
        return json.dumps(asdict(self), sort_keys=True).encode()


def look_through(data: bytes) -> tuple[str, bytes]:
    """Looks through an encoded task: the act of the child process."""
    told = json.loads(data)
    formats = Formats(tuple(told["formats"]["regions"]), tuple(told["formats"]["plates"]))
    found = extract_identifiers(told["texts"], told["messages"], formats)
    rows = [[each.kind, each.normal, each.shown] for each in found[:MOST]]
    return KIND, json.dumps(rows).encode()


def decode_answer(data: bytes) -> tuple[Identifier, ...]:
    """Returns what an answer names. Raises `MatchFailed` for what `look_through` never says."""
    try:
        rows = json.loads(data)
    except (ValueError, RecursionError) as problem:
        raise MatchFailed("broken") from problem
    if not isinstance(rows, list) or len(rows) > MOST:
        raise MatchFailed("broken")
    return tuple(dict.fromkeys(map(_decode_row, rows)))


def match_here(task: MatchTask) -> tuple[Identifier, ...]:
    """Looks through a task in this process: for texts of our own, of the demonstration and tests.

    It goes the same way as through a child, but for the child.
    """
    _kind, answer = look_through(task.encode())
    return decode_answer(answer)


def _decode_row(row: Any) -> Identifier:
    if not isinstance(row, list) or len(row) != 3:
        raise MatchFailed("broken")
    kind, normal, shown = row
    if kind not in KINDS or not _is_line(normal, LONGEST_NORMAL) or not _is_line(shown, LONGEST):
        raise MatchFailed("broken")
    return Identifier(kind, normal, shown)


def _is_line(text: Any, most: int) -> bool:
    """Whether this is a text of one line that every database takes."""
    if not isinstance(text, str) or not 0 < len(text) <= most:
        return False
    return not any(c < " " or "\x7f" <= c <= "\x9f" or "\ud800" <= c <= "\udfff" for c in text)
