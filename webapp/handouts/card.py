"""The pocket card: four on a sheet, each folded once with the print inside, so blank outside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from fpdf import FPDF

from webapp.handouts.sheet import PaperBox, draw_code, draw_cut_line, make_sheet, write
from webapp.i18n import MESSAGES, Language

_ = MESSAGES.gettext

WIDTH: Final = 85.0
HALF: Final = 55.0
"""The size of a bank card when folded, in millimetres."""
LEFT: Final = 20.0
TOP: Final = 26.0
CODE: Final = 38.0


@dataclass(frozen=True, slots=True)
class CountryNumbers:
    """Whom to call in one country: in danger, and for help and advice."""

    country: str
    danger: tuple[str, ...]
    advice: str


def render_card(
    language: Language, numbers: Sequence[CountryNumbers], title: str, address: str, shown: str
) -> bytes:
    """Returns one A4 page as PDF with four cards. `address` is in the QR code, `shown` in print."""
    sheet = make_sheet(language, title)
    hint = _("Print on one side. Cut along the lines. Fold with the print inside.")
    write(sheet, PaperBox(LEFT, 12, 2 * WIDTH), str(hint), 9)
    align = "R" if language.direction == "rtl" else "L"
    for row in range(2):
        for column in range(2):
            corner = PaperBox(LEFT + column * WIDTH, TOP + row * 2 * HALF, WIDTH)
            _one(sheet, corner, align, numbers, address, shown)
    for column in range(3):
        x = LEFT + column * WIDTH
        draw_cut_line(sheet, (x, TOP), (x, TOP + 4 * HALF))
    for row in range(5):
        y = TOP + row * HALF
        draw_cut_line(sheet, (LEFT, y), (LEFT + 2 * WIDTH, y))
    return bytes(sheet.output())


def _one(
    sheet: FPDF,
    corner: PaperBox,
    align: str,
    numbers: Sequence[CountryNumbers],
    address: str,
    shown: str,
) -> None:
    """Draws one card: the upper half leads to the site, the lower half has the numbers."""
    inner = corner.width - 8
    draw_code(sheet, address, corner.x + (corner.width - CODE) / 2, corner.y + 1, CODE)
    words = str(_("Your rights and people who help. Free, without your name."))
    below = write(sheet, PaperBox(corner.x + 4, corner.y + CODE, inner), shown, 9, bold=True)
    write(sheet, PaperBox(corner.x + 4, below, inner), words, 8)
    below = corner.y + HALF + 3
    for each in numbers:
        below = write(
            sheet, PaperBox(corner.x + 4, below, inner), each.country, 10, bold=True, align=align
        )
        danger = _("In danger: %(numbers)s", numbers=" / ".join(each.danger))
        below = write(sheet, PaperBox(corner.x + 4, below, inner), str(danger), 10, align=align)
        if each.advice:
            advice = _("Help and advice: %(number)s", number=each.advice)
            below = write(sheet, PaperBox(corner.x + 4, below, inner), str(advice), 10, align=align)
        below += 1.5
