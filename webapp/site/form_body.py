"""Reading what a person typed: one form body, decoded so that no byte is lost and none breaks it.

Werkzeug drops a whole body that holds one byte of invalid UTF-8. Here such a byte becomes U+FFFD,
so that the field's own check can say so and everything else stays.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final
from urllib.parse import parse_qsl

from flask import abort, request

MAX_BODY: Final = 512 * 1024
"""Bytes. The longest story fits in any script (a character takes 12 bytes of a form at most), and
most that are twice too long still come back with a sentence instead of a bare refusal."""
_MOST_FIELDS: Final = 40
_NO_TEXT: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufdd0-\ufdef"
    + "".join(chr(plane + end) for plane in range(0, 0x110000, 0x10000) for end in (0xFFFE, 0xFFFF))
    + "]"
)
"""Control characters and code points that are no characters: no page may repeat them."""


def read_form(several: Collection[str] = ()) -> dict[str, str]:
    """The fields of this request's form; of a name sent twice the first counts.

    Names in `several` are those of boxes to tick: all their values count, with blanks between.

    413 for a body over `MAX_BODY`, 400 for more fields than any form of ours has.
    """
    request.max_content_length = MAX_BODY
    body = request.get_data(cache=False).decode("latin-1")
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


def clean_text(text: str) -> str:
    """`text` without what no page may repeat."""
    return _NO_TEXT.sub("", text)


def _decoded(raw: str) -> str:
    return clean_text(raw.encode("latin-1").decode("utf-8", "replace"))
