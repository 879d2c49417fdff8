"""Changing how a contact point is reached takes two administrators: one proposes, another confirms.

What was proposed rests signed by who proposed it, so that nobody who can write the database can put
an address or key of their own before the second one's eyes in the first one's name. What the
command line proposes is signed by nobody: the first administrator who agrees becomes its proposer.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from reports import custody, sealed_rows
from reports.act import Act
from reports.custody import CustodyEntry
from reports.delivery import contact_settings
from reports.delivery.channels.channel import ContactDetails
from reports.errors import InvitationInvalid, NotAllowed
from reports.model import ContactChange, ContactSetting, Organisation
from reports.vault import Vault

CHECK_AFTER: Final = timedelta(days=180)
"""How long a confirmed address and key are taken to be right; no source gives a figure."""
WARN_BEFORE: Final = timedelta(days=30)
"""How early the end of a key is announced."""


def propose(act: Act, contact_id: str, details: ContactDetails) -> ContactChange:
    """Let `details` wait for a second administrator, in place of an earlier proposal.

    The caller knows that `contact_id` is in a country file. Raises `AddressRefused` or
    `KeyRefused`; nothing is then changed.
    """
    told = contact_settings.check(details, act.now)
    change = ContactChange(contact_id=contact_id, staff_id=act.staff_id, day=act.now.date(), **told)
    sealed_rows.seal_and_sign(act, change)
    change = act.session.merge(change)
    _record(act, "contact_proposed", change)
    return change


def propose_unsigned(
    session: Session, vault: Vault, contact_id: str, details: ContactDetails, now: datetime
) -> ContactChange:
    """Let what the command line says wait for two administrators, in place of an earlier proposal.

    Raises as `propose` does.
    """
    told = contact_settings.check(details, now)
    change = ContactChange(contact_id=contact_id, staff_id=None, day=now.date(), **told)
    change.seal = sealed_rows.compute_seal(vault, change)
    change.signature = None
    change = session.merge(change)
    entry = CustodyEntry("contact_proposed", contact_settings.describe_confirmed(change))
    custody.append(session, vault, session.get_one(Organisation, 1), entry, now)
    return change


def list_pending(session: Session, vault: Vault) -> Mapping[str, ContactChange]:
    """What waits for an administrator, by contact point; only what was proposed here."""
    return {
        row.contact_id: row
        for row in session.scalars(select(ContactChange))
        if sealed_rows.is_whole(session, vault, row)
    }


def confirm(act: Act, contact_id: str, shown: str) -> ContactSetting | None:
    """Make the proposal the confirmed way. `shown` is `make_version_tag` of what was read.

    None where it came from the command line: who acts has taken it over as a proposal of their own,
    and another administrator confirms it. Raises `InvitationInvalid` when it is not what was read
    any more, `NotAllowed` for who proposed it, `AddressRefused` or `KeyRefused` when it can no
    longer be used, and `RosterBroken`; nothing is then changed.
    """
    change = _found(act.session, act.vault, contact_id, shown)
    if change.staff_id is None:
        propose(act, contact_id, _details(change))
        return None
    if change.staff_id == act.staff_id:
        raise NotAllowed("who proposed it does not confirm it")
    told = contact_settings.check(_details(change), act.now)
    setting = contact_settings.make_setting(contact_id, told, act.now)
    act.session.delete(change)
    act.session.flush()
    return contact_settings.save(act, setting)


def refuse(act: Act, contact_id: str, shown: str) -> None:
    """Drop the proposal: who made it may do that too. Raises `InvitationInvalid`."""
    change = _found(act.session, act.vault, contact_id, shown)
    _record(act, "contact_refused", change)
    act.session.delete(change)


def mark_checked(act: Act, contact_id: str) -> None:
    """Say that address and key were compared again and are unchanged, and sign them.

    Raises `RecipientUnready` and `RosterBroken`.
    """
    setting = contact_settings.require_confirmed(act.session, act.vault, contact_id)
    setting.confirmed_day = act.now.date()
    sealed_rows.seal_and_sign(act, setting)
    _record(act, "contact_checked", setting)


def is_due(setting: ContactSetting, today: date) -> bool:
    """Whether a contact point should be asked again whether all is still right."""
    return today - setting.confirmed_day > CHECK_AFTER


def find_near_expiry(row: ContactSetting | ContactChange, today: date) -> date | None:
    """The day on which the key ends, when that is near or past."""
    ends = contact_settings.find_expiry(row)
    return ends if ends is not None and ends - today <= WARN_BEFORE else None


def make_version_tag(change: ContactChange) -> str:
    """What a page carries to say which proposal was read."""
    return change.seal.hex()


def _found(session: Session, vault: Vault, contact_id: str, shown: str) -> ContactChange:
    change = list_pending(session, vault).get(contact_id)
    if change is None or not hmac.compare_digest(make_version_tag(change).encode(), shown.encode()):
        raise InvitationInvalid("not what was shown")
    return change


def _details(change: ContactChange) -> ContactDetails:
    return ContactDetails(change.channel, change.email, change.certificate, change.smime)


def _record(act: Act, what: str, row: ContactChange | ContactSetting) -> None:
    act.record_here(what, contact_settings.describe_confirmed(row))
