"""Handing over a report to another desk, by sealing its case key to that desk's key.

The new desk's key must carry the organisation's signature. Notes and findings go along, resealed to
the new desk. Links and their tokens, which depend on the old desk's key, are deleted. The copy of
the case key for the receipt code stays, so the reporter notices nothing.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import delete, exists, or_, select
from sqlalchemy.orm import Session

from reports import outer_layer, sealed_rows
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
    """Returns the desks that the report can be handed over to, by name."""
    return list(session.scalars(select(Desk).where(Desk.id != report.desk_id).order_by(Desk.name)))


def is_refused(session: Session, report: Report) -> bool:
    """Returns whether the report must stay: it is closed, referred, proposed for referral, or on
    hold."""
    here = report.id
    waiting = (exists().where(table.report_id == here) for table in (Referral, Proposal, LegalHold))
    return report.status == "closed" or bool(session.scalar(select(or_(*waiting))))


def hand_over(act: Act, report: Report, desk_id: UUID, reason: str) -> None:
    """Hands the report over to another desk, which gets `reason` as a note.

    Raises `ClaimedByAnother`, `HandOverRefused`, `NotAllowed` for an unknown desk, `ReasonMissing`,
    `RosterBroken`, `SealBroken` and `TextTooLong`; the caller must then roll back.
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
    sealed = seal(key.public, private, kind="case key", id=report.id.bytes)
    outer_layer.set_by_desk(vault, report, sealed)
    report.desk_id, report.desk_key_id = desk.id, key.id
    report.assignee_id = None
    session.flush()
    act.record(report, "handed_over", detail)
    notes.add(act, report, reason)
    _forget(session, report.id)


def reseal(act: Act, report: Report, key: DeskKey) -> None:
    """Reseals the report's notes and findings to `key`; a damaged one stays unchanged."""
    notes_here = act.session.scalars(select(Note).where(Note.report_id == report.id))
    found = act.session.scalars(select(Finding).where(Finding.report_id == report.id))
    rows = [*notes_here, *found]
    sealed_rows.reseal_to_desk(act, rows, key)


def _forget(session: Session, report_id: UUID) -> None:
    """Deletes the claim, and the links and tokens made with the old desk's key."""
    linked = or_(ReportLink.low_id == report_id, ReportLink.high_id == report_id)
    for statement in (
        delete(Claim).where(Claim.report_id == report_id),
        delete(LinkToken).where(LinkToken.report_id == report_id),
        delete(ReportLink).where(linked),
    ):
        session.execute(statement)
