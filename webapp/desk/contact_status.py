"""The contact points as the pages of the desk need them."""

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
    """One contact point. `setting` is there when somebody confirmed how it is reached from here.

    `broken`: its row was changed behind our back. `ends`: its key ends soon, or has ended. `due`:
    it should be checked again. `waits`: a change waits for a second administrator.
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
    """Every contact point that is written to at all; the ready ones of each country first."""
    found = [
        read(session, vault, entry, today)
        for entry in countries.contacts.values()
        if entry.category != "emergency"
    ]
    return sorted(found, key=lambda each: each.setting is None)


def read(session: Session, vault: Vault, entry: Contact, today: date) -> ContactStatus:
    """One contact point as it stands on this instance."""
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


def find_staff_name(session: Session, staff_id: UUID) -> str:
    """A staff member's name, for who proposed something."""
    found = session.get(Staff, staff_id)
    return found.name if found else ""
