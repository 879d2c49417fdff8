"""Pictures of iPhones and others (HEIC): decoded with libheif, written anew as JPEG.

Small on purpose: a child process loads libheif for these pictures alone.
"""

from __future__ import annotations

import pillow_heif

from reports.scrub import image

pillow_heif.register_heif_opener(thumbnails=False, depth_images=False, aux_images=False)


def clean(data: bytes) -> tuple[str, image.Writer]:
    """The picture alone. Raises as `image.clean` does."""
    return image.clean(data)
