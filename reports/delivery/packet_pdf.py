"""Renders the readable packet as a PDF: labels in plain type, the reporter's words behind a bar.

It contains only text: no links, no scripts, nothing that is loaded from elsewhere.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Container, Iterable
from datetime import UTC, datetime
from typing import Final

from fpdf import FPDF
from fpdf.enums import WrapMode

from reports.delivery.packet_text import TextBlock
from reports.paper import FAMILY, make_document

MARGIN: Final = 20.0
INDENT: Final = 6.0
COLUMN: Final = 58.0
LINE: Final = 5.5
"""In millimetres, as all measures here."""
BOX: Final = "\u25a1"
"""Replaces a character that the font lacks."""
SIZE: Final = 10
"""In points."""


def render(blocks: Iterable[TextBlock], language: str, now: datetime) -> bytes:
    """Returns the blocks as an A4 PDF. `language` is a tag such as "nl"; `now` its creation
    date."""
    document = make_document()
    document.set_margins(MARGIN, MARGIN)
    document.set_auto_page_break(True, MARGIN)
    document.set_lang(language)
    document.set_creation_date(now.astimezone(UTC).replace(microsecond=0))
    document.add_page()
    for block in blocks:
        _put(document, block)
    return bytes(document.output())


def _put(document: FPDF, block: TextBlock) -> None:
    if block.kind == "gap":
        document.ln(LINE * 0.7)
    elif block.kind in ("title", "heading"):
        document.set_font(FAMILY, "B", SIZE + (5 if block.kind == "title" else 2))
        _lines(document, block.words, LINE * (1.5 if block.kind == "title" else 1.2))
    elif block.kind == "quote":
        _quote(document, block)
    else:
        top, page = document.get_y(), document.page
        if block.label:
            document.set_font(FAMILY, "B", SIZE)
            _lines(document, f"{block.label}:", LINE, width=COLUMN - 2)
        low, turned = document.get_y(), document.page != page
        if block.label and not turned:
            document.set_y(top)
        document.set_font(FAMILY, "", SIZE)
        _lines(document, block.words, LINE, indent=COLUMN if block.label else 0.0)
        if document.page == page:
            document.set_y(max(low, document.get_y()))


def _quote(document: FPDF, block: TextBlock) -> None:
    if block.label:
        document.set_font(FAMILY, "B", SIZE)
        _lines(document, f"{block.label}:", LINE)
    document.set_font(FAMILY, "", SIZE)
    for paragraph in block.words.splitlines() or [""]:
        top, page = document.get_y(), document.page
        _lines(document, paragraph, LINE, indent=INDENT)
        if document.page != page:
            top = MARGIN
        x = MARGIN + INDENT / 2
        document.line(x, top, x, document.get_y())


def _lines(
    document: FPDF, text: str, height: float, *, indent: float = 0.0, width: float = 0.0
) -> None:
    document.set_x(MARGIN + indent)
    right_to_left = _runs_right_to_left(text)
    document.multi_cell(
        width or document.w - 2 * MARGIN - indent,
        height,
        _printable(text, getattr(document.current_font, "cmap", ())) or " ",
        align="R" if right_to_left else "L",
        wrapmode=WrapMode.WORD,
        new_x="LMARGIN",
        new_y="NEXT",
    )


def _printable(text: str, shapes: Container[int]) -> str:
    """Returns the text without control characters, and with a box for each character the font
    lacks."""
    kept = (c for c in text if unicodedata.category(c) not in ("Cc", "Cf", "Cs"))
    return "".join(c if ord(c) in shapes else BOX for c in kept)


def _runs_right_to_left(text: str) -> bool:
    """Whether the first letter with a direction runs right to left, as with `dir="auto"`."""
    first = (unicodedata.bidirectional(c) for c in text)
    return next((kind != "L" for kind in first if kind in ("L", "R", "AL")), False)
