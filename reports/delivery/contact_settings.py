"""The confirmed way to each contact point on this instance: channel, address, certificates.

A contact point can receive a report only after somebody confirmed them by a second way. An
administrator signs the row: whoever can write the database still cannot swap in an address or a
certificate of their own, not even with every key that a process has. What the command line confirms
while trying has no signature, and a digest in the keys folder in its place.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from hashlib import sha256
from typing import Final

from sqlalchemy.orm import Session

from reports import custody, sealed_rows
from reports.act import Act
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

    Nobody signs it: what vouches for it is a digest that this writes into the keys folder. The
    caller knows that `contact_id` is in a country file and that nobody is in earnest here. Raises
    `AddressRefused`, `KeyRefused`, or `OSError` where the folder cannot be written; nothing is then
    changed.
    """
    setting = make_setting(contact_id, check(details, now), now)
    setting.seal = sealed_rows.compute_seal(vault, setting)
    setting.signature = None
    vault.key_folder.write_contact_digest(contact_id, _digest(setting))
    setting = session.merge(setting)
    entry = CustodyEntry("contact_confirmed", describe_confirmed(setting))
    custody.append(session, vault, session.get_one(Organisation, 1), entry, now)
    return setting


def make_setting(contact_id: str, told: Mapping[str, str | bytes], now: datetime) -> ContactSetting:
    """The row of the checked columns `told`, confirmed today and not yet sealed."""
    return ContactSetting(contact_id=contact_id, confirmed_day=now.date(), **told)


def save(act: Act, setting: ContactSetting) -> ContactSetting:
    """Make `setting` the confirmed way to its contact point, signed by who acts and on record.

    Raises `RosterBroken`.
    """
    sealed_rows.seal_and_sign(act, setting)
    setting = act.session.merge(setting)
    act.record_here("contact_confirmed", describe_confirmed(setting))
    return setting


def require_confirmed(session: Session, vault: Vault, contact_id: str) -> ContactSetting:
    """What was confirmed. Raises `RecipientUnready` when nothing was, or nobody signed it."""
    setting = session.get(ContactSetting, contact_id)
    if setting is None or not is_confirmed(session, vault, setting):
        raise RecipientUnready(contact_id)
    return setting


def is_confirmed(session: Session, vault: Vault, setting: ContactSetting) -> bool:
    """Whether an administrator signed a row, or the command line wrote it while trying."""
    if not sealed_rows.is_genuine(vault, setting):
        return False
    if sealed_rows.is_signed(session, vault, setting):
        return True
    kept = vault.key_folder.read_contact_digests().get(setting.contact_id)
    return setting.signature is None and kept == _digest(setting)


def find_expiry(row: ContactSetting | ContactChange) -> date | None:
    """The last day of the channel's key; None without one, or when it never ends."""
    return get_channel(row.channel).find_expiry(row)


def describe_confirmed(row: ContactChange | ContactSetting) -> Mapping[str, str]:
    """Returns what custody says of an address and a key: no address, and the key's fingerprint."""
    return {"contact": row.contact_id, "channel": row.channel, "fingerprint": row.fingerprint}


def describe_key(row: ContactSetting | ContactChange) -> str:
    """Whose key the channel's key is, as it says itself; "" without one. No proof of anything."""
    return get_channel(row.channel).describe_key(row)


def _digest(setting: ContactSetting) -> str:
    return sha256(sealed_rows.make_statement(setting)).hexdigest()
