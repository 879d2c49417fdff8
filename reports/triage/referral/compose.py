"""Composes what leaves the desk: selects answers, messages and files, and redacts passages.

The reporter's text is never rewritten. Passages that staff name are replaced by a mark wherever
they occur, and the differences are shown before anything is sent.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final, Self

from reports import mailbox
from reports.delivery.packet_content import MARK, Content, EnclosedFile
from reports.errors import PassageMissing, SealBroken, TextTooLong
from reports.intake.question import TextField
from reports.intake.questions import FIELDS, clean
from reports.mailbox import OpenMessage
from reports.triage.report_reader import OpenReport

NOTE_LIMIT: Final = 2_000
"""The most characters of a covering note."""
PASSAGES: Final = 100
PASSAGE_LIMIT: Final = 500
"""The most passages that can be redacted, and the most characters of each."""
UNSAID: Final = ("", "unknown")
"""Answers that carry no information: they cannot be withheld."""


@dataclass(frozen=True)
class Selection:
    """What staff chose to send. Ids of messages and files are hexadecimal; `passages` are
    redacted."""

    fields: frozenset[str]
    messages: frozenset[str]
    files: frozenset[str] = frozenset()
    passages: tuple[str, ...] = ()
    note: str = ""
    history: bool = False

    @classmethod
    def from_report(cls, opened: OpenReport) -> Self:
        """Returns the default: all answers and messages, but no file, which staff must look at
        first."""
        return cls(
            frozenset(opened.judged or {}),
            frozenset(format_line_id(line) for line in mailbox.filter_written(opened.thread) or ()),
        )

    def __repr__(self) -> str:
        return "Selection(...)"


@dataclass(frozen=True)
class TextPiece:
    """A piece of a text, unchanged or (`taken`) redacted."""

    text: str
    taken: bool


@dataclass(frozen=True)
class TextDifference:
    """One text of the report in pieces; `name` is a field or the id of a message."""

    name: str
    pieces: tuple[TextPiece, ...]

    @property
    def changed(self) -> bool:
        """Whether anything in it was redacted."""
        return any(piece.taken for piece in self.pieces)


@dataclass(frozen=True)
class ComposedReport:
    """The content to send, and how it differs from what the reporter wrote."""

    content: Content
    differences: tuple[TextDifference, ...]

    def __repr__(self) -> str:
        return "ComposedReport(...)"


def compose(
    opened: OpenReport,
    chosen: Selection,
    files: Iterable[EnclosedFile] = (),
    history: Iterable[Mapping[str, object]] = (),
) -> ComposedReport:
    """Returns the content that `chosen` selects from the report.

    `files` are the chosen ones; `history` is the report's custody. Raises `SealBroken` for a
    damaged body, `PassageMissing` for a passage that occurs nowhere, and `TextTooLong` for a note
    or passage.
    """
    if opened.answers is None or opened.received_at is None:
        raise SealBroken("the report's body is damaged: there is nothing to send")
    note, passages = _checked(chosen)
    judged = dict(opened.judged or opened.answers)
    held = set(list_optional_answers(opened)) - chosen.fields
    kept = {name: value for name, value in judged.items() if name not in held}
    lines = mailbox.filter_written(opened.thread)
    sent = (
        None
        if lines is None
        else [line for line in lines if format_line_id(line) in chosen.messages]
    )
    texts = [(name, value) for name, value in kept.items() if _is_free(name)]
    texts += [(format_line_id(line), line.text) for line in sent or ()]
    differences = tuple(TextDifference(name, tuple(_split(text, passages))) for name, text in texts)
    _all_found(passages, [text for _, text in texts])
    after = {each.name: _joined(each.pieces) for each in differences}
    return ComposedReport(
        Content(
            answers={name: after.get(name, value) for name, value in kept.items()},
            language=opened.language,
            received_at=opened.received_at,
            thread=None if sent is None else tuple(_after(line, after) for line in sent),
            note=note,
            reported=_as_reported(opened.answers, kept),
            left_out=_left_out(held, judged, lines, sent),
            redacted=any(each.changed for each in differences),
            files=tuple(files),
            history=tuple(history) if chosen.history else None,
        ),
        differences,
    )


def list_optional_answers(opened: OpenReport) -> dict[str, str]:
    """Returns the answers, with corrections, that can be withheld.

    An answer qualifies when the current or the original value carries information. The others are
    always sent, since "I don't know" is an answer too.
    """
    own = opened.answers or {}
    return {
        name: value
        for name, value in (opened.judged or {}).items()
        if value not in UNSAID or own.get(name, "") not in UNSAID
    }


def format_line_id(line: OpenMessage) -> str:
    """Returns the id of a message as a form carries it."""
    return line.id.hex if line.id else ""


def parse_passages(typed: str) -> tuple[str, ...]:
    """Returns the passages that were typed, one to a line, without duplicates."""
    return tuple(dict.fromkeys(line.strip() for line in clean(typed).split("\n") if line.strip()))


def _checked(chosen: Selection) -> tuple[str, tuple[str, ...]]:
    note = clean(chosen.note)
    if len(note) > NOTE_LIMIT:
        raise TextTooLong(NOTE_LIMIT, len(note))
    if len(chosen.passages) > PASSAGES:
        raise TextTooLong(PASSAGES, len(chosen.passages))
    longest = max(map(len, chosen.passages), default=0)
    if longest > PASSAGE_LIMIT:
        raise TextTooLong(PASSAGE_LIMIT, longest)
    return note, chosen.passages


def _is_free(name: str) -> bool:
    field = FIELDS.get(name)
    return field is None or isinstance(field, TextField)


def _pattern(passages: Iterable[str]) -> re.Pattern[str] | None:
    """Returns a pattern for any of the passages, ignoring case and the amount of white space."""
    parts = [r"\s+".join(map(re.escape, passage.split())) for passage in passages]
    # The longest first: "Jan de Wit" must not leave " de Wit" because "Jan" was found before it.
    parts.sort(key=len, reverse=True)
    return re.compile("|".join(parts), re.IGNORECASE) if parts else None


def _split(text: str, passages: tuple[str, ...]) -> Iterator[TextPiece]:
    pattern, at = _pattern(passages), 0
    for found in pattern.finditer(text) if pattern else ():
        if found.start() > at:
            yield TextPiece(text[at : found.start()], taken=False)
        yield TextPiece(found.group(), taken=True)
        at = found.end()
    if text[at:] or not at:
        yield TextPiece(text[at:], taken=False)


def _joined(pieces: Iterable[TextPiece]) -> str:
    return "".join(MARK if piece.taken else piece.text for piece in pieces)


def _all_found(passages: Iterable[str], texts: list[str]) -> None:
    for passage in passages:
        pattern = _pattern([passage])
        if pattern is not None and not any(pattern.search(text) for text in texts):
            raise PassageMissing(passage)


def _after(line: OpenMessage, after: Mapping[str, str]) -> OpenMessage:
    return replace(line, text=after.get(format_line_id(line), line.text))


def _as_reported(answers: Mapping[str, str], kept: Mapping[str, str]) -> dict[str, str]:
    return {name: answers.get(name, "") for name in kept if answers.get(name, "") != kept[name]}


def _left_out(
    held: set[str],
    judged: Mapping[str, str],
    lines: tuple[OpenMessage, ...] | None,
    sent: list[OpenMessage] | None,
) -> tuple[str, ...]:
    missing = [name for name in judged if name in held]
    if lines is not None and sent is not None and len(sent) < len(lines):
        missing.append("messages")
    return tuple(missing)
