"""Accepts uploaded files: each is cleaned and sealed before the answer, each failure is a sentence.

A failure with one file affects nothing else: the other files, and all that was typed, stay.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Final

from babel.numbers import format_decimal
from flask_babel import LazyString
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from reports import unsent_room
from reports.attachments import file_names, ingest, objects, uploads
from reports.attachments.uploads import LARGEST, MOST, AnnouncedFile, Upload, UploadOwner
from reports.errors import (
    Busy,
    FileRefused,
    NoRoomForFiles,
    StoreFailed,
)
from webapp.i18n import MESSAGES, get_language
from webapp.site import failure_log, unsent_budget
from webapp.site.app_services import get_services
from webapp.site.clock import now
from webapp.site.db import get_session, transaction
from webapp.site.disk_guard import require_file_space
from webapp.site.file_store import get_store
from webapp.uploads.multipart import MOST_AT_ONCE, FormWithFiles, UploadedFile
from webapp.wording.file_remarks import describe_remarks
from webapp.wording.public_errors import describe_error

_ = MESSAGES.lazy_gettext

FILES_FIELD: Final = "u"
ORIGINAL_FIELD: Final = "k"
REMOVE: Final = "take"
"""Prefix of the value of a button that removes a file; the file's number follows."""
TROUBLE: Final = (Busy, StoreFailed, NoRoomForFiles, SQLAlchemyError, OSError)
NAMELESS: Final = "name"
"""Prefix of the value of a button that leaves a file's name out; the file's number follows."""
MOST_MISTAKES: Final = 4
"""Failures that one page tells by name: a page with a form has one size."""
_MB: Final = 1024 * 1024
_MEGABYTE: Final = 1_000_000

WHAT: Final[Mapping[str, LazyString]] = {
    **dict.fromkeys(("jpeg", "png", "webp", "gif", "tiff", "bmp", "avif"), _("Picture")),
    **dict.fromkeys(
        ("pdf", "docx", "xlsx", "pptx", "odt", "ods", "odp", "rtf", "eml"), _("Document")
    ),
    **dict.fromkeys(("mp4", "webm"), _("Film")),
    **dict.fromkeys(("mp3", "wav", "ogg", "flac", "amr"), _("Sound")),
}
FILE: Final = _("File")
MADE_ROOM: Final = _(
    "Very many files came at once. We had to let go of a file of yours. Please choose it again."
)


@dataclass(frozen=True)
class UploadRow:
    """One file as the page lists it."""

    slot: int
    name: str
    what: str
    size: str
    cleaned: bool
    original: bool
    whole: bool
    remarks: list[str]
    named: bool


def keep_files(holder: UploadOwner, body: FormWithFiles) -> list[str]:
    """Stores the files of a form; returns a sentence for each failure."""
    if body.cut:
        words = _("What you chose is too large. Choose smaller files, or fewer at once.")
        return [f"{words} {format_limits()}"]
    if body.too_large and len(body.files) > 1:
        words = _("These files are too large together. Send them in two or three turns.")
        return [f"{words} {format_limits()}"]
    mistakes: list[str] = []
    keep_original = body.fields.get(ORIGINAL_FIELD) == "1"
    for file in body.files:
        try:
            _take_one(holder, file, keep_original=keep_original)
        except (FileRefused, *TROUBLE) as problem:
            mistakes.append(format_error(problem, file.name))
    more = len(mistakes) - MOST_MISTAKES
    if more > 0:
        mistakes[MOST_MISTAKES:] = [
            str(_("More files that we did not keep: %(count)s.", count=more))
        ]
    return mistakes


def _take_one(holder: UploadOwner, file: UploadedFile, *, keep_original: bool) -> None:
    announced = unsent_budget.make_announced_file(
        file.name, len(file.spool), keep_original=keep_original
    )
    begun = begin_upload(holder, announced)
    try:
        finish_upload(holder, begun, file.read_chunks)
    except BaseException:
        with transaction() as session:
            uploads.remove(session, holder, begun.slot)
        raise


