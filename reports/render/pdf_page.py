"""Pages of a PDF, drawn by PDFium.

The library is built without a script engine and without XFA, and loads nothing from any address:
links, actions and attachments of a document have nobody to follow them. Annotations and what was
filled into forms are drawn, as whoever prints the document would see them.
"""

from __future__ import annotations

import math
from typing import Final

import pypdfium2
from pypdfium2.raw import FPDF_ERR_PASSWORD

from reports.render import HEIGHT, MOST_PAGES, WIDTH
from reports.render.drawn_page import DrawnPage, Undrawable

MOST_SCALE: Final = 4.0
"""Pixels for each point of a page, so that a small page does not become a blurred large one."""


def draw(data: bytes, number: int) -> DrawnPage:
    """Draws page `number`, counted from 1; the last that may be drawn, where there are fewer.

    Raises `Undrawable`, or the engine's error.
    """
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as problem:
        locked = problem.err_code == FPDF_ERR_PASSWORD
        raise Undrawable("password" if locked else "damaged") from problem
    count = len(document)
    if not count:
        raise Undrawable
    document.init_forms()
    page = document[max(1, min(number, count, MOST_PAGES)) - 1]
    scale = _choose_scale(*page.get_size())
    drawn = page.render(scale=scale, rev_byteorder=True, fill_color=(255, 255, 255, 255))
    return DrawnPage(count, drawn.width, drawn.height, _read_rows(drawn))


def _choose_scale(width: float, height: float) -> float:
    """The largest scale with which a page fits: the engine rounds up, to a pixel at least."""
    if not (0 < width < math.inf and 0 < height < math.inf):
        raise Undrawable
    return min((WIDTH - 1) / width, (HEIGHT - 1) / height, MOST_SCALE)


def _read_rows(drawn: pypdfium2.PdfBitmap) -> bytes:
    """The pixels without what pads each row."""
    held, length = memoryview(drawn.buffer), drawn.width * 3
    if drawn.n_channels != 3:
        raise Undrawable
    starts = range(0, drawn.height * drawn.stride, drawn.stride)
    return b"".join(held[start : start + length] for start in starts)
