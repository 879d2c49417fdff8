"""A file that goes out to staff or a liaison: saved, never shown, and nothing in it can run."""

from __future__ import annotations

from flask import Response
from werkzeug.http import dump_options_header

from webapp.site.security_headers import DOWNLOAD_POLICY


def make_download(data: bytes, name: str) -> Response:
    """The bytes as an attachment under this name, whatever kind they are."""
    response = Response(data, mimetype="application/octet-stream")
    plain = "".join(c if c.isascii() and (c.isalnum() or c in ".-_") else "_" for c in name)
    response.headers["Content-Disposition"] = dump_options_header(
        "attachment", {"filename": plain or "file"}
    )
    response.headers["Content-Security-Policy"] = DOWNLOAD_POLICY
    return response
