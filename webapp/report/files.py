"""The files of a report that is being written: whose they are, and what the page shows of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from reports.attachments.uploads import UploadOwner
from reports.errors import TokenExpired, TokenInvalid
from reports.intake import token
from webapp.site.clock import now
from webapp.site.db import get_vault
from webapp.uploads import taking

FILES: Final = "files"
"""The step of the form that takes files."""


def holder(token_text: str) -> UploadOwner | None:
    """What finds and opens the files of the form with this token; None for no token of ours."""
    try:
        return UploadOwner.of(token.read(get_vault(), token_text, now()).secret)
    except (TokenExpired, TokenInvalid):
        return None


def shown(token_text: str) -> list[taking.Shown]:
    """The files that are kept under this token."""
    found = holder(token_text)
    return taking.shown(found) if found else []


def page(token_text: str, wrong: Sequence[str]) -> dict[str, Any]:
    """What the page of files shows."""
    files = shown(token_text)
    return {
        "files": files,
        "mistakes": [(taking.FILES_FIELD, sentence) for sentence in wrong],
        "limits": taking.limit_words(),
    }
