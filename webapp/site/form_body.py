"""Reading what a person typed: one form body, decoded so that no byte is lost and none breaks it.

Werkzeug drops a whole body that holds one byte of invalid UTF-8. Here such a byte becomes U+FFFD,
so that the field's own check can say so and everything else stays.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import IO, Final
from urllib.parse import parse_qsl

from flask import abort, request

MAX_BODY: Final = 1024 * 1024
"""Bytes of a form that are kept."""
MAX_FIELD: Final = 256 * 1024
"""Bytes of one field that are kept. The longest story fits in any script (a character takes 12
bytes of a form at most); of what is longer its beginning comes back, and the page says that it is
too long, with everything else that was answered."""
MOST_READ: Final = 64 * 1024 * 1024
"""Bytes of a form that are read: what is above `MAX_FIELD` must not cost the other answers."""
BODY_CUT: Final = "wayside.body_cut"
"""In the environment of a request: its body was too large, and only the beginning is there."""
_PIECE: Final = 64 * 1024
_MOST_FIELDS: Final = 40
_NO_TEXT: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufdd0-\ufdef"
    + "".join(chr(plane + end) for plane in range(0, 0x110000, 0x10000) for end in (0xFFFE, 0xFFFF))
    + "]"
)
"""Control characters and code points that are no characters: no page may repeat them."""
_LAST: Final = re.compile(
    rb"(?:%[C-F][0-9A-F])?(?:%[89AB][0-9A-F]){0,3}(?:%[0-9A-F]?)?$", re.IGNORECASE
)
"""The last character of a field of a form, which may be cut in half, where it is not ASCII."""


def read_form(several: Collection[str] = ()) -> dict[str, str]:
    """The fields of this request's form; of a name sent twice the first counts.

    Names in `several` are those of boxes to tick: all their values count, with blanks between.

    A field above `MAX_FIELD` is cut. 413 for more than `MAX_BODY` even so, and for a body that is
    larger than what is read; 400 for more fields than any form of ours has.
    """
    if request.environ.get(BODY_CUT):
        abort(413)
    request.max_content_length = MOST_READ
    body = _read_shortened(request.stream).decode("latin-1")
    try:
        pairs = parse_qsl(
            body, keep_blank_values=True, encoding="latin-1", max_num_fields=_MOST_FIELDS
        )
    except ValueError:
        abort(400)
    fields: dict[str, str] = {}
    for name, value in pairs:
        key, text = _decoded(name), _decoded(value)
        if key in several and key in fields:
            fields[key] += f" {text}"
        fields.setdefault(key, text)
    return fields


def _read_shortened(stream: IO[bytes]) -> bytes:
    """The body, each field of it cut to what is kept."""
    fields, lengths = [bytearray()], [0]
    while piece := stream.read(_PIECE):
        if len(fields) + piece.count(b"&") > _MOST_FIELDS:
            abort(400)
        for number, part in enumerate(piece.split(b"&")):
            if number:
                fields.append(bytearray())
                lengths.append(0)
            lengths[-1] += len(part)
            fields[-1] += part[: MAX_FIELD - len(fields[-1])]
        if sum(map(len, fields)) > MAX_BODY:
            abort(413)
    whole = zip(fields, lengths, strict=True)
    return b"&".join(kept if len(kept) == sent else _LAST.sub(b"", kept) for kept, sent in whole)


def clean_text(text: str) -> str:
    """`text` without what no page may repeat."""
    return _NO_TEXT.sub("", text)


def _decoded(raw: str) -> str:
    return clean_text(raw.encode("latin-1").decode("utf-8", "replace"))
