"""The poster: a large QR code, a few words on no particular topic, and strips to tear off."""

from __future__ import annotations

from typing import Final

from fpdf import FPDF

from reports.paper import FAMILY
from webapp.handouts.sheet import PaperBox, draw_code, draw_cut_line, make_sheet, write
from webapp.i18n import MESSAGES, Language

_ = MESSAGES.gettext

WIDTH: Final = 210.0
HEIGHT: Final = 297.0
CODE: Final = 110.0
STRIPS: Final = 8
STRIP_HEIGHT: Final = 52.0


def render_poster(
    language: Language, others: list[str], title: str, address: str, shown: str
) -> bytes:
    """Returns one A4 page as PDF. `others`: the languages of the site in their own names.

    `address` is in the QR code, `shown` is what a person types.
    """
    sheet = make_sheet(language, title)
    page = PaperBox(20, 26, WIDTH - 40)
    below = write(sheet, page, str(_("Do you have questions?")), 34, bold=True)
    below = write(
        sheet,
        PaperBox(20, below + 4, WIDTH - 40),
        str(_("Work, papers, money, a place to stay:")),
        18,
    )
    below = write(sheet, PaperBox(20, below, WIDTH - 40), str(_("read what your rights are.")), 18)
    draw_code(sheet, address, (WIDTH - CODE) / 2, below + 4, CODE)
    below = write(sheet, PaperBox(10, below + CODE + 5, WIDTH - 20), shown, 22, bold=True)
    words = str(_("Free. Without your name. In your language."))
    below = write(sheet, PaperBox(20, below + 3, WIDTH - 40), words, 16)
    write(sheet, PaperBox(20, below + 3, WIDTH - 40), " · ".join(others), 12)
    _strips(sheet, shown)
    return bytes(sheet.output())


def _strips(sheet: FPDF, shown: str) -> None:
    """Draws the address repeatedly, rotated, on strips that can be taken unnoticed."""
    top = HEIGHT - STRIP_HEIGHT
    width = WIDTH / STRIPS
    draw_cut_line(sheet, (0, top), (WIDTH, top))
    size = 15.0
    sheet.set_font(FAMILY, "B", size)
    while sheet.get_string_width(shown) > STRIP_HEIGHT - 8:
        size -= 0.5
        sheet.set_font(FAMILY, "B", size)
    for number in range(STRIPS):
        left = number * width
        if number:
            draw_cut_line(sheet, (left, top), (left, HEIGHT))
        with sheet.rotation(90, left + width / 2, HEIGHT - 4):
            sheet.text(left + width / 2, HEIGHT - 4 + size * 0.12, shown)
