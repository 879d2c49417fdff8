"""The uploaded files of a form that is not yet sent, and what the page of files shows.

Small on purpose: used by both the form and the upload address.
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
    """Returns the owner under which the files of this form are stored, or None for an invalid
    token."""
    try:
        return UploadOwner.from_secret(token.read(get_vault(), token_text, now()).secret)
    except (TokenExpired, TokenInvalid):
        return None


def list_files(token_text: str) -> list[form_files.UploadRow]:
    """Returns the files stored under this token."""
    found = find_owner(token_text)
    return form_files.list_files(found) if found else []


def build_page_context(token_text: str, wrong: Sequence[str]) -> dict[str, Any]:
    """Returns the template context of the page of files; `wrong` holds error sentences."""
    files = list_files(token_text)
    return {
        "files": files,
        "mistakes": [(form_files.FILES_FIELD, sentence) for sentence in wrong],
        "limits": form_files.format_limits(),
    }
