"""The reminder: a packet of ours that nobody has answered; encrypted, and empty of content.

It says our reference, and where and by which code to answer; nothing of the report. The worker can
make it, since encrypting needs no key that opens anything.
"""

from __future__ import annotations

from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from uuid import uuid5

from sqlalchemy import select
from sqlalchemy.orm import Session

from reports.delivery import answer_code, contact_settings, outbox, packet
from reports.delivery.channels.channel import PackingRequest
from reports.delivery.channels.registry import get_channel
from reports.delivery.outbox import OutboxEntry
from reports.delivery.packet_content import Slip
from reports.errors import KeyRefused, RecipientUnready
from reports.model import Delivery, Referral, Report
from reports.settings import Settings
from reports.vault import Vault

TEXT = """\
You have a packet from us with the reference {reference}.
Nobody has told us yet that it came.

Please tell us that you have it, or that it is not for you.
The address stands in the packet. The code is:
{code}
"""


def enqueue(
    session: Session, vault: Vault, settings: Settings, referral: Referral, now: datetime
) -> bool:
    """Put a reminder into the outbox; False where nobody is written to or the key is not usable.

    It goes to the address that is confirmed today, and is a delivery of the same referral.
    """
    first = session.scalars(
        select(Delivery).where(Delivery.referral_id == referral.id).order_by(Delivery.since)
    ).first()
    if first is None or not get_channel(first.channel).reminds:
        return False
    try:
        setting = contact_settings.require_confirmed(session, vault, referral.contact_id)
        channel = get_channel(setting.channel)
        if not channel.reminds:
            return False
        slip = Slip(uuid5(first.id, "reminder"), referral.contact_id, "", referral.rule, "")
        inner = EmailMessage(policy=SMTP)
        code = answer_code.issue(vault, first.id)
        inner.set_content(TEXT.format(reference=first.id, code=code))
        report = session.get_one(Report, referral.report_id)
        request = PackingRequest(session, vault, report, setting, slip, settings.mail_from, now)
        closed = channel.close(request, packet.pad_part(inner.as_bytes()))
    except (KeyRefused, RecipientUnready):
        return False
    entry = OutboxEntry(slip.delivery_id, setting, closed.data, channel.first_state, reminder=True)
    outbox.enqueue(session, vault, referral, entry, now)
    return True
