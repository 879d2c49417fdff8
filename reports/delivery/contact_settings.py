"""The confirmed way to each contact point on this instance: channel, address, certificates.

A contact point can receive a report only after somebody confirmed them by a second way. The row
is sealed under a key kept outside the database: whoever can write there still cannot swap in an
address or a certificate of their own.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from reports import custody, sealed_rows
from reports.custody import CustodyEntry
from reports.delivery.channels.channel import ContactDetails
from reports.delivery.channels.registry import get_channel
from reports.errors import RecipientUnready
from reports.model import ContactChange, ContactSetting, Organisation
from reports.vault import Vault

EMPTY: Final[Mapping[str, str | bytes]] = {
    "email": "",
    "certificate": b"",
    "smime": b"",
    "fingerprint": "",
}
"""The columns that a channel fills, as they stay where it does not need them."""


def check(details: ContactDetails, now: datetime) -> Mapping[str, str | bytes]:
    """The columns that `details` become, when they can be used: what is not needed stays empty.

    Raises `NoSuchChannel`, `AddressRefused` or `KeyRefused`.
    """
    channel = get_channel(details.channel)
    return {"channel": channel.code, **EMPTY, **channel.check(details, now)}


def confirm(
    session: Session, vault: Vault, contact_id: str, details: ContactDetails, now: datetime
) -> ContactSetting:
    """Keep `details` as the way to a contact point, in place of earlier ones; nobody of staff acts.

    The caller knows that `contact_id` is in a country file. Raises `AddressRefused` or
    `KeyRefused`; nothing is then changed.
    """
    setting = make_setting(contact_id, check(details, now), now)
    return save(session, vault, setting, now)


def make_setting(contact_id: str, told: Mapping[str, str | bytes], now: datetime) -> ContactSetting:
    """The row of the checked columns `told`, confirmed today and not yet sealed."""
    return ContactSetting(contact_id=contact_id, confirmed_day=now.date(), **told)


def save(
    session: Session,
    vault: Vault,
    setting: ContactSetting,
    now: datetime,
    staff_id: UUID | None = None,
) -> ContactSetting:
    """Make `setting` the confirmed way to its contact point, on record."""
    setting.seal = sealed_rows.compute_seal(vault, setting)
    setting = session.merge(setting)
    detail = {
        "contact": setting.contact_id,
        "channel": setting.channel,
        "fingerprint": setting.fingerprint,
    }
    entry = CustodyEntry("contact_confirmed", detail, staff_id)
    custody.append(session, vault, session.get_one(Organisation, 1), entry, now)
    return setting


def require_confirmed(session: Session, vault: Vault, contact_id: str) -> ContactSetting:
    """What was confirmed. Raises `RecipientUnready` when nothing was, or the seal does not hold."""
    setting = session.get(ContactSetting, contact_id)
    if setting is None or not sealed_rows.is_genuine(vault, setting):
        raise RecipientUnready(contact_id)
    return setting


def find_expiry(row: ContactSetting | ContactChange) -> date | None:
    """The last day of the channel's key; None without one, or when it never ends."""
    return get_channel(row.channel).find_expiry(row)
