"""Makes plain bytes of a key file as people send it: from Notepad, out of a mail, from a chat.

Small on purpose: used for both kinds of keys, before either is read.
"""

from __future__ import annotations

import codecs
import re
from typing import Final

_UTF16: Final = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
_ZEROS: Final = {b"-\0": "utf-16-le", b"\0-": "utf-16-be"}
"""How UTF-16 without a mark begins where a line of dashes does."""
_ARMOUR: Final = re.compile(
    r"^(?P<before>[^\n]*?)-----BEGIN [A-Z0-9 ]+-----.*?-----END [A-Z0-9 ]+-----",
    re.DOTALL | re.MULTILINE,
)
_MARGIN: Final = re.compile(r"[\s>|\u2502]*")


def clean_key(data: bytes) -> bytes:
    """Returns the armoured blocks in `data` in UTF-8, each line without what a mail or an editor
    put before or behind it; data without such a block as it is, but for a mark of its encoding."""
    text = _decode(data)
    if text is None:
        return data
    blocks = [_join(match.group()) for match in _ARMOUR.finditer(text.replace("\r\n", "\n"))]
    return ("\n".join(blocks) + "\n" if blocks else text).encode()


def _decode(data: bytes) -> str | None:
    """Returns the text of a file; None where it is none."""
    coding = _UTF16.get(data[:2]) or _ZEROS.get(data[:2])
    try:
        if coding:
            return data.decode(coding).removeprefix("\ufeff")
        text = data.removeprefix(codecs.BOM_UTF8).decode()
    except UnicodeDecodeError:
        # Comments in an old encoding stand outside what is read: its letters are all ASCII.
        return data.decode("latin-1") if b"-----BEGIN " in data else None
    return None if "\0" in text else text


def _join(block: str) -> str:
    """Returns the lines of one block, without margins and the marks of a quotation."""
    return "\n".join(_MARGIN.sub("", line, count=1).rstrip() for line in block.split("\n"))
