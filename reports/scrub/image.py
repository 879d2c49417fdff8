"""Pictures: decoded and re-encoded, so that only the pixels remain, in the colours of a screen.

HEIC and AVIF become JPEG (PNG where they can be seen through), BMP, TIFF and GIF become PNG, and a
moving GIF a WebP without loss. A picture of several pages stays a TIFF. What does not look
afterwards as it did is refused.
"""

from __future__ import annotations

import io
from contextlib import suppress
from typing import IO, Any, Final

from PIL import (
    AvifImagePlugin,
    BmpImagePlugin,
    GifImagePlugin,
    Image,
    ImageColor,
    ImageFile,
    ImagePalette,
    ImageSequence,
    JpegImagePlugin,
    MpoImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
    WebPImagePlugin,
)

from reports.scrub.colours import convert_to_srgb, has_transparency
from reports.scrub.likeness import draw_small, is_alike
from reports.scrub.refusal import Unclean
from reports.scrub.remarks import CUT, STILL, Remarks

MOST_PIXELS: Final = 60_000_000
"""docs/security-parameters.md#SP-4.9. Of a moving picture, and of pages, all of them together."""
MOST_PICTURES: Final = 1_000
_FORMATS: Final = {
    "JPEG": "jpeg",
    "MPO": "jpeg",
    "PNG": "png",
    "WEBP": "webp",
    "HEIF": "jpeg",
    "AVIF": "jpeg",
    "GIF": "png",
    "BMP": "png",
    "DIB": "png",
    "TIFF": "png",
}
"""Pillow's names of formats, and what each becomes: many phones put several pictures into one JPEG
(MPO), of which the first is the picture."""
_MOVING: Final = {"PNG": "png", "WEBP": "webp", "GIF": "webp", "TIFF": "tiff"}
"""What holds several pictures, and what they become together."""
_SHRINKING: Final = ("L", "RGB", "RGBA")
"""Pixel modes that can be downscaled during decoding; palettes cannot."""
_FINE: Final = 4_000_000
"""Pixels up to which a JPEG keeps the colour of each: more are as fine without."""
_SAVE: Final[dict[str, dict[str, Any]]] = {
    "jpeg": {"format": "JPEG", "quality": 92},
    "png": {"format": "PNG"},
    "webp": {"format": "WEBP", "quality": 90, "method": 2},
    "tiff": {"format": "TIFF", "compression": "tiff_deflate"},
}
_MADE_UP: Final = 32
"""Rows of a cut-off picture that prove nothing: the blocks of a JPEG."""
_UPRIGHT: Final = 0x0112
"""The Exif tag of how a picture is to be turned."""
_TURNS: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}

_PLUGINS: Final = (
    *(JpegImagePlugin, PngImagePlugin, WebPImagePlugin, GifImagePlugin, BmpImagePlugin),
    *(TiffImagePlugin, MpoImagePlugin),
)
"""Imported by name, so that Pillow does not load its many other formats."""
_LATER: Final = (ImageColor, ImagePalette)
"""What Pillow loads when a picture is the first to need it: a confined process can load nothing
any more."""
Image.preinit()
# A confined process starts no threads.
AvifImagePlugin.DEFAULT_MAX_THREADS = 1

# Our own limit is checked below, from the header alone, before decoding.
Image.MAX_IMAGE_PIXELS = None


def clean(data: bytes) -> tuple[str, bytes, Remarks]:
    """Returns the type, the rewritten picture and remarks. Raises `Unclean`, or the decoder's
    error."""
    source = io.BytesIO(data)
    del data
    opened = _open(source)
    count, remarks = _count(opened), {}
    if count > 1:
        if count <= MOST_PICTURES and opened.width * opened.height * count <= MOST_PIXELS:
            return _rewrite_all(opened, count)
        remarks = {STILL: 1}
    source.seek(0)
    picture, kind, before, cut = _decode(source)
    written = _encode(picture, kind)
    # Freed before the copy is decoded: both at once would take twice the memory.
    del picture
    _check(before, written)
    return kind, written, {**remarks, **({CUT: 1} if cut else {})}


def clean_for_document(data: bytes) -> tuple[str, bytes]:
    """Returns "jpeg" or "png", which every program for documents shows, and the rewritten picture.
    Raises as `clean` does."""
    picture, kind, before, _cut = _decode(io.BytesIO(data))
    kind = "jpeg" if kind == "jpeg" else "png"
    written = _encode(picture, kind)
    _check(before, written)
    return kind, written


def decode_upright(data: bytes, fit: tuple[int, int]) -> Image.Image:
    """Returns the picture upright, in the colours of a screen and no larger than `fit`; the first
    of several. Raises as `clean` does."""
    return _decode(io.BytesIO(data), fit)[0]


