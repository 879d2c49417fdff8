"""Pictures: decoded and written anew, so that nothing but the pixels is left.

A HEIC picture becomes a JPEG, which every browser shows. Of moving pictures the first one is kept.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import IO, Any, Final

from PIL import Image, ImageOps, JpegImagePlugin, PngImagePlugin, WebPImagePlugin

from reports.scrub.refusal import Unclean

MOST_PIXELS: Final = 60_000_000
"""docs/security-parameters.md#SP-4.9."""
SMALL: Final = (1600, 1600)
Writer = Callable[[IO[bytes]], None]
"""Writes a picture, piece by piece where its format allows, so that it is not held twice."""
_FORMATS: Final = {"JPEG": "jpeg", "PNG": "png", "WEBP": "webp", "HEIF": "jpeg"}
_SHAPES: Final = {**_FORMATS, "MPO": "jpeg"}
"""What a picture calls itself once opened: many phones put several into one JPEG (MPO)."""
_SHRINKING: Final = ("L", "RGB", "RGBA")
"""Modes of points that can be made fewer while they are read; palettes cannot."""
_SAVE: Final[dict[str, dict[str, Any]]] = {
    "jpeg": {"format": "JPEG", "quality": 92},
    "png": {"format": "PNG"},
    "webp": {"format": "WEBP", "quality": 90, "method": 2},
}

_PLUGINS: Final = (JpegImagePlugin, PngImagePlugin, WebPImagePlugin)
"""Loaded by name, so that Pillow loads none of the many that it knows besides."""

# Ours is checked below, on sizes alone, before anything is decoded.
Image.MAX_IMAGE_PIXELS = None


def clean(data: bytes) -> tuple[str, Writer]:
    """What writes the picture alone. Raises `Unclean`, or what the decoder does with no picture."""
    source = io.BytesIO(data)
    del data
    picture, kind = _decoded(source)
    return kind, lambda out: _write(picture, kind, out)


def clean_bytes(data: bytes) -> bytes:
    """The picture alone, held whole: for the small pictures of documents. Raises as `clean`."""
    out = io.BytesIO()
    clean(data)[1](out)
    return out.getvalue()


def shrink(data: bytes) -> tuple[str, Writer]:
    """A JPEG that fits a screen, to be shown at the desk."""
    picture, _kind = _decoded(io.BytesIO(data), SMALL)
    if picture.mode in ("RGBA", "LA"):
        ground = Image.new("RGBA", picture.size, "white")
        ground.alpha_composite(picture.convert("RGBA"))
        picture = ground
    return "jpeg", lambda out: _write(picture, "jpeg", out)


def _decoded(source: IO[bytes], fit: tuple[int, int] | None = None) -> tuple[Image.Image, str]:
    """The picture upright, without anything else, made to `fit` if wished.

    Every step that could copy the points does so only where something changes: they are most of
    what the process holds.
    """
    with Image.open(source, formats=_known()) as opened:
        if opened.width * opened.height > MOST_PIXELS:
            raise Unclean("pixels")
        kind = _SHAPES[opened.format or ""]
        if fit and opened.mode in _SHRINKING:
            opened.thumbnail(fit)
        opened.load()
        # Nothing is read from here on: what came need not be held beside two sets of points.
        source.truncate(0)
        ImageOps.exif_transpose(opened, in_place=True)
        has_alpha = opened.mode in ("RGBA", "LA", "PA") or "transparency" in opened.info
        wanted = "RGBA" if has_alpha else "L" if opened.mode == "L" else "RGB"
        picture = opened if opened.mode == wanted else opened.convert(wanted)
        # What a writer would take over from the original: comment, profile, text, resolution.
        picture.info.clear()
    if fit:
        picture.thumbnail(fit)
    return picture, kind


def _known() -> tuple[str, ...]:
    return tuple(name for name in _FORMATS if name in Image.OPEN)


def _write(picture: Image.Image, kind: str, out: IO[bytes]) -> None:
    if kind == "jpeg" and picture.mode not in ("L", "RGB"):
        picture = picture.convert("RGB")
    picture.save(out, **_SAVE[kind])
