"""The files of a report that is being written: whose they are, and what the page shows of them.

Small on purpose: the form and the address that takes files both stand on it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from reports.attachments.uploads import UploadOwner
from reports.errors import TokenExpired, TokenInvalid
from reports.intake import token
from webapp.site.clock import now
from webapp.site.db import get_vault
from webapp.uploads import form_files


def find_owner(token_text: str) -> UploadOwner | None:
    """What finds and opens the files of the form with this token; None for no token of ours."""
    try:
        return UploadOwner.from_secret(token.read(get_vault(), token_text, now()).secret)
    except (TokenExpired, TokenInvalid):
        return None


def list_files(token_text: str) -> list[form_files.UploadRow]:
    """The files that are kept under this token."""
    found = find_owner(token_text)
    return form_files.list_files(found) if found else []


def build_page_context(token_text: str, wrong: Sequence[str]) -> dict[str, Any]:
    """What the page of files shows."""
    files = list_files(token_text)
    return {
        "files": files,
        "mistakes": [(form_files.FILES_FIELD, sentence) for sentence in wrong],
        "limits": form_files.format_limits(),
    }
