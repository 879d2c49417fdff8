"""Draws the pages of strangers' files, so that staff look at pixels and open no file.

The engines run in a child process of their own (`reports.render.child`), apart from the cleaner: it
may read the system files that an engine needs, and has no key, no network and no other file. What
comes back is a count and bare pixels, checked by whoever asked (`reports.render.renderer`), who
alone writes the picture that a browser decodes (`reports.render.page_picture`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

ACTS: Final[Mapping[str, str]] = {
    "pdf": "pdf",
    "jpeg": "picture",
    "png": "picture",
    "webp": "picture",
    "gif": "picture",
    "tiff": "picture",
    "bmp": "picture",
    "avif": "picture",
    "heic": "heic",
}
"""By the code of a type (`reports.scrub.kinds`): the act of the child process that draws it."""
MOST_PAGES: Final = 200
"""Pages of one file that can be looked at (docs/security-parameters.md#SP-4.24)."""
WIDTH: Final = 1600
HEIGHT: Final = 2000
"""The box into which each page is drawn, in pixels (docs/security-parameters.md#SP-4.24)."""
