"""Whether a rewritten picture still looks as it did: a small copy of both is compared.

The small copy of the picture as it came is made strip by strip and by its own arithmetic, so that
a mistake in `reports.scrub.colours` or in an encoder is found and not repeated.
"""

from __future__ import annotations

import io
from typing import Final

from PIL import Image, ImageChops, ImageCms, ImageStat

from reports.scrub.colours import SRGB, has_transparency

CELLS: Final = 48
"""Cells of the small copy, across and down, at most."""
_CELL: Final = 4
"""Pixels of a cell, across and down, at least: an encoder may change a single one."""
MEAN: Final = 8.0
LARGEST: Final = 64
"""The mean and the largest difference of 255 at which two pictures still look the same. A JPEG at
our quality changes noise by 3 on average; a wrong colour space by 15 and more."""
_GROUNDS: Final = ("white", "black")


def draw_small(picture: Image.Image) -> Image.Image:
    """Returns a small copy in sRGB, with transparency."""
    across, down = (max(1, min(CELLS, side // _CELL)) for side in picture.size)
    small = Image.new("RGBA", (across, down))
    span = _get_span(picture)
    for row in range(down):
        top, end = (number * picture.height // down for number in (row, row + 1))
        strip = picture.crop((0, top, picture.width, end))
        if span:
            strip = _reckon(strip.convert("F").resize((across, 1), Image.Resampling.BOX), span)
        else:
            strip.info = dict(picture.info)
            strip = _manage(strip)
        small.paste(strip.convert("RGBA").resize((across, 1), Image.Resampling.BOX), (0, row))
    return small


def is_alike(before: Image.Image, after: Image.Image) -> bool:
    """Returns whether two small copies look the same on a white and on a black ground."""
    if before.size != after.size:
        return False
    for colour in _GROUNDS:
        ground = Image.new("RGBA", before.size, colour)
        one, other = (
            Image.alpha_composite(ground, each).convert("RGB") for each in (before, after)
        )
        difference = ImageChops.difference(one, other)
        told = ImageStat.Stat(difference)
        if max(told.mean) > MEAN or max(high for _low, high in told.extrema) > LARGEST:
            return False
    return True


def _get_span(picture: Image.Image) -> tuple[float, float] | None:
    """Returns the least value and the range of what is wider than 8 bits; None for all others."""
    if picture.mode.startswith("I;16"):
        return 0, 65_535
    if picture.mode not in ("I", "F"):
        return None
    low, high = picture.getextrema()
    if isinstance(low, tuple) or isinstance(high, tuple):
        return None
    if low >= 0 and high <= 65_535:
        whole = 1 if picture.mode == "F" and high <= 1 else 255 if high <= 255 else 65_535
        return 0, whole
    return low, (high - low) or 1


def _reckon(numbers: Image.Image, span: tuple[float, float]) -> Image.Image:
    """Returns shades of grey for numbers of a range."""
    low, width = span
    grey = bytes(
        min(255, max(0, int((value - low) * 255 / width)))
        for value in numbers.get_flattened_data()
        if isinstance(value, float)
    )
    return Image.frombytes("L", numbers.size, grey)


def _manage(strip: Image.Image) -> Image.Image:
    wanted = "RGBA" if has_transparency(strip) else "RGB"
    if strip.mode == "LAB":
        return ImageCms.profileToProfile(
            strip, ImageCms.createProfile("LAB"), SRGB, outputMode="RGB"
        ) or strip.convert("RGB")
    if profile := strip.info.get("icc_profile"):
        known = strip if strip.mode in ("L", "RGB", "RGBA", "CMYK") else strip.convert(wanted)
        try:
            told = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            changed = ImageCms.profileToProfile(
                known, told, SRGB, outputMode="RGBA" if known.mode == "RGBA" else "RGB"
            )
            return changed or known
        except (ImageCms.PyCMSError, OSError, ValueError):
            return strip.convert(wanted)
    return strip.convert(wanted)
