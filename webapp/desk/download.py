"""Files for staff or a liaison: downloads, or re-encoded pictures to show.

Whatever type a browser detects, nothing in such a file can execute.

Small on purpose: the portal and the desk return files in the same way.
"""

from __future__ import annotations

from urllib.parse import quote

from flask import Response
from werkzeug.http import dump_options_header

from webapp.site.security_headers import DOWNLOAD_POLICY

BINARY = "application/octet-stream"


def make_download(data: bytes, name: str) -> Response:
    """Returns the bytes as a download with this name, whatever their type."""
    return Response(data, mimetype=BINARY, headers=fence("attachment", name))


def fence(disposition: str, name: str = "") -> dict[str, str]:
    """Returns headers that keep a file from executing anything; `name` is the name to save it
    under.

    A name with non-ASCII letters is given in two ways (RFC 6266).
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
