"""The picture of a page that a browser gets, written by this process from pixels alone.

Small on purpose: nothing that a stranger's file could have made reaches a decoder of pictures.
"""

from __future__ import annotations

import io
from typing import Final

from PIL import Image

from reports.render.drawn_page import DrawnPage

MEDIA_TYPE: Final = "image/webp"
_QUALITY: Final = 88
"""Of 100; letters of 8 points stay sharp in a page of this size."""


def encode_page(page: DrawnPage) -> bytes:
    """Returns the page as WebP."""
    out = io.BytesIO()
    picture = Image.frombytes("RGB", (page.width, page.height), page.pixels)
    picture.save(out, "WEBP", quality=_QUALITY, method=1)
    return out.getvalue()
