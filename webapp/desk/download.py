"""A file that goes out to staff or a liaison: saved, or shown where it is a picture of ours.

Whatever a browser takes a file for, nothing in it can run.

Small on purpose: the liaison and the desk save files in the same way.
"""

from __future__ import annotations

from urllib.parse import quote

from flask import Response
from werkzeug.http import dump_options_header

from webapp.site.security_headers import DOWNLOAD_POLICY

BINARY = "application/octet-stream"


def make_download(data: bytes, name: str) -> Response:
    """Returns the bytes as a file to save under this name, whatever kind they are."""
    return Response(data, mimetype=BINARY, headers=fence("attachment", name))


def fence(disposition: str, name: str = "") -> dict[str, str]:
    """Returns the headers under which nothing in a file can run; `name` is what it is saved as.

    A name with other letters than plain ones is told in two ways (RFC 6266).
    """
    options = {}
    if name:
        plain = "".join(c if c.isascii() and (c.isalnum() or c in ".-_") else "_" for c in name)
        options["filename"] = plain
        if plain != name:
            options["filename*"] = f"UTF-8''{quote(name, safe='')}"
    return {
        "Content-Security-Policy": DOWNLOAD_POLICY,
        "Content-Disposition": dump_options_header(disposition, options),
    }
