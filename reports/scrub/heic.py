"""HEIC pictures, of iPhones and others: decoded with libheif and re-encoded as JPEG.

Small on purpose: a child process loads libheif only for these pictures.
"""

from __future__ import annotations

import pillow_heif

from reports.scrub import image
from reports.scrub.remarks import Remarks

pillow_heif.register_heif_opener(thumbnails=False, depth_images=False, aux_images=False)


def clean(data: bytes) -> tuple[str, bytes, Remarks]:
    """Returns the type, the re-encoded picture and remarks. Raises as `image.clean` does."""
    return image.clean(data)
