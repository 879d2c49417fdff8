"""Pictures: decoded and re-encoded, so that only the pixels remain.

A HEIC picture becomes a JPEG, which every browser shows. Of an animation the first frame is kept.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import IO, Any, Final

from PIL import (
    Image,
    ImageColor,
    ImageOps,
    ImagePalette,
    JpegImagePlugin,
    MpoImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
    WebPImagePlugin,
)

from reports.scrub.refusal import Unclean

MOST_PIXELS: Final = 60_000_000
"""docs/security-parameters.md#SP-4.9."""
SMALL: Final = (1600, 1600)
Writer = Callable[[IO[bytes]], None]
"""Writes a picture, in pieces if its format allows, so that it is not in memory twice."""
_FORMATS: Final = {"JPEG": "jpeg", "PNG": "png", "WEBP": "webp", "HEIF": "jpeg"}
_SHAPES: Final = {**_FORMATS, "MPO": "jpeg"}
"""Pillow's format names after opening: many phones put several pictures into one JPEG (MPO)."""
_SHRINKING: Final = ("L", "RGB", "RGBA")
"""Pixel modes that can be downscaled during decoding; palettes cannot."""
_SAVE: Final[dict[str, dict[str, Any]]] = {
    "jpeg": {"format": "JPEG", "quality": 92},
    "png": {"format": "PNG"},
    "webp": {"format": "WEBP", "quality": 90, "method": 2},
}

_PLUGINS: Final = (JpegImagePlugin, PngImagePlugin, WebPImagePlugin)
"""Imported by name, so that Pillow does not load its many other formats."""
_LATER: Final = (ImageColor, ImagePalette, MpoImagePlugin, TiffImagePlugin)
"""What Pillow loads when a picture is the first to need it (palettes, details of the camera,
several pictures in one): a confined process can load nothing any more."""
Image.preinit()

# Our own limit is checked below, from the header alone, before decoding.
Image.MAX_IMAGE_PIXELS = None


def clean(data: bytes) -> tuple[str, Writer]:
    """Returns the type and a writer of the picture. Raises `Unclean`, or the decoder's error."""
    source = io.BytesIO(data)
    del data
    picture, kind = _decoded(source)
    return kind, lambda out: _write(picture, kind, out)


def clean_bytes(data: bytes) -> bytes:
    """Returns the re-encoded picture as bytes, for small pictures in documents. Raises as `clean`
    does."""
    out = io.BytesIO()
    clean(data)[1](out)
    return out.getvalue()


def shrink(data: bytes) -> tuple[str, Writer]:
    """Returns the type and a writer of a JPEG of screen size, to be shown at the desk."""
    picture, _kind = _decoded(io.BytesIO(data), SMALL)
    if picture.mode in ("RGBA", "LA"):
        ground = Image.new("RGBA", picture.size, "white")
        ground.alpha_composite(picture.convert("RGBA"))
        picture = ground
    return "jpeg", lambda out: _write(picture, "jpeg", out)


def _decoded(source: IO[bytes], fit: tuple[int, int] | None = None) -> tuple[Image.Image, str]:
    """Returns the decoded picture, upright and without metadata, downscaled to `fit` if given.

    Pixels take most of the memory, so a step that could copy them does so only if it changes them.
    """
    with Image.open(source, formats=_known()) as opened:
        if opened.width * opened.height > MOST_PIXELS:
            raise Unclean("pixels")
        kind = _SHAPES[opened.format or ""]
        if fit and opened.mode in _SHRINKING:
            opened.thumbnail(fit)
        opened.load()
        # The input is no longer needed and would only take memory beside the pixels.
        source.truncate(0)
        ImageOps.exif_transpose(opened, in_place=True)
        has_alpha = opened.mode in ("RGBA", "LA", "PA") or "transparency" in opened.info
        wanted = "RGBA" if has_alpha else "L" if opened.mode == "L" else "RGB"
        picture = opened if opened.mode == wanted else opened.convert(wanted)
        # Pillow would copy these from the original: comment, profile, text, resolution.
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