def begin_upload(holder: UploadOwner, announced: AnnouncedFile) -> Upload:
    """Makes room for a file, within the budget of what is unsent.

    Raises `FileRefused`, and `NoRoomForFiles` where this file would be the first to go again.
    """
    require_file_space()
    with transaction() as session:
        begun = uploads.start(session, holder, announced, now())
        if begun.id.bytes in unsent_budget.keep_within(session):
            raise NoRoomForFiles("more than its share of what is unsent")
    return begun


def finish_upload(
    holder: UploadOwner, begun: Upload, source: Callable[[], Iterable[bytes]]
) -> Upload:
    """Cleans and stores the bytes of `source`, and marks the upload as complete.

    Raises as `ingest.store_file` and `uploads.complete` do.
    """
    with discard_on_failure(begun):
        stored = ingest.store_file(get_store(), get_services().scrubber, begun, source)
        with transaction() as session:
            whole = uploads.complete(session, holder, begun, stored, now())
            # A cleaned copy can be larger than what was announced.
            unsent_budget.keep_within(session)
            return whole


@contextmanager
def discard_on_failure(begun: Upload) -> Iterator[None]:
    """After a failure lets what was stored go, but for what the file's row has.

    Where the row went meanwhile nobody else would know of it.
    """
    try:
        yield
    except BaseException:
        # Failing here too, it goes with the file's row, or when the file is whole.
        with suppress(Busy, SQLAlchemyError), transaction() as session:
            objects.erase_others(session, begun.id)
        raise


def remove_file(holder: UploadOwner, button: str) -> bool:
    """Removes the file that a button names; returns False for any other button."""
    number = button.removeprefix(REMOVE)
    if number == button or not (number.isascii() and number.isdigit()):
        return False
    with transaction() as session:
        uploads.remove(session, holder, int(number[:3]))
    return True


def leave_name_out(holder: UploadOwner, button: str) -> bool:
    """Forgets the name of the file that a button names; returns False for any other button."""
    number = button.removeprefix(NAMELESS)
    if number == button or not (number.isascii() and number.isdigit()):
        return False
    # A file that is gone meanwhile has no name either.
    with suppress(FileRefused), transaction() as session:
        uploads.leave_name_out(session, holder, int(number[:3]), now())
    return True


def take_loss(session: Session, holder: UploadOwner) -> str:
    """Returns the sentence for a form of which a file had to make room, or ""; once."""
    return str(MADE_ROOM) if unsent_room.take_notice(session, holder.place) else ""


def list_files(holder: UploadOwner) -> list[UploadRow]:
    """Returns the files of a form, ready to be listed."""
    return [_shown(each) for each in uploads.list_uploads(get_session(), holder, now())]


def format_error(problem: Exception, name: str) -> str:
    """Returns why a file was not stored; logs failures of the server."""
    if not isinstance(problem, (Busy, FileRefused, NoRoomForFiles)):
        failure_log.log_failure(problem)
    known = {
        "name": f"\u2068{file_names.make_safe(name)}\u2069",
        "size": LARGEST // _MB,
        "most": MOST,
    }
    return describe_error(problem, "files", known)


def format_limits() -> str:
    """Returns a sentence with the limits on files."""
    return str(
        _(
            "At most %(most)s files, %(size)s MB each, %(all)s MB at once.",
            most=MOST,
            size=LARGEST // _MB,
            all=MOST_AT_ONCE // _MB,
        )
    )


def _shown(each: Upload) -> UploadRow:
    details = each.details
    return UploadRow(
        slot=each.slot,
        name=file_names.make_safe(details.name),
        what=str(WHAT.get(details.kind, FILE)),
        size=_size(details.size or details.length),
        cleaned=details.cleaned,
        original=each.original_blob is not None,
        whole=each.whole,
        remarks=describe_remarks(details.remarks),
        named=file_names.leave_out(details.name) != file_names.make_safe(details.name),
    )


def _size(count: int) -> str:
    """Formats a number of bytes in the reader's language: megabytes with one decimal."""
    number = max(0.1, round(count / _MEGABYTE, 1))
    return str(_("%(number)s MB", number=format_decimal(number, locale=get_language().locale)))
