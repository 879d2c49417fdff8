"""One printed sheet in the language of the request: text in its direction, and a QR code."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import segno
from fpdf import FPDF
from fpdf.enums import TextDirection

from reports.paper import FAMILY, make_document
from webapp.i18n import Language

LINE: Final = 1.35
"""Line height as a multiple of the font size."""
POINT: Final = 25.4 / 72
"""In millimetres."""
QUIET: Final = 4
"""Modules of white that a reader needs around a QR code (ISO/IEC 18004)."""


@dataclass(frozen=True, slots=True)
class PaperBox:
    """A box on the paper, in millimetres from its upper left corner."""

    x: float
    y: float
    width: float


def make_sheet(language: Language, title: str) -> FPDF:
    """Returns an A4 page with a neutral title, shaped for the language's direction."""
    sheet = make_document()
    sheet.set_title(title)
    sheet.set_lang(language.tag)
    direction = TextDirection.RTL if language.direction == "rtl" else TextDirection.LTR
    sheet.set_text_shaping(True, direction=direction, language=language.tag.split("-")[0])
    sheet.set_auto_page_break(False)
    sheet.set_margin(0)
    sheet.add_page()
    return sheet


def write(
    sheet: FPDF, box: PaperBox, words: str, size: float, *, bold: bool = False, align: str = "C"
) -> float:
    """Writes `words` from the top of `box`; returns the vertical position below them."""
    sheet.set_font(FAMILY, "B" if bold else "", size)
    sheet.set_xy(box.x, box.y)
    sheet.multi_cell(box.width, size * POINT * LINE, words, align=align, new_x="LEFT", new_y="NEXT")
    return float(sheet.get_y())


def draw_code(sheet: FPDF, address: str, x: float, y: float, side: float) -> None:
    """Draws the QR code of `address` as a square of `side` millimetres, including its quiet
    zone."""
    rows = list(segno.make(address, error="m", micro=False).matrix_iter(border=QUIET))
    module = side / len(rows)
    sheet.set_fill_color(0)
    for down, row in enumerate(rows):
        for across, dark in enumerate(row):
            if dark:
                # Slightly larger, so that no printer leaves white lines between modules.
                place = (x + across * module, y + down * module)
                sheet.rect(*place, module + 0.02, module + 0.02, style="F")


def draw_cut_line(sheet: FPDF, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Draws a thin dashed line to cut or fold along."""
    sheet.set_draw_color(130)
    sheet.set_line_width(0.2)
    sheet.set_dash_pattern(2, 2)
    sheet.line(*start, *end)
    sheet.set_dash_pattern()
