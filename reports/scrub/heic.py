"""HEIC pictures, of iPhones and others: decoded with libheif and re-encoded as JPEG.

Small on purpose: a child process loads libheif only for these pictures.
"""

from __future__ import annotations

import pillow_heif

from reports.scrub import image

pillow_heif.register_heif_opener(thumbnails=False, depth_images=False, aux_images=False)


def clean(data: bytes) -> tuple[str, image.Writer]:
    """Returns the type and a writer of the re-encoded picture. Raises as `image.clean` does."""
    return image.clean(data)
