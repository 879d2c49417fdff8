"""Retention: what expires when, and its erasing.

Drafts, visits, sessions, counted guesses and the hashes of form tokens live hours or days. A closed
report lives until its retention day is over; then every row of it goes, and the instance's custody
chain keeps one line that says so. Where it is wished, its files go some days before.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import Select, delete, exists, or_, select, update
from sqlalchemy.orm import Session

from reports import custody, guess_limit, mailbox
from reports.attachments import objects, uploads
from reports.custody import CustodyEntry
from reports.delivery import delivery_states
from reports.intake import draft, spam_check
from reports.intake.submit import REPEAT_DAYS, forget_tokens
from reports.model import (
    Attachment,
    Called,
    Claim,
    CustodyLine,
    Delivery,
    Finding,
    LegalHold,
    LinkToken,
    Message,
    Note,
    Organisation,
    PortalKey,
    Proposal,
    Referral,
    ReferralAnswer,
    Report,
    ReportBody,
    ReporterSession,
    ReportLink,
)
from reports.roster import sign_in
from reports.triage import legal_hold
from reports.vault import Vault

AT_ONCE: Final = 50
"""Reports erased in one transaction, so that nobody else waits long for the database."""


def purge_due(
    session: Session, vault: Vault, now: datetime, *, files_earlier: int = 0
) -> list[UUID]:
    """Erase what has expired; returns the reports erased, at most `AT_ONCE`. Call until empty.

    `files_earlier` are the days by which the files of a closed report go before the report.

    A closed report with a mail that still waits stays until that is settled: what somebody was told
    is on its way is not dropped. Such a mail is given up after `delivery_states.PATIENCE`, so that
    no report stays longer than that. What staff should have carried by hand keeps nothing. A legal
    hold keeps the report until two people lift it.
    """
    delivery_states.give_up(session, vault, now)
    draft.purge(session, now)
    uploads.purge(session, now)
    mailbox.purge(session, now)
    sign_in.purge(session, now)
    guess_limit.purge(session, now)
    spam_check.purge(session, vault, now)
    session.execute(delete(Claim).where(Claim.until <= now))
    forget_tokens(session, now)
    _forget_message_tokens(session, now)
    if files_earlier:
        _purge_files(session, vault, now, timedelta(days=files_earlier))
    reports = list(session.scalars(_expired(now)))
    for report in reports:
        erase(session, report.id)
        entry = CustodyEntry("erased", {"report": str(report.id)})
        custody.append(session, vault, session.get_one(Organisation, 1), entry, now)
    return [report.id for report in reports]


def _purge_files(session: Session, vault: Vault, now: datetime, earlier: timedelta) -> None:
    with_files = _expired(now + earlier).where(Report.has_attachments)
    for report in session.scalars(with_files):
        objects.erase_rows(session, Attachment.report_id == report.id)
        report.has_attachments = False
        custody.append(session, vault, report, CustodyEntry("files_erased"), now)


def _expired(now: datetime) -> Select[Report]:
    waiting = (
        exists()
        .where(Referral.report_id == Report.id)
        .where(Delivery.referral_id == Referral.id, Delivery.state.in_(("due", "claimed")))
    )
    held = exists().where(LegalHold.report_id == Report.id, LegalHold.state.in_(legal_hold.KEEPING))
    return (
        select(Report)
        .where(Report.status == "closed", Report.retention_day < now.date(), ~waiting, ~held)
        .order_by(Report.retention_day, Report.id)
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True)
    )


def erase(session: Session, report_id: UUID) -> None:
    """Erase every row of a report, its custody chain and its deliveries among them.

    The wraps first: without them nothing that a disk may still hold can be opened. Its objects in
    the stores go after them, by tombstones. Lock the report before.
    """
    this = Report.id == report_id
    session.execute(update(Report).where(this).values(private_by_desk=b"", private_by_code=b""))
    referrals = select(Referral.id).where(Referral.report_id == report_id)
    deliveries = select(Delivery.id).where(Delivery.referral_id.in_(referrals))
    for statement in (
        delete(ReporterSession).where(ReporterSession.report_id == report_id),
        delete(Called).where(Called.report_id == report_id),
        delete(Claim).where(Claim.report_id == report_id),
        delete(ReportBody).where(ReportBody.report_id == report_id),
        delete(Message).where(Message.report_id == report_id),
        delete(Note).where(Note.report_id == report_id),
        delete(Finding).where(Finding.report_id == report_id),
        delete(LinkToken).where(LinkToken.report_id == report_id),
        delete(ReportLink).where(
            or_(ReportLink.low_id == report_id, ReportLink.high_id == report_id)
        ),
        delete(Proposal).where(Proposal.report_id == report_id),
        delete(LegalHold).where(LegalHold.report_id == report_id),
        delete(ReferralAnswer).where(ReferralAnswer.referral_id.in_(referrals)),
        delete(PortalKey).where(PortalKey.delivery_id.in_(deliveries)),
    ):
        session.execute(statement)
    objects.erase_rows(session, Attachment.report_id == report_id)
    delivery_states.erase(session, Delivery.referral_id.in_(referrals))
    for statement in (
        delete(Referral).where(Referral.report_id == report_id),
        delete(CustodyLine).where(CustodyLine.chain == report_id),
        delete(Report).where(this),
    ):
        session.execute(statement)


def _forget_message_tokens(session: Session, now: datetime) -> None:
    old = now.date() - timedelta(days=REPEAT_DAYS)
    late = update(Message).where(Message.day <= old, Message.token_hash.is_not(None))
    session.execute(late.values(token_hash=None))
