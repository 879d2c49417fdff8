"""PDF documents that can show every language offered, with fonts included here.

Bundled fonts make a document look the same on every machine. HarfBuzz shapes the text, since Arabic
is unreadable as single letters.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from fpdf import FPDF

FONTS: Final = Path(__file__).parent / "fonts"
FAMILY: Final = "DejaVu"


def make_document(size: tuple[float, float] | str = "A4") -> FPDF:
    """Returns an empty document in millimetres; use `set_font(FAMILY, "B")` for bold.

    Its metadata names no author and no program; the caller sets a title.
    """
    document = FPDF(unit="mm", format=size)
    document.add_font(FAMILY, "", FONTS / "DejaVuSans.ttf")
    document.add_font(FAMILY, "B", FONTS / "DejaVuSans-Bold.ttf")
    document.set_text_shaping(True)
    document.set_producer("")
    document.set_creator("")
    return document
