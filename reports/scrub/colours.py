"""The colours of a picture as a screen shows them: 8 bits for each, in sRGB.

What a picture says of its colours (an ICC profile) goes with its other details, so that they are
converted first. A damaged profile is passed over, as every viewer does.
"""

from __future__ import annotations

import io
from typing import Final

from PIL import Image, ImageCms

from reports.scrub.refusal import Unclean

SRGB: Final = ImageCms.createProfile("sRGB")
_LAB: Final = ImageCms.createProfile("LAB")
_WIDE: Final = ("I;16", "I;16B", "I;16L", "I;16N")
_NUMBERS: Final = ("I", "F")
_PLAIN: Final = ("1", "L", "LA", "La", "P", "PA", "RGB", "RGBA", "RGBa", "RGBX", "CMYK", "YCbCr")
_HIGH_BYTE: Final = [value >> 8 for value in range(65_536)]
_STRIP: Final = 256
"""Rows that are converted at once."""
_MANAGED: Final = ("L", "RGB", "RGBA", "CMYK")


def convert_to_srgb(picture: Image.Image) -> Image.Image:
    """Returns the picture as L, RGB or RGBA in sRGB, changed in place where that is possible.

    Raises `Unclean` for a kind of pixels that is not known: it would be shown wrong.
    """
    profile = picture.info.get("icc_profile")
    clear = has_transparency(picture)
    if picture.mode in _WIDE:
        picture = _narrow(picture)
    elif picture.mode in _NUMBERS:
        picture = _spread(picture)
    elif picture.mode == "LAB":
        return _apply(picture, ImageCms.ImageCmsProfile(_LAB), "RGB")
    elif picture.mode not in _PLAIN:
        raise Unclean
    if picture.mode not in _MANAGED or (clear and picture.mode != "RGBA"):
        grey = picture.mode == "1" and not clear
        picture = picture.convert("L" if grey else "RGBA" if clear else "RGB")
    opened = _open_profile(profile)
    if opened is not None:
        wanted = "RGBA" if picture.mode == "RGBA" else "RGB"
        try:
            return _apply(picture, opened, wanted)
        except (ImageCms.PyCMSError, ValueError, OSError):
            # A profile for another kind of colours, or a damaged one.
            opened = None
    return picture.convert("RGB") if picture.mode == "CMYK" else picture


def has_transparency(picture: Image.Image) -> bool:
    """Returns whether parts of the picture can be seen through."""
    return picture.mode in ("RGBA", "RGBa", "LA", "La", "PA") or "transparency" in picture.info


def _narrow(picture: Image.Image) -> Image.Image:
    """16 bits become 8, the upper half of each value; strip by strip, for memory."""
    see_through = picture.info.get("transparency")
    # One value of 16 bits can stand for "nothing here"; its neighbours stay to be seen.
    hidden = see_through if isinstance(see_through, int) else None
    narrow = Image.new("L" if hidden is None else "LA", picture.size)
    for top in range(0, picture.height, _STRIP):
        box = (0, top, picture.width, min(top + _STRIP, picture.height))
        strip = picture.crop(box).convert("I")
        grey = strip.point(_HIGH_BYTE, "L")
        if hidden is not None:
            shade = strip.point([255 * (value != hidden) for value in range(65_536)], "L")
            grey = Image.merge("LA", (grey, shade))
        narrow.paste(grey, box)
    return narrow


def _spread(picture: Image.Image) -> Image.Image:
    """Whole numbers of 32 bits, or fractions: 16 or 8 bits or 0 to 1 where they fit, else from the
    least to the most."""
    low, high = picture.getextrema()
    if isinstance(low, tuple) or isinstance(high, tuple) or not low <= high:
        raise Unclean
    if low < 0 or high > 65_535:
        start, width = low, (high - low) or 1
    else:
        start, width = 0, 65_535 if high > 255 else 255
        if picture.mode == "F" and high <= 1:
            width = 1
    scaled = picture if picture.mode == "F" else picture.convert("F")
    factor = 255.0 / width
    return scaled.point(lambda value: value * factor - start * factor).convert("L")


def _open_profile(profile: object) -> ImageCms.ImageCmsProfile | None:
    if not isinstance(profile, bytes) or not profile:
        return None
    try:
        return ImageCms.ImageCmsProfile(io.BytesIO(profile))
    except (ImageCms.PyCMSError, OSError, ValueError):
        return None


def _apply(picture: Image.Image, profile: ImageCms.ImageCmsProfile, wanted: str) -> Image.Image:
    change = ImageCms.buildTransform(profile, SRGB, picture.mode, wanted)
    if picture.mode == wanted:
        ImageCms.applyTransform(picture, change, inPlace=True)
        return picture
    changed = ImageCms.applyTransform(picture, change)
    if changed is None:
        raise Unclean
    return changed
