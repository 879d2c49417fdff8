"""Why a cleaner gives up.

Small on purpose: every cleaner raises it, and loads none of the others for it.
"""

from __future__ import annotations


class Unclean(Exception):
    """A file that cannot be cleaned; `code` is "unclean", "bomb", "pixels" or "empty"."""

    def __init__(self, code: str = "unclean") -> None:
        super().__init__(code)
        self.code = code
