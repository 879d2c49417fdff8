"""What a worker looks at before a delivery leaves: did somebody of the desk decide on just this?

A worker holds no key that signs. It verifies with the organisation's public key that who referred
the report signed address and packet, so that nothing of anybody else's leaves under our name.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy.orm import Session

from reports import sealed_rows
from reports.delivery import contact_settings, outbox
from reports.delivery.outbox import ClaimedDelivery
from reports.errors import ChannelFailed
from reports.model import ContactSetting, Delivery, Referral
from reports.vault import Vault

CHANGED: Final = "changed"
"""The problem of a delivery that nobody of the desk has signed as it stands: it never leaves."""


def require_signed(session: Session, vault: Vault, claim: ClaimedDelivery) -> None:
    """Returns when a delivery may leave. Raises `ChannelFailed`, for good, where it may not."""
    if not may_leave(session, vault, claim):
        raise ChannelFailed(CHANGED, lasting=True)


def may_leave(session: Session, vault: Vault, claim: ClaimedDelivery) -> bool:
    """Whether address and mail in a worker's hands are what somebody of the desk signed.

    A reminder is made by a worker, so nobody signs it: it leaves for the address of its contact
    point that an administrator has signed, and for no other.
    """
    row = session.get(Delivery, claim.id)
    if row is None or not outbox.is_genuine(vault, claim):
        return False
    if (row.recipient, row.packet or b"") != (claim.recipient, claim.packet):
        return False
    if not sealed_rows.is_signed(session, vault, row):
        return False
    return not row.reminder or row.recipient == _find_address(session, vault, row)


def _find_address(session: Session, vault: Vault, row: Delivery) -> str | None:
    referral = session.get_one(Referral, row.referral_id)
    setting = session.get(ContactSetting, referral.contact_id)
    confirmed = setting is not None and contact_settings.is_confirmed(session, vault, setting)
    return setting.email if setting is not None and confirmed else None
