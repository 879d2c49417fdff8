"""HEIC pictures as one page.

Small on purpose: a child process loads libheif only for these pictures.
"""

from __future__ import annotations

from reports.render import picture_page
from reports.render.drawn_page import DrawnPage
from reports.scrub import heic

assert heic


def draw(data: bytes, number: int) -> DrawnPage:
    """Draws a picture. Raises as `picture_page.draw` does."""
    return picture_page.draw(data, number)
