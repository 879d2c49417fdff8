"""The readable part of a packet: the report as labelled blocks, for the text and the PDF.

The sentences are English; `PacketLanguage` translates them. Every line that a reporter wrote starts
with a bar, so that a story cannot pose as a line of ours.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from reports.delivery.packet_content import ENGLISH, Content, PacketLanguage, Slip
from reports.delivery.packet_labels import is_said, label_answer, label_field, list_names
from reports.intake.question import N_
from reports.territory import get_territory

WIDTH: Final = 76
BAR: Final = "| "


AUTHORS: Final[Mapping[str, str]] = {"reporter": N_("the reporter"), "desk": N_("the desk")}
STORY: Final = "story"


@dataclass(frozen=True)
class TextBlock:
    """One block. A fact has a `label`; a quote is in somebody else's words."""

    kind: Literal["title", "fact", "text", "gap", "heading", "quote"]
    words: str = ""
    label: str = ""


def build_blocks(content: Content, slip: Slip, words: PacketLanguage = ENGLISH) -> list[TextBlock]:
    """Returns the whole readable part, in order."""
    say = words.say
    return [
        TextBlock("title", say(N_("A report of possible human trafficking"))),
        *_about(content, slip, words),
        *_said_by_desk(content, words),
        TextBlock("gap"),
        *_answers(content, words),
        TextBlock("gap"),
        TextBlock("heading", say(N_("In the reporter's words"))),
        TextBlock("quote", content.answers.get(STORY, "")),
        *_messages(content, words),
        *_files(content, words),
    ]


def render_text(content: Content, slip: Slip, words: PacketLanguage = ENGLISH) -> str:
    """Returns the readable part as plain text, wrapped at `WIDTH` characters."""
    lines: list[str] = []
    for block in build_blocks(content, slip, words):
        lines += _lines(block)
    return "\n".join([*lines, ""])


def _about(content: Content, slip: Slip, words: PacketLanguage) -> Iterator[TextBlock]:
    say = words.say
    to = f"{slip.contact_name} ({slip.contact_id})" if slip.contact_name else slip.contact_id
    yield TextBlock("fact", to, say(N_("Sent to")))
    rule = say(N_("rule"))
    yield TextBlock("fact", f"{say(slip.why)} ({rule} {slip.rule})", say(N_("Because")))
    yield TextBlock("fact", str(slip.delivery_id), say(N_("Our reference")))
    yield TextBlock("fact", _moment(content.received_at, words), say(N_("Received")))
    yield TextBlock("fact", words.tongue(content.language), say(N_("Language of the form")))
    yield TextBlock(
        "text",
        say(N_("The reporter is anonymous. We can pass on a question: quote our reference.")),
    )
    if slip.receipt:
        address, code = slip.receipt
        yield TextBlock(
            "text", say(N_("Please tell us that you have it, or that it is not for you. Go to:"))
        )
        yield TextBlock("text", address)
        yield TextBlock("fact", code, say(N_("Code")))


def _said_by_desk(content: Content, words: PacketLanguage) -> Iterator[TextBlock]:
    if content.note:
        yield TextBlock("gap")
        yield TextBlock("heading", words.say(N_("A word from the desk")))
        yield TextBlock("quote", content.note)
    if content.redacted or content.left_out:
        yield TextBlock("gap")
        yield TextBlock("text", words.say(N_("The desk has kept some of the report to itself.")))


def _answers(content: Content, words: PacketLanguage) -> Iterator[TextBlock]:
    told = content.answers
    for name in list_names(told):
        value = told.get(name, "")
        if name == STORY or name in content.left_out or not is_said(name, value):
            continue
        label = label_field(name, words)
        known = label_answer(name, value, words)
        if name in content.reported:
            said = label_answer(name, content.reported[name], words) or content.reported[name]
            who = words.say(N_("the reporter said"))
            known = f"{known} ({who}: {said})"
        yield TextBlock("quote", value, label) if known is None else TextBlock("fact", known, label)


def _messages(content: Content, words: PacketLanguage) -> Iterator[TextBlock]:
    heading = TextBlock("heading", words.say(N_("Messages since then")))
    if content.thread is None:
        yield from (TextBlock("gap"), heading)
        yield TextBlock("text", words.say(N_("They are damaged here and cannot be read.")))
        return
    for number, line in enumerate(content.thread):
        yield TextBlock("gap")
        if not number:
            yield heading
        author = words.say(AUTHORS[line.author])
        yield TextBlock("quote", line.text, f"{_moment(line.at, words)}, {author}")


def _files(content: Content, words: PacketLanguage) -> Iterator[TextBlock]:
    if content.files:
        yield TextBlock("gap")
        yield TextBlock("heading", words.say(N_("Files that go along")))
        for file in content.files:
            yield TextBlock("quote", file.name)


def _lines(block: TextBlock) -> list[str]:
    if block.kind == "gap":
        return [""]
    if block.kind in ("title", "heading"):
        return [block.words.upper()]
    if block.kind == "quote":
        return [*([f"{block.label}:"] if block.label else []), *_quoted(block.words)]
    if block.kind == "fact":
        told = f"{block.label}: {block.words}"
        return _wrapped(told, "  ") or [f"{block.label}:"]
    return _wrapped(block.words)


def _wrapped(text: str, indent: str = "") -> list[str]:
    return textwrap.wrap(
        text, WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )


def _quoted(words: str) -> list[str]:
    lines: list[str] = []
    for paragraph in words.splitlines() or [""]:
        # A long web address is not broken: it may be the evidence.
        lines += textwrap.wrap(
            paragraph, WIDTH - len(BAR), break_long_words=False, break_on_hyphens=False
        ) or [""]
    return [(BAR + line).rstrip() for line in lines]


def _moment(moment: datetime, words: PacketLanguage) -> str:
    zone, clock = get_territory().find_clock(words.place)
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M} ({words.say(clock)})"
