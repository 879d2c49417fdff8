"""Rules for markup: what a page shows is escaped, but for what is written here as markup."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Final

from tests.support.house import Source

RENDERED: Final = "webapp/info/chapters.py"
"""Puts a page that a template has made, and escaped, into another."""
UNESCAPED: Final = re.compile(r"\|\s*safe\b|{%-?\s*autoescape\s+false", re.IGNORECASE)


def markup_is_written_here(source: Source) -> Iterator[str]:
    """`Markup` is made of a constant: a translation, a fact or a name is a value of it."""
    if not source.below("reports/", "webapp/") or source.below(RENDERED):
        return
    for node in source.nodes:
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        if name == "Markup" and not all(isinstance(each, ast.Constant) for each in node.args):
            yield f"{node.lineno}: makes markup of what is not written there"


def templates_escape(source: Source) -> Iterator[str]:
    """No template lets anything through as it is."""
    text = re.sub(r"{#.*?#}", "", source.text, flags=re.DOTALL)
    yield from (f"says {found!r}" for found in UNESCAPED.findall(text))
