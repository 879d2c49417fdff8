"""The referral: staff decide that a report goes to these contact points.

Packets, referrals, deliveries, custody lines and the new status belong to the caller's one
transaction: all of it happens, or nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from reports import custody, mailbox
from reports.delivery import contact, outbox, packet
from reports.delivery.packet import Content
from reports.errors import KeyRefused, NoRecipient, NotAllowed, RecipientUnready, SealBroken
from reports.model import ContactSetting, Referral, Report
from reports.roster.keyring import Keyring
from reports.settings import Settings
from reports.triage import status
from reports.triage.reading import OpenReport
from reports.vault import Vault

Chosen = tuple[str, str, str]
"""Contact id, rule and reason of one recipient, as the route proposed it or as staff wrote it."""


def refer(
    session: Session,
    vault: Vault,
    keyring: Keyring,
    report: Report,
    opened: OpenReport,
    recipients: Sequence[Chosen],
    settings: Settings,
    now: datetime,
) -> list[Referral]:
    """Encrypt `opened` to every recipient and put the mails into the outbox.

    A contact point that already has this report keeps its first referral, which is returned in its
    place. Raises `NoRecipient`, `NotAllowed`, `RecipientUnready`, `SealBroken` for a damaged body
    and `StatusRefused` for a report that nobody has read or that is closed.
    """
    if not recipients:
        raise NoRecipient("nobody was chosen")
    if report.desk_id not in keyring.desk_ids(session):
        raise NotAllowed("not of this desk")
    content = _content(opened)
    # The report's row is the lock: two of staff who confirm at once do not both send. To refresh
    # drops what is not yet written.
    session.flush()
    session.refresh(report, with_for_update=True)
    chosen = {contact_id: (rule, why) for contact_id, rule, why in reversed(recipients)}
    wanted = list(dict.fromkeys(contact_id for contact_id, _, _ in recipients))
    made = _already(session, report.id)
    fresh = [contact_id for contact_id in wanted if contact_id not in made]
    ready = [contact.ready(session, vault, contact_id) for contact_id in fresh]
    if fresh:
        _move(session, vault, report, keyring, now)
    for setting in ready:
        rule, why = chosen[setting.contact_id]
        made[setting.contact_id] = _one(
            session, vault, keyring, report, content, setting, rule, why, settings, now
        )
    session.flush()
    return [made[contact_id] for contact_id in wanted]


def _one(
    session: Session,
    vault: Vault,
    keyring: Keyring,
    report: Report,
    content: Content,
    setting: ContactSetting,
    rule: str,
    why: str,
    settings: Settings,
    now: datetime,
) -> Referral:
    delivery_id = uuid4()
    try:
        mail = packet.make(
            delivery_id, setting, content, now, rule=rule, why=why, mail_from=settings.mail_from
        )
    except KeyRefused as refusal:
        # The certificate was good when it was confirmed and has expired since.
        raise RecipientUnready(setting.contact_id) from refusal
    referral = Referral(
        id=uuid4(),
        report_id=report.id,
        contact_id=setting.contact_id,
        rule=rule,
        staff_id=keyring.staff.id,
        day=now.date(),
    )
    session.add(referral)
    session.flush()
    outbox.enqueue(session, vault, delivery_id, referral, setting, mail, now)
    detail = {"contact": setting.contact_id, "delivery": str(delivery_id)}
    custody.append(
        session, vault, report, "referred", now, staff_id=keyring.staff.id, detail=detail
    )
    return referral


def _content(opened: OpenReport) -> Content:
    if opened.answers is None or opened.received_at is None:
        raise SealBroken("the report's body is damaged: there is nothing to send")
    return Content(
        opened.answers, opened.language, opened.received_at, mailbox.written(opened.thread)
    )


def _already(session: Session, report_id: UUID) -> dict[str, Referral]:
    query = select(Referral).where(Referral.report_id == report_id)
    return {referral.contact_id: referral for referral in session.scalars(query)}


def _move(session: Session, vault: Vault, report: Report, keyring: Keyring, now: datetime) -> None:
    """Whoever confirms has read and chosen: a report in triage is ready by that."""
    for to in ("ready", "referred") if report.status == "in_triage" else ("referred",):
        status.move(session, vault, report, to, now, staff_id=keyring.staff.id)
