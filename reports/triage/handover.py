"""Handing a report over to another desk: its case key is wrapped once more, and nothing else moves.

The new desk's key must carry the organisation's signature. Notes and findings of the old desk go
along, sealed anew; what only the old desk's key says of links is erased. The case key's wrap for
the receipt code stays: the reporter notices nothing.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import delete, exists, or_, select
from sqlalchemy.orm import Session

from reports import sealed_rows
from reports.act import Act
from reports.errors import HandOverRefused, NotAllowed, ReasonMissing
from reports.model import (
    Claim,
    Desk,
    DeskKey,
    Finding,
    LegalHold,
    LinkToken,
    Note,
    Proposal,
    Referral,
    Report,
    ReportLink,
)
from reports.roster import desks, signature
from reports.triage import notes
from reports.triage.queue import claim
from reports.vault import seal


def list_other_desks(session: Session, report: Report) -> list[Desk]:
    """The desks that a report can go to, by name."""
    return list(session.scalars(select(Desk).where(Desk.id != report.desk_id).order_by(Desk.name)))


def is_refused(session: Session, report: Report) -> bool:
    """Whether the report has to stay at its desk."""
    here = report.id
    waiting = (exists().where(table.report_id == here) for table in (Referral, Proposal, LegalHold))
    return report.status == "closed" or bool(session.scalar(select(or_(*waiting))))


def hand_over(act: Act, report: Report, desk_id: UUID, reason: str) -> None:
    """Give the report to another desk, which reads `reason` as a note.

    Raises `ClaimedByAnother`, `HandOverRefused`, `NotAllowed` for a desk that is not one,
    `ReasonMissing`, `RosterBroken`, `SealBroken` and `TextTooLong`; nothing is then changed.
    """
    if not reason.strip():
        raise ReasonMissing("the other desk must know why")
    session, vault = act.session, act.vault
    desk = next((each for each in list_other_desks(session, report) if each.id == desk_id), None)
    if desk is None:
        raise NotAllowed("no such desk")
    if is_refused(session, report):
        raise HandOverRefused("it was referred, is held or is closed")
    claim.acquire(act, report)
    signature.check_desk(vault, desk.id, desk.name, desk.country, desk.signature)
    key = desks.load_current_key(session, vault, desk.id)
    private = act.keyring.open_case_key(session, report)
    reseal(act, report, key)
    detail = {"from": str(report.desk_id), "desk": desk.name}
    report.private_by_desk = seal(key.public, private, kind="case key", id=report.id.bytes)
    report.desk_id, report.desk_key_id = desk.id, key.id
    report.assignee_id, report.unread = None, True
    session.flush()
    act.record(report, "handed_over", detail)
    notes.add(act, report, reason)
    _forget(session, report.id)


def reseal(act: Act, report: Report, key: DeskKey) -> None:
    """Seals notes and findings to the new desk; a damaged one stays as it is."""
    notes_here = act.session.scalars(select(Note).where(Note.report_id == report.id))
    found = act.session.scalars(select(Finding).where(Finding.report_id == report.id))
    rows = [*notes_here, *found]
    sealed_rows.reseal_to_desk(act.session, act.vault, act.keyring, rows, key)


def _forget(session: Session, report_id: UUID) -> None:
    """Erase the claim, and links that only the old desk could make."""
    linked = or_(ReportLink.low_id == report_id, ReportLink.high_id == report_id)
    for statement in (
        delete(Claim).where(Claim.report_id == report_id),
        delete(LinkToken).where(LinkToken.report_id == report_id),
        delete(ReportLink).where(linked),
    ):
        session.execute(statement)
