"""The files of a report: sealed to its case key, read at the desk, given to referrals.

Sending re-seals the key of each file and touches no byte of its content.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from reports import sealed_rows
from reports.attachments import file_names
from reports.attachments.ingest import MAIN, ORIGINAL
from reports.attachments.uploads import FileDetails, UploadOwner, list_uploads
from reports.blobs import Store
from reports.errors import FileRefused, SealBroken
from reports.model import Attachment, Report
from reports.scrub import MEDIA_TYPES
from reports.vault import Opener, Vault, open_stream

MOST_OF_A_REPORT: Final = 50
"""Files of one report, with all that came later through its mailbox."""


@dataclass(frozen=True)
class ReportFile:
    """One file of a report. `details` is None where its row is damaged or was not written here."""

    id: UUID
    details: FileDetails | None
    blob: str
    original_blob: str | None

    @property
    def name(self) -> str:
        """A name that can be shown and saved."""
        return file_names.make_safe(self.details.name) if self.details else ""

    @property
    def at(self) -> datetime | None:
        """When it was sent."""
        return datetime.fromisoformat(self.details.at) if self.details else None


@dataclass(frozen=True)
class ReferralFile:
    """One file as it goes to a recipient: cleaned where that was possible, never the original."""

    id: UUID
    name: str
    media_type: str
    size: int
    cleaned: bool
    read: Callable[[], Iterator[bytes]]


def attach(
    session: Session, vault: Vault, report: Report, holder: UploadOwner, now: datetime
) -> int:
    """Make the whole files of a form the report's; how many. Files that are not whole stay behind.

    Raises `RosterBroken` when the report's public key was changed, `FileRefused` with "full".
    """
    pending = [each for each in list_uploads(session, holder, now) if each.whole]
    if pending and count_files(session, report) + len(pending) > MOST_OF_A_REPORT:
        raise FileRefused("full")
    public = sealed_rows.verify_case_public(vault, report) if pending else b""
    for each in pending:
        row = session.get_one(Attachment, each.id)
        told = replace(each.details, at=now.isoformat())
        row.report_id, row.place, row.expires_at = report.id, None, None
        row.units, row.network, row.begun_minute = 0, None, 0
        sealed_rows.seal_data(vault, public, row, told.encode())
    if pending:
        report.has_attachments = True
    session.flush()
    return len(pending)


def count_files(session: Session, report: Report) -> int:
    """How many files a report has."""
    query = select(func.count()).where(Attachment.report_id == report.id)
    return session.scalar(query) or 0


def list_files(session: Session, vault: Vault, report: Report, private: bytes) -> list[ReportFile]:
    """The files of a report, oldest first; damaged ones last."""
    query = select(Attachment).where(Attachment.report_id == report.id)
    opener = Opener(private)
    found = [_opened(session, vault, row, opener) for row in session.scalars(query)]
    return sorted(found, key=lambda each: each.details.at if each.details else "~")


def find(
    session: Session, vault: Vault, report: Report, private: bytes, file_id: UUID
) -> ReportFile:
    """One file of a report. Raises `FileRefused`, or `SealBroken` where it is damaged."""
    row = session.get(Attachment, file_id)
    if row is None or row.report_id != report.id:
        raise FileRefused("unknown")
    opened = _opened(session, vault, row, Opener(private))
    if opened.details is None:
        raise SealBroken("a file's row does not open")
    return opened


def read_content(store: Store, file: ReportFile, *, original: bool = False) -> Iterator[bytes]:
    """The bytes of a file, or of the original that was kept. Raises `SealBroken`, `StoreFailed`."""
    details = file.details
    name = file.original_blob if original else file.blob
    if details is None or name is None:
        raise SealBroken("nothing here that opens")
    size = details.original_size if original else details.size
    what = ORIGINAL if original else MAIN
    return open_stream(details.key, store.get(name), size, kind=what, id=file.id.bytes)


def list_for_referral(
    session: Session, vault: Vault, store: Store, report: Report, private: bytes
) -> list[ReferralFile]:
    """The files of a report for a referral, open in the staff session that holds `private`.

    One whose row is damaged is left out: it keeps no report from being passed on. `read` raises
    `SealBroken` when its content is.
    """
    files = []
    for each in list_files(session, vault, report, private):
        if each.details is None:
            continue
        media = MEDIA_TYPES.get(each.details.kind, "application/octet-stream")
        read = _reader(store, each)
        files.append(
            ReferralFile(each.id, each.name, media, each.details.size, each.details.cleaned, read)
        )
    return files


def _reader(store: Store, file: ReportFile) -> Callable[[], Iterator[bytes]]:
    return lambda: read_content(store, file)


def _opened(session: Session, vault: Vault, row: Attachment, opener: Opener) -> ReportFile:
    details: FileDetails | None = None
    try:
        details = FileDetails.decode(sealed_rows.open_data(session, vault, opener, row))
    except SealBroken:
        details = None
    return ReportFile(row.id, details, row.blob or "", row.original_blob)
