"""Pictures: decoded and written anew, so that nothing but the pixels is left.

A HEIC picture becomes a JPEG, which every browser shows. Of moving pictures the first one is kept.
"""

from __future__ import annotations

import io
from typing import Any, Final

from PIL import Image, ImageOps, JpegImagePlugin, PngImagePlugin, WebPImagePlugin

from reports.scrub.refusal import Unclean

MOST_PIXELS: Final = 60_000_000
"""security.md, section 4."""
SMALL: Final = (1600, 1600)
_FORMATS: Final = {"JPEG": "jpeg", "PNG": "png", "WEBP": "webp", "HEIF": "jpeg"}
_SAVE: Final[dict[str, dict[str, Any]]] = {
    "jpeg": {"format": "JPEG", "quality": 92},
    "png": {"format": "PNG"},
    "webp": {"format": "WEBP", "quality": 90, "method": 2},
}

_PLUGINS: Final = (JpegImagePlugin, PngImagePlugin, WebPImagePlugin)
"""Loaded by name, so that Pillow loads none of the many that it knows besides."""

# Ours is checked below, on sizes alone, before anything is decoded.
Image.MAX_IMAGE_PIXELS = None


def clean(data: bytes) -> tuple[str, bytes]:
    """The picture alone. Raises `Unclean`, or whatever the decoder does with what is no picture."""
    picture, kind = _decoded(data)
    return kind, _written(picture, kind)


def small(data: bytes) -> tuple[str, bytes]:
    """A JPEG that fits a screen, to be shown at the desk."""
    picture, _kind = _decoded(data)
    picture.thumbnail(SMALL)
    if picture.mode in ("RGBA", "LA"):
        ground = Image.new("RGBA", picture.size, "white")
        ground.alpha_composite(picture.convert("RGBA"))
        picture = ground
    return "jpeg", _written(picture, "jpeg")


def _decoded(data: bytes) -> tuple[Image.Image, str]:
    with Image.open(io.BytesIO(data), formats=_known()) as opened:
        if opened.width * opened.height > MOST_PIXELS:
            raise Unclean("pixels")
        kind = _FORMATS[opened.format or ""]
        opened.load()
        upright = ImageOps.exif_transpose(opened)
    has_alpha = upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info
    if upright.mode != "L":
        upright = upright.convert("RGBA" if has_alpha else "RGB")
    # What a writer would take over from the original: comment, profile, text, resolution.
    upright.info.clear()
    return upright, kind


def _known() -> tuple[str, ...]:
    return tuple(name for name in _FORMATS if name in Image.OPEN)


def _written(picture: Image.Image, kind: str) -> bytes:
    if kind == "jpeg" and picture.mode not in ("L", "RGB"):
        picture = picture.convert("RGB")
    out = io.BytesIO()
    picture.save(out, **_SAVE[kind])
    return out.getvalue()
