"""The headers of the one kind of page that may record: its microphone, and what it plays back."""

from __future__ import annotations

from typing import Final

from flask import Response

from webapp.site.security_headers import PUBLIC

_SILENT: Final = "microphone=()"
HEADERS: Final = {
    "Permissions-Policy": PUBLIC["Permissions-Policy"].replace(_SILENT, "microphone=(self)"),
    "Content-Security-Policy": PUBLIC["Content-Security-Policy"].replace(
        "media-src 'self'", "media-src 'self' blob:"
    ),
}


def allow_recording(response: Response) -> Response:
    """Let this page use the microphone, once the person agrees, and play what was recorded."""
    response.headers.update(HEADERS)
    return response
