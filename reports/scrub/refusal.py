"""The error with which a cleaner gives up.

Small on purpose: every cleaner raises it, without loading any other cleaner.
"""

from __future__ import annotations


class Unclean(Exception):
    """A file that cannot be cleaned; `code` is "unclean", "bomb", "pixels", "empty", or "locked"
    for one that needs a password."""

    def __init__(self, code: str = "unclean") -> None:
        super().__init__(code)
        self.code = code
