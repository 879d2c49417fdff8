"""Recovery without any administrator: the organisation's recovery key on paper opens all desks.

It gives a new administrator what `init` gave the first one. The key itself stays valid: keep the
paper.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from reports import custody
from reports.custody import CustodyEntry
from reports.errors import SealBroken
from reports.model import Desk, DeskKey, Organisation
from reports.roster import desks, invitation, signature
from reports.roster.invitation import Authority, NewMember
from reports.secret_text import parse_groups
from reports.vault import Vault, open_sealed


def open_authority(session: Session, vault: Vault, typed: str) -> Authority:
    """Returns all keys that the recovery key opens: the roster's key, and desk keys of every epoch.

    Raises `SealBroken` when `typed` is not this instance's recovery key or a desk's current key is
    damaged, and `RosterBroken` when a desk's key lacks the organisation's signature. A damaged key
    of an earlier epoch is left out: only old notes needed it.
    """
    private = parse_groups(typed)
    sealed = session.get_one(Organisation, 1).roster_by_recovery
    roster = open_sealed(private, sealed, kind="roster key", id=b"")
    privates = {}
    for key in session.scalars(select(DeskKey)):
        signature.check_desk_key(vault, key.desk_id, key.epoch, key.public, key.signature)
        try:
            privates[key.id] = desks.recover(session, private, key)
        except SealBroken:
            if key.current:
                raise
    return Authority(roster, privates)


def recover(session: Session, vault: Vault, typed: str, name: str, now: datetime) -> str:
    """Returns a one-time token for a new administrator of every desk.

    Raises as `open_authority` does, and `NameTaken`; nothing is then changed.
    """
    opened = open_authority(session, vault, typed)
    organisation = session.get_one(Organisation, 1)
    custody.append(session, vault, organisation, CustodyEntry("recovery_key_used"), now)
    member = NewMember(name, "administrator", tuple(session.scalars(select(Desk.id))))
    return invitation.invite(session, vault, member, now, opened)
