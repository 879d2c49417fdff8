"""The files of a report as the desk lists them: type, size, and whether its pages can be drawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from flask_babel import LazyString

from reports import custody
from reports.attachments import report_files
from reports.attachments.report_files import ReportFile
from reports.custody import CustodyEntry
from reports.errors import SealBroken
from reports.model import Report
from webapp.i18n import DESK
from webapp.site.app_services import get_services
from webapp.site.db import get_session, get_vault
from webapp.staff_auth import get_keyring, get_sitting
from webapp.wording.file_remarks import describe_remarks

_ = DESK.lazy_gettext

SHOWN: Final = "file_shown"
SAVED: Final = "file_saved"
WHAT: Final[dict[str, LazyString | str]] = {
    **{
        code: code.upper()
        for code in ("jpeg", "png", "gif", "tiff", "bmp", "pdf", "docx", "odt", "zip")
    },
    **{code: code.upper() for code in ("mp4", "mp3", "wav")},
    **{code: code.upper() for code in ("xlsx", "pptx", "ods", "odp", "rtf", "eml", "flac", "amr")},
    "webp": "WebP",
    "avif": "AVIF",
    "webm": "WebM",
    "ogg": "Ogg",
    "other": _("Unknown type"),
}
DOCUMENTS: Final = (
    *("pdf", "docx", "xlsx", "pptx", "odt", "ods", "odp", "rtf", "eml", "zip", "other"),
)
"""Codes of the types that a program opens which can do more than show."""


@dataclass(frozen=True)
class FileRow:
    """One file in the list. `drawable`: its pages can be looked at. `document`: a program
    that opens it can do more than show. `damaged`: it cannot be decrypted."""

    id: UUID
    name: str = ""
    what: LazyString | str = ""
    size: int = 0
    cleaned: bool = False
    original: bool = False
    drawable: bool = False
    document: bool = False
    damaged: bool = False
    remarks: tuple[str, ...] = ()


def list_files(report: Report) -> list[FileRow]:
    """Returns the files of the report that the signed-in person can open."""
    if not report.has_attachments:
        return []
    try:
        private = get_keyring().open_case_key(get_session(), report)
    except SealBroken:
        return []
    return [
        _listed(each)
        for each in report_files.list_files(get_session(), get_vault(), report, private)
    ]


def find(report: Report, file_id: UUID) -> ReportFile:
    """Returns one file. Raises `FileRefused` if the report does not have it, `SealBroken` if
    damaged."""
    private = get_keyring().open_case_key(get_session(), report)
    return report_files.find(get_session(), get_vault(), report, private, file_id)


def has_been_shown(report: Report, file_id: UUID) -> bool:
    """Returns whether custody says that the signed-in person viewed this file in this session."""
    entry = CustodyEntry(SHOWN, {"file": str(file_id)}, get_keyring().staff.id)
    return custody.has_seen(get_session(), report, entry, get_sitting())


def _listed(each: ReportFile) -> FileRow:
    details = each.details
    if details is None:
        return FileRow(each.id, damaged=True)
    return FileRow(
        id=each.id,
        name=each.name,
        what=WHAT.get(details.kind, WHAT["other"]),
        size=details.size,
        cleaned=details.cleaned,
        original=each.original_blob is not None,
        drawable=get_services().renderer.may_draw(details.kind),
        document=details.kind in DOCUMENTS,
        remarks=tuple(describe_remarks(details.remarks, desk=True)),
    )
