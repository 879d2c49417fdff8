"""A picture as one page, upright, on white, no larger than a screen shows.

Small on purpose: pictures are decoded as the cleaner does. Of one that moves the first frame is
drawn.
"""

from __future__ import annotations

from PIL import Image

from reports.render import HEIGHT, WIDTH
from reports.render.drawn_page import DrawnPage, Undrawable
from reports.scrub import image
from reports.scrub.refusal import Unclean


def draw(data: bytes, _number: int) -> DrawnPage:
    """Draws a picture. Raises `Undrawable`, or the decoder's error."""
    try:
        picture = image.decode_upright(data, (WIDTH, HEIGHT))
    except Unclean as problem:
        raise Undrawable(problem.code) from problem
    if picture.mode == "RGBA":
        ground = Image.new("RGBA", picture.size, "white")
        ground.alpha_composite(picture)
        picture = ground
    return DrawnPage(1, picture.width, picture.height, picture.convert("RGB").tobytes())
