"""The sizes of public pages: three classes of bodies, and nothing else exists.

A page that is the same for everybody has `SHARED` bytes, packed. A page of the report or the
mailbox has `FORM` bytes, whatever is on it and in every language, and is never packed: its length
would leak what it holds. The few that hand back a long typed text have `ECHO` bytes: the request
that they answer showed already that it is long. A page that fits nowhere is refused with the code
in its address.
"""

from __future__ import annotations

import gzip
import secrets
import struct
from collections.abc import Callable
from typing import Final

from webapp.site.page_codes import MAILBOX, MAILBOX_FILES, REPORT, REPORT_FILES, find_page_code

SHARED: Final = 12_544
"""Bytes of a shared page. With status line, headers and what a proxy adds it is at most 14,000
bytes on the wire, so that TLS still finds room in the first flight of a connection: ten segments of
1,460 bytes (RFC 6928)."""
FORM: Final = 25_088
"""Bytes of a page of the report or the mailbox: the longest one in the widest script fits."""
ECHO: Final = 50_176
"""Bytes of a page that hands back a long typed text; also of a shared page in plain form, for the
few clients that cannot unpack one."""
FORM_CODES: Final = frozenset((REPORT, REPORT_FILES, MAILBOX, MAILBOX_FILES))
"""Page codes of the report and the mailbox."""

_GZIP_EXTRA: Final = 4
_FIXED: Final = struct.Struct("<2sBBIBB")
_COMMENT: Final = (b"\n<!--", b"-->\n")
COMMENT_BYTES: Final = sum(map(len, _COMMENT))
"""Bytes around the filler of a page in plain form."""


class PageTooLarge(Exception):
    """A page does not fit into the size of its class. Its words name the page by its code alone."""

    def __init__(self, path: str, size: int, most: int) -> None:
        self.code = find_page_code(path) or "-"
        super().__init__(f"page {self.code} has {size} bytes; at most {most} fit")


def is_form_path(path: str) -> bool:
    """Whether an address is one of the report or the mailbox."""
    return find_page_code(path) in FORM_CODES


def pad_page(html: bytes, size: int, path: str = "") -> bytes:
    """The page in plain form, filled to `size` bytes with a comment of random letters.

    Raises `PageTooLarge`, which names the page at `path`.
    """
    space = size - len(html) - COMMENT_BYTES
    if space < 0:
        raise PageTooLarge(path, len(html) + COMMENT_BYTES, size)
    filler = secrets.token_hex(space // 2 + 1).encode()[:space]
    return html + _COMMENT[0] + filler + _COMMENT[1]


def compress_page(html: bytes, path: str = "") -> bytes:
    """The page as gzip (RFC 1952), filled to `SHARED` bytes by the header's extra field.

    The same page gives the same bytes. Raises `PageTooLarge`.
    """
    body = gzip.compress(html, compresslevel=9, mtime=0)[_FIXED.size :]
    bare = _FIXED.size + 2 + len(body)
    space = SHARED - bare
    if space < 0:
        raise PageTooLarge(path, bare, SHARED)
    header = _FIXED.pack(b"\x1f\x8b", 8, _GZIP_EXTRA, 0, 2, 255)
    return header + struct.pack("<H", space) + _extra(space) + body


def render_to_fit(render: Callable[[int], str]) -> str:
    """A form page whose typed texts are cut to what the rest of it leaves.

    `render` is given the bytes that they may take together; with none it renders the page with each
    of them cut.
    """
    whole = render(ECHO)
    if len(whole.encode()) + COMMENT_BYTES <= FORM:
        return whole
    return render(FORM - COMMENT_BYTES - len(render(0).encode()))


def _extra(space: int) -> bytes:
    """An extra field of `space` bytes: one subfield that readers skip."""
    if space < 4:
        return bytes(space)
    return struct.pack("<2sH", b"\x00\x00", space - 4) + bytes(space - 4)
