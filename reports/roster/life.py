"""The rest of a staff member's life: recovery, a new password, leaving."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from reports import custody
from reports.errors import SignInRefused
from reports.model import DeskGrant, Membership, Organisation, RosterGrant, Staff
from reports.roster import password, sign_in
from reports.roster.words import from_groups
from reports.vault import Vault, derive, unwrap, wrap


def change_password(
    session: Session, staff: Staff, private: bytes, chosen: str, salt: bytes, key: bytes
) -> None:
    """Wrap the key under a new password and end every session. Raises `PasswordRefused`.

    `key` is `vault.password_key(chosen, salt)`.
    """
    password.check(chosen, name=staff.name)
    staff.password_salt = salt
    staff.private_by_password = wrap(key, private, kind="staff key", id=staff.id.bytes)
    sign_in.end_all(session, staff.id)


def recover(staff: Staff, recovery_code: str) -> bytes:
    """The private key, opened with the printed recovery code. Raises `SealBroken`."""
    if staff.private_by_recovery is None:
        raise SignInRefused("no recovery code was ever set up")
    key = derive(from_groups(recovery_code), "staff recovery")
    return unwrap(key, staff.private_by_recovery, kind="staff key", id=staff.id.bytes)


def disable(session: Session, vault: Vault, staff: Staff, now: datetime, *, by: Staff) -> None:
    """Take away every grant, membership and session at once.

    A member who may hold a copy of a desk's key makes a new epoch needed: `desks.rotate`.
    """
    staff.state = "disabled"
    staff.private_by_password = staff.private_by_recovery = staff.private_by_invitation = None
    staff.totp_by_key = staff.invitation_hash = staff.signature = None
    for table in (DeskGrant, Membership, RosterGrant):
        session.execute(delete(table).where(table.staff_id == staff.id))
    sign_in.end_all(session, staff.id)
    custody.append(
        session,
        vault,
        session.get_one(Organisation, 1),
        "staff_disabled",
        now,
        staff_id=by.id,
        detail={"staff": str(staff.id)},
    )
