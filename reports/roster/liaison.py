"""Liaisons: people of a contact point who have an account with keys on this instance.

Small on purpose: the one part of the roster that deliveries need.
"""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from reports.model import Staff
from reports.roster import signature
from reports.vault import Vault


def list_for_contact(session: Session, vault: Vault, contact_id: str) -> list[Staff]:
    """Returns the active liaisons of a contact point, by name.

    Raises `RosterBroken` for a liaison whose public key lacks the organisation's signature.
    """
    query = select(Staff).where(Staff.contact_id == contact_id, Staff.state == "active")
    found = list(session.scalars(query.order_by(Staff.folded_name)))
    for member in found:
        signature.check_staff_key(vault, member)
    return found
