"""Notes among staff, sealed to the desk's key, so that a receipt code cannot open them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from reports import sealed_rows
from reports.act import Act
from reports.errors import NotAllowed, SealBroken, TextEmpty, TextTooLong
from reports.intake.questions import clean
from reports.model import Note, Report
from reports.roster.keyring import Keyring
from reports.vault import Vault

NOTE_LIMIT: Final = 5_000
"""The most characters of a note."""


@dataclass(frozen=True)
class OpenNote:
    """One decrypted note; `text` and `at` are None when it is damaged."""

    staff_id: UUID
    text: str | None
    at: datetime | None


def add(act: Act, report: Report, typed: str) -> None:
    """Seals a note to the report's desk, with a custody line. Raises `TextEmpty`, `TextTooLong`."""
    text = clean(typed)
    if not text:
        raise TextEmpty("nothing was written")
    if len(text) > NOTE_LIMIT:
        raise TextTooLong(NOTE_LIMIT, len(text))
    note = Note(id=uuid4(), report_id=report.id, staff_id=act.staff_id, day=act.now.date())
    told = {"at": act.now.isoformat(), "text": text}
    sealed_rows.say_to_desk(act, report.desk_id, note, told)
    act.record(report, "noted")


def read(session: Session, vault: Vault, keyring: Keyring, report: Report) -> list[OpenNote]:
    """Returns all notes on the report, oldest first.

    One that is damaged, or was not written by this instance, has no text.
    """
    opened = [
        _open(session, vault, keyring, note)
        for note in session.scalars(select(Note).where(Note.report_id == report.id))
    ]
    return sorted(opened, key=lambda note: (note.at is None, note.at and note.at.isoformat()))


def _open(session: Session, vault: Vault, keyring: Keyring, note: Note) -> OpenNote:
    try:
        told = sealed_rows.open_for_staff(session, vault, keyring, note)
    except (NotAllowed, SealBroken):
        return OpenNote(note.staff_id, None, None)
    return OpenNote(note.staff_id, told["text"], datetime.fromisoformat(told["at"]))
