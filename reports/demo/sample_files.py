"""Generates small files as reporters send them: a photo, a letter, a few typed lines."""

from __future__ import annotations

import io
from random import Random

from fpdf import FPDF
from PIL import Image, ImageDraw

SIZE = (320, 240)


def make_photo(random: Random) -> tuple[str, bytes]:
    """Returns a name and a JPEG: a house in the dark, with windows lit or not."""
    picture = Image.new("RGB", SIZE, (24, 28, 44))
    draw = ImageDraw.Draw(picture)
    draw.rectangle((50, 50, 270, 240), fill=(92, 84, 80))
    for left in range(70, 250, 50):
        for top in (70, 130, 190):
            lit = (244, 214, 120) if random.random() < 0.4 else (44, 46, 58)
            draw.rectangle((left, top, left + 26, top + 34), fill=lit)
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=70)
    return f"IMG_{random.randint(1000, 9999)}.jpg", out.getvalue()


def make_letter(random: Random) -> tuple[str, bytes]:
    """Returns a name and a PDF: a list of alleged debts."""
    document = FPDF()
    document.add_page()
    document.set_font("Helvetica", size=12)
    document.cell(0, 10, "(Made up.) To pay back:", new_x="LMARGIN", new_y="NEXT")
    for what in ("journey", "bed", "food", "papers"):
        line = f"{what}: {random.randint(2, 40) * 50} euro"
        document.cell(0, 8, line, new_x="LMARGIN", new_y="NEXT")
    return f"list_{random.randint(10, 99)}.pdf", bytes(document.output())


def make_notes(random: Random) -> tuple[str, bytes]:
    """Returns a name and plain text: when somebody saw a van."""
    told = [f"{random.randint(5, 23):02}:{random.randint(0, 59):02} the van" for _ in range(4)]
    return "notes.txt", "\n".join(["(Made up.)", *told, ""]).encode()


KINDS = {"photo": make_photo, "letter": make_letter, "lines": make_notes}