def _open(source: IO[bytes]) -> ImageFile.ImageFile:
    """Raises `Unclean` with "pixels", before anything is decoded."""
    opened = Image.open(source, formats=[name for name in _FORMATS if name in Image.OPEN])
    if opened.width * opened.height > MOST_PIXELS:
        opened.close()
        raise Unclean("pixels")
    return opened


def _check(before: Image.Image, written: bytes) -> int:
    """Returns how many pictures were written. Raises `Unclean` where the first looks otherwise."""
    again = _open(io.BytesIO(written))
    again.load()
    if not is_alike(before, draw_small(again)):
        raise Unclean
    return _count(again)


def _count(opened: ImageFile.ImageFile) -> int:
    return int(getattr(opened, "n_frames", 1)) if opened.format in _MOVING else 1


def _decode(
    source: IO[bytes], fit: tuple[int, int] | None = None
) -> tuple[Image.Image, str, Image.Image, bool]:
    """Returns the decoded picture, upright and without metadata, what it becomes, a small copy of
    how it looked, and whether it was cut off. It is downscaled to `fit` if given.

    Pixels take most of the memory, so a step that could copy them does so only if it changes them.
    """
    opened, cut = _load(source, fit)
    kind = _FORMATS[opened.format or ""]
    if kind == "jpeg" and has_transparency(opened) and not fit:
        kind = "png"
    orientation = opened.getexif().get(_UPRIGHT)
    # The input is no longer needed and would only take memory beside the pixels.
    source.truncate(0)
    before = _turn(draw_small(opened), orientation)
    picture = convert_to_srgb(opened)
    # Pillow would copy these from the original: comment, profile, text, resolution.
    picture.info.clear()
    picture = _turn(picture, orientation)
    if fit:
        picture.thumbnail(fit)
    return picture, kind, before, cut


def _load(source: IO[bytes], fit: tuple[int, int] | None) -> tuple[ImageFile.ImageFile, bool]:
    """Opens and decodes, as far as the bytes go; whether they ended too early. Raises `Unclean`
    where nothing was there."""
    opened = _open(source)
    if fit and opened.mode in _SHRINKING:
        opened.draft(None, fit)
    with suppress(OSError, SyntaxError):
        opened.load()
        return opened, False
    source.seek(0)
    # Read in this process alone, which ends after one file.
    ImageFile.LOAD_TRUNCATED_IMAGES = True
    try:
        opened = _open(source)
        opened.load()
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = False
    # A decoder makes up the first rows from nothing, and leaves all others of one colour.
    told = opened.crop((0, min(_MADE_UP, opened.height // 2), *opened.size)).convert("RGB")
    if all(isinstance(band, tuple) and band[0] == band[1] for band in told.getextrema()):
        raise Unclean
    return opened, True


def _turn(picture: Image.Image, orientation: object) -> Image.Image:
    how = _TURNS.get(orientation) if isinstance(orientation, int) else None
    return picture if how is None else picture.transpose(how)


def _encode(picture: Image.Image, kind: str) -> bytes:
    out = io.BytesIO()
    if kind == "jpeg" and picture.mode not in ("L", "RGB"):
        picture = picture.convert("RGB")
    how = dict(_SAVE[kind])
    if kind == "jpeg" and picture.width * picture.height <= _FINE:
        how["subsampling"] = 0
    picture.save(out, **how)
    return out.getvalue()


def _rewrite_all(opened: ImageFile.ImageFile, count: int) -> tuple[str, bytes, Remarks]:
    """Returns the pictures of a moving one, or its pages, each rewritten. Raises `Unclean`, also
    where the copy has another number of them."""
    kind = _MOVING[opened.format or ""]
    pictures, lasting, before = [], [], None
    loop = opened.info.get("loop", 1 if opened.format == "GIF" else 0)
    for each in ImageSequence.Iterator(opened):
        if each.width * each.height * count > MOST_PIXELS:
            raise Unclean("pixels")
        each.load()
        lasting.append(max(0, int(each.info.get("duration", 0) or 0)))
        one = each.copy()
        one.info = dict(each.info)
        orientation = each.getexif().get(_UPRIGHT)
        before = before or _turn(draw_small(one), orientation)
        one = _turn(convert_to_srgb(one), orientation)
        one.info.clear()
        pictures.append(one if kind == "tiff" else one.convert("RGBA"))
    out = io.BytesIO()
    how = {**_SAVE[kind], "save_all": True, "append_images": pictures[1:]}
    if kind == "tiff":
        pictures[0].save(out, **how)
    else:
        if kind == "webp":
            how |= {"lossless": opened.format == "GIF", "minimize_size": False}
        pictures[0].save(out, **how, duration=lasting, loop=loop if isinstance(loop, int) else 0)
    if before is None:
        raise Unclean
    kept = _check(before, out.getvalue())
    # Pictures that are equal one after the other become one that lasts longer.
    if kept < 2 or (kind == "tiff" and kept != count):
        return kind, _encode(pictures[0], kind), {STILL: 1}
    return kind, out.getvalue(), {}
