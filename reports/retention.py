"""Retention: what expires when, and its erasing.

Drafts, visits, sessions, counted guesses and the hashes of form tokens live hours or days. A closed
report lives until its retention day is over; then every row of it goes, and the instance's custody
chain keeps one line that says so. Where it is wished, its files go some days before.

What is erased for good by a day (`purge_expired`) waits while the clock is in doubt and has a limit
a day (`reports.erasing_guard`). What lives for hours or days (`purge_short_lived`) never waits, and
neither does what a reporter asked for (`reports.withdraw`): those are promises to the reporter, and
a wrong clock costs them a form to be begun again, not a report.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import Select, delete, exists, func, or_, select, union, update
from sqlalchemy.orm import Session

from reports import custody, erased_reports, guess_limit, mailbox, outer_layer, unsent_room
from reports.attachments import objects, uploads
from reports.custody import CustodyEntry
from reports.delivery import delivery_states
from reports.intake import draft, spam_check
from reports.intake.submit import REPEAT_DAYS, forget_tokens
from reports.model import (
    Attachment,
    Claim,
    CustodyLine,
    Delivery,
    Finding,
    FoundIdentifiers,
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
    ReportLink,
    SkippedReport,
    StoredTurn,
)
from reports.roster import sign_in
from reports.triage import legal_hold
from reports.triage.turns.turn import find_hour
from reports.vault import Vault

AT_ONCE: Final = 50
"""Reports erased in one transaction, so that nobody else waits long for the database."""


def purge_due(
    session: Session, vault: Vault, now: datetime, *, files_earlier: int = 0
) -> list[UUID]:
    """Erase all that has expired, by a clock that is right; returns as `purge_expired` does."""
    purge_short_lived(session, vault, now)
    return purge_expired(session, vault, now, files_earlier=files_earlier).reports


def purge_short_lived(session: Session, vault: Vault, now: datetime) -> None:
    """Erase what lives for minutes, hours or a few days; never held back."""
    draft.purge(session, now)
    uploads.purge(session, now)
    unsent_room.purge(session, now)
    mailbox.purge(session, now)
    sign_in.purge(session, now)
    guess_limit.purge(session, now)
    spam_check.purge(session, vault, now)
    session.execute(delete(Claim).where(Claim.until <= now))
    session.execute(delete(SkippedReport).where(SkippedReport.until_hour <= find_hour(now)))
    forget_tokens(session, now)
    _forget_message_tokens(session, now)


@dataclass(frozen=True)
class Purged:
    """The reports that were erased, and of how many others the files."""

    reports: list[UUID]
    files_of: int = 0

    @property
    def count(self) -> int:
        return len(self.reports) + self.files_of


def purge_expired(
    session: Session, vault: Vault, now: datetime, *, files_earlier: int = 0, most: int = AT_ONCE
) -> Purged:
    """Erase closed reports whose days are over, at most `most`. Call until nothing is erased.

    `files_earlier` are the days by which the files of a closed report go before the report; they
    count as one of the `most`.

    A closed report with a mail that still waits stays until that is settled: what somebody was told
    is on its way is not dropped. Such a mail is given up after `delivery_states.PATIENCE`, so that
    no report stays longer than that. What staff should have carried by hand keeps nothing. A legal
    hold keeps the report until two people lift it.
    """
    delivery_states.give_up(session, vault, now)
    reports = list(session.scalars(_pick(_expired(now), min(most, AT_ONCE))))
    for report in reports:
        erase(session, report.id)
        entry = CustodyEntry("erased", {"report": str(report.id)})
        custody.append(session, vault, session.get_one(Organisation, 1), entry, now)
    files_of, left = 0, min(most, AT_ONCE) - len(reports)
    if files_earlier and left:
        files_of = _purge_files(session, vault, now, _pick(_with_files(now, files_earlier), left))
    return Purged([report.id for report in reports], files_of)


def count_expired(session: Session, now: datetime, *, files_earlier: int = 0) -> int:
    """How many reports are due by `now`, as a whole or with their files."""
    due = [_expired(now)]
    if files_earlier:
        due.append(_with_files(now, files_earlier))
    ids = union(*(each.with_only_columns(Report.id) for each in due)).subquery()
    return session.scalar(select(func.count()).select_from(ids)) or 0


def correct_days(session: Session, now: datetime, retention_days: int) -> None:
    """Bring days back that a clock ahead gave to reports: none lies after `now`, which is right.

    Such a report would be kept too long by as much, and stand last in its queue. Tomorrow is let
    be: two machines need not agree about midnight.
    """
    today = now.date()
    ahead = Report.updated_day > today + timedelta(days=1)
    last = today + timedelta(days=retention_days)
    kept_long = update(Report).where(ahead, Report.retention_day > last)
    session.execute(kept_long.values(retention_day=last))
    late = update(Report).where(ahead, Report.received_day > today)
    session.execute(late.values(received_day=today))
    session.execute(update(Report).where(ahead).values(updated_day=today))


def _purge_files(session: Session, vault: Vault, now: datetime, due: Select[Report]) -> int:
    reports = list(session.scalars(due))
    for report in reports:
        objects.erase_rows(session, Attachment.report_id == report.id)
        report.has_attachments = False
        custody.append(session, vault, report, CustodyEntry("files_erased"), now)
    return len(reports)


def _expired(now: datetime) -> Select[Report]:
    waiting = (
        exists()
        .where(Referral.report_id == Report.id)
        .where(Delivery.referral_id == Referral.id, Delivery.state.in_(("due", "claimed")))
    )
    held = exists().where(LegalHold.report_id == Report.id, LegalHold.state.in_(legal_hold.KEEPING))
    return select(Report).where(
        Report.status == "closed", Report.retention_day < now.date(), ~waiting, ~held
    )


def _with_files(now: datetime, earlier: int) -> Select[Report]:
    return _expired(now + timedelta(days=earlier)).where(Report.has_attachments)


def _pick(due: Select[Report], most: int) -> Select[Report]:
    longest = due.order_by(Report.retention_day, Report.id).limit(most)
    return longest.with_for_update(skip_locked=True)


def erase(session: Session, report_id: UUID) -> None:
    """Erase every row of a report, its custody chain and its deliveries among them.

    The wraps first. What copies of them a disk may still hold opens until the report's outer key is
    overwritten: call `outer_layer.overwrite_spent` after the commit; the worker does. Its objects
    in the stores go after them, by tombstones, and a backup of before will not bring it back. Lock
    the report before.
    """
    this = Report.id == report_id
    outer_layer.write_spent(session, report_id)
    session.execute(update(Report).where(this).values(private_by_desk=b"", private_by_code=b""))
    referrals = select(Referral.id).where(Referral.report_id == report_id)
    deliveries = select(Delivery.id).where(Delivery.referral_id.in_(referrals))
    for statement in (
        delete(StoredTurn).where(StoredTurn.report_id == report_id),
        delete(SkippedReport).where(SkippedReport.report_id == report_id),
        delete(Claim).where(Claim.report_id == report_id),
        delete(ReportBody).where(ReportBody.report_id == report_id),
        delete(Message).where(Message.report_id == report_id),
        delete(Note).where(Note.report_id == report_id),
        delete(Finding).where(Finding.report_id == report_id),
        delete(FoundIdentifiers).where(FoundIdentifiers.report_id == report_id),
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
    erased_reports.write(session, report_id)


def _forget_message_tokens(session: Session, now: datetime) -> None:
    old = now.date() - timedelta(days=REPEAT_DAYS)
    late = update(Message).where(Message.day <= old, Message.token_hash.is_not(None))
    session.execute(late.values(token_hash=None))
