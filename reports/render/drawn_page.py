"""A page as the child process draws it, and why it may not.

Small on purpose: every engine answers with it, without loading any other engine.
"""

from __future__ import annotations

from dataclasses import dataclass


class Undrawable(Exception):
    """A file of which no page can be drawn; `code` is "damaged", "password", "pixels" or "bomb"."""

    def __init__(self, code: str = "damaged") -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class DrawnPage:
    """One page of a file with `count` pages: rows of red, green and blue, a byte each."""

    count: int
    width: int
    height: int
    pixels: bytes

    def __repr__(self) -> str:
        return "DrawnPage(...)"
