"""The state of each contact point, for the pages of the desk."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from reports.act import Act
from reports.delivery import contact_change, contact_settings
from reports.errors import RecipientUnready
from reports.model import ContactSetting, Staff
from reports.roster import liaison
from reports.routing.country import Countries
from reports.routing.entries import Contact
from reports.vault import Vault

ContactAction = Callable[[Act], object]


@dataclass(frozen=True)
class ContactStatus:
    """One contact point. `setting` is its confirmed settings, or None.

    `broken`: its row was tampered with. `ends`: the last day of its key, if that is near or past.
    `due`: it should be checked again. `waits`: a change waits for a second administrator.
    """

    contact: Contact
    setting: ContactSetting | None
    broken: bool
    ends: date | None
    due: bool
    waits: bool
    liaisons: tuple[str, ...]


def list_all(
    session: Session, vault: Vault, countries: Countries, today: date
) -> list[ContactStatus]:
    """Returns every contact point except emergency numbers; those with settings come first."""
    found = [
        read(session, vault, entry, today)
        for entry in countries.contacts.values()
        if entry.category != "emergency"
    ]
    return sorted(found, key=lambda each: each.setting is None)


def read(session: Session, vault: Vault, entry: Contact, today: date) -> ContactStatus:
    """Returns the state of one contact point on this instance."""
    setting, broken = None, False
    try:
        setting = contact_settings.require_confirmed(session, vault, entry.id)
    except RecipientUnready:
        broken = session.get(ContactSetting, entry.id) is not None
    return ContactStatus(
        entry,
        setting,
        broken,
        ends=contact_change.find_near_expiry(setting, today) if setting else None,
        due=setting is not None and contact_change.is_due(setting, today),
        waits=entry.id in contact_change.list_pending(session, vault),
        liaisons=tuple(each.name for each in liaison.list_for_contact(session, vault, entry.id)),
    )


def find_staff_name(session: Session, staff_id: UUID | None) -> str:
    """Returns a staff member's name, or "" if unknown or nobody's."""
    found = session.get(Staff, staff_id) if staff_id else None
    return found.name if found else ""
