"""Code of a stranger inside the process that draws pages: it tries what it is told to try.

It takes the place of an engine in `reports.render.child`. Run as
`python -m tests.support.escape_drawing LAYERS ACT`.
"""

from __future__ import annotations

import importlib
import json
import sys
from typing import Any

from reports.render import child
from reports.render.drawn_page import DrawnPage
from tests.support import escape


def attempt(data: bytes, _number: int) -> DrawnPage:
    """In place of an engine: what came of it stands where the pixels would."""
    return DrawnPage(1, 1, 1, escape.attempt(data)[1])


def try_out(layers: str, act: str, *what: Any) -> str:
    """What came of it: `escape.FINISHED`, or the name of the error."""
    said = escape.run(layers, act, json.dumps(what).encode(), program=__name__)
    head, _, told = said.partition(b"\n")
    assert head == b"ok 1 1 1", head
    return told.decode().strip()


def draw(layers: str, act: str, data: bytes) -> bytes:
    """What the real engine answers under these layers."""
    return escape.run(layers, act, data, tells=True, program=__name__)


if __name__ == "__main__":
    child.drop_rights = escape.LAYERS[sys.argv[1]]
    if not sys.argv[3]:
        for name in child.ENGINES.values():
            importlib.import_module(name).draw = attempt
    sys.exit(child.main(sys.argv[2], 1))
