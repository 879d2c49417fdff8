"""Paper: PDF documents that can write every language offered, with fonts of our own.

The fonts lie beside this module, so that a document looks the same on every machine. HarfBuzz
shapes the words, since Arabic is unreadable as single letters.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from fpdf import FPDF

FONTS: Final = Path(__file__).parent / "fonts"
FAMILY: Final = "DejaVu"


def make_document(size: tuple[float, float] | str = "A4") -> FPDF:
    """An empty document in millimetres; `set_font(FAMILY, "B")` for bold.

    It tells of no author and no programme; who makes it sets a title.
    """
    document = FPDF(unit="mm", format=size)
    document.add_font(FAMILY, "", FONTS / "DejaVuSans.ttf")
    document.add_font(FAMILY, "B", FONTS / "DejaVuSans-Bold.ttf")
    document.set_text_shaping(True)
    document.set_producer("")
    document.set_creator("")
    return document
