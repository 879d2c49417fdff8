"""The deliveries of a report's referrals, as the desk shows them.

Small on purpose: reads only, apart from everything that changes a referral.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from reports.errors import NoSuchReport
from reports.model import Delivery, Referral, Report


@dataclass(frozen=True)
class ReferralDelivery:
    """One referral and its delivery."""

    referral: Referral
    delivery: Delivery


def list_for_report(session: Session, report: Report) -> list[ReferralDelivery]:
    """Returns every delivery of the report with its referral, by contact point."""
    query = (
        select(Referral, Delivery)
        .join(Delivery, Delivery.referral_id == Referral.id)
        .where(Referral.report_id == report.id)
        .order_by(Referral.contact_id, Delivery.reminder, Delivery.id)
    )
    return [ReferralDelivery(referral, delivery) for referral, delivery in session.execute(query)]


def find(session: Session, report: Report, delivery_id: UUID) -> Delivery:
    """Returns the delivery if it belongs to the report. Raises `NoSuchReport` otherwise."""
    for sending in list_for_report(session, report):
        if sending.delivery.id == delivery_id:
            return sending.delivery
    raise NoSuchReport(str(delivery_id))
