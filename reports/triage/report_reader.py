"""Opens reports in a staff session; custody records who opens one before anyone reads it.

`record_opening` writes; `read` only reads, and callers check `has_opened` first. A damaged part is
returned as None, so that the rest of the report stays readable.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from reports import case_proof, custody, mailbox
from reports.act import Act
from reports.custody import CustodyEntry
from reports.errors import SealBroken
from reports.mailbox import OpenMessage
from reports.model import CustodyLine, Report, ReportBody
from reports.roster.keyring import Keyring
from reports.triage import found_identifiers, notes, status
from reports.triage.findings import added_identifiers, assessment, judgement, sealed_findings
from reports.triage.findings.added_identifiers import AddedIdentifier
from reports.triage.findings.assessment import Assessment
from reports.triage.findings.judgement import Correction, Judgement
from reports.triage.found_identifiers import LookedThrough
from reports.triage.notes import OpenNote
from reports.vault import Vault, open_sealed, unpad

NEWS: Final = ("reporter_wrote", "files_added", "acknowledged", "returned", "outcome", "chased")
"""The custody lines of what came without an act of the desk."""
UNKNOWN_LANGUAGE: Final = "und"
"""The tag of a language that nobody can tell (BCP 47): the body that says it is damaged."""


@dataclass(frozen=True)
class OpenReport:
    """A decrypted report, held for one request only.

    `answers` and `received_at` are None when the body is damaged, `thread` when a message is.
    """

    report: Report
    answers: Mapping[str, str] | None
    received_at: datetime | None
    language: str
    thread: tuple[OpenMessage, ...] | None
    notes: tuple[OpenNote, ...]
    corrections: tuple[Correction, ...] = ()
    assessment: Assessment | None = None
    unreadable_findings: int = 0
    added: tuple[AddedIdentifier, ...] = ()
    looked: LookedThrough = found_identifiers.NOTHING

    @property
    def judgement(self) -> Judgement | None:
        """The answers that hold, with where they come from and what waits; None when damaged."""
        if self.answers is None:
            return None
        later = judgement.list_later_answers(self.thread or ())
        return judgement.build_judgement(self.answers, self.corrections, later)

    @property
    def judged(self) -> Mapping[str, str] | None:
        """The answers that hold: with the corrections of staff, and protection not lowered by one
        person alone."""
        found = self.judgement
        return found.values if found else None

    def __repr__(self) -> str:
        return "OpenReport(...)"


def record_opening(act: Act, report: Report) -> None:
    """Records that this staff member opens the report. To look is no act: it stays whose turn it
    was, and nobody has it who did nothing."""
    act.record_sight(report, "opened")
    if report.status == "received":
        status.move(act, report, "in_triage")
    if report.proof is None:
        with suppress(SealBroken):
            private = act.keyring.open_case_key(act.session, report)
            report.proof = case_proof.compute_proof_hash(private)


def has_opened(session: Session, report: Report, staff_id: UUID, sitting: str) -> bool:
    """Returns whether this staff member has opened the report in this session at the desk."""
    entry = CustodyEntry("opened", staff_id=staff_id)
    return custody.has_seen(session, report, entry, sitting)


def has_news(session: Session, report: Report, staff_id: UUID) -> bool:
    """Returns whether something came from outside since this person last opened it."""
    lines = select(CustodyLine.number).where(CustodyLine.chain == custody.get_chain_id(report))
    opened = lines.where(CustodyLine.act == "opened", CustodyLine.staff_id == staff_id)
    last = session.scalar(opened.order_by(CustodyLine.number.desc()).limit(1))
    came = lines.where(CustodyLine.act.in_(NEWS), CustodyLine.number > (last or 0))
    return session.scalar(came.limit(1)) is not None


def verify(act: Act, report: Report) -> None:
    """Marks a report in doubt as genuine, so that it takes its place among the others."""
    if report.unverified:
        act.record(report, "verified")
        report.unverified = False


def read(session: Session, vault: Vault, report: Report, keyring: Keyring) -> OpenReport:
    """Decrypts all parts of the report. Raises `NotAllowed` for another desk's report."""
    kept_notes = tuple(notes.read(session, vault, keyring, report))
    found = sealed_findings.read(session, vault, keyring, report)
    try:
        private = keyring.open_case_key(session, report)
    except SealBroken:
        return OpenReport(report, None, None, UNKNOWN_LANGUAGE, None, kept_notes)
    body = _body(session, report, private)
    answers, thread = body["answers"] if body else None, _thread(session, vault, report, private)
    opened = OpenReport(
        report=report,
        answers=answers,
        received_at=datetime.fromisoformat(body["received_at"]) if body else None,
        language=body["language"] if body else UNKNOWN_LANGUAGE,
        thread=thread,
        notes=kept_notes,
        corrections=judgement.extract_corrections(found),
        assessment=assessment.find_latest(found),
        unreadable_findings=sum(each.told is None for each in found),
        added=added_identifiers.extract(found),
    )
    task = found_identifiers.prepare_task(opened.judged or {}, thread or ())
    looked = found_identifiers.read(session, vault, report, private, task)
    return replace(opened, looked=looked)


def _body(session: Session, report: Report, private: bytes) -> dict[str, Any] | None:
    row = session.get(ReportBody, report.id)
    if row is None:
        return None
    try:
        text = open_sealed(private, row.sealed, kind="report body", id=report.id.bytes)
        told: dict[str, Any] = json.loads(unpad(text))
    except SealBroken:
        return None
    return told


def _thread(
    session: Session, vault: Vault, report: Report, private: bytes
) -> tuple[OpenMessage, ...] | None:
    try:
        return tuple(mailbox.read_thread(session, vault, report, private))
    except SealBroken:
        return None
