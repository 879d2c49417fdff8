"""The rest of a staff member's life: recovery, a new password, starting anew, leaving."""

from __future__ import annotations

from sqlalchemy import delete
from sqlalchemy.orm import Session

from reports.act import Act
from reports.errors import InvitationInvalid, SignInRefused
from reports.model import (
    Claim,
    DeskGrant,
    Membership,
    Passkey,
    RosterGrant,
    SavedView,
    SpareCode,
    Staff,
)
from reports.roster import desks, password, sign_in
from reports.roster.invitation import Authority, give_link
from reports.roster.password import ChosenPassword
from reports.secret_text import parse_groups
from reports.vault import derive, unwrap, wrap


def change_password(session: Session, staff: Staff, private: bytes, chosen: ChosenPassword) -> None:
    """Wrap the key under a new password and end every session. Raises `PasswordRefused`."""
    password.check(chosen.typed, name=staff.name)
    staff.password_salt = chosen.salt
    staff.private_by_password = wrap(chosen.key, private, kind="staff key", id=staff.id.bytes)
    sign_in.end_all(session, staff.id)


def recover(staff: Staff, recovery_code: str) -> bytes:
    """The private key, opened with the printed recovery code. Raises `SealBroken`."""
    if staff.private_by_recovery is None:
        raise SignInRefused("no recovery code was ever set up")
    key = derive(parse_groups(recovery_code), "staff recovery")
    return unwrap(key, staff.private_by_recovery, kind="staff key", id=staff.id.bytes)


def reset(act: Act, staff: Staff) -> str:
    """A one-time token for somebody who lost both password and recovery code.

    The person and their desks stay; key pair, wraps, second factor, grants and sessions are new or
    gone. Raises `InvitationInvalid` for who is disabled, `NotAllowed` where no administrator acts.
    """
    session = act.session
    if staff.state == "disabled":
        raise InvitationInvalid("disabled: holds nothing that could be renewed")
    # Only the desks that were signed: a row that somebody slipped in must not be made good here.
    wanted = desks.list_desk_ids(session, act.vault, staff)
    handed = Authority.from_keyring(session, act.keyring).limit_to(session, wanted)
    _take_everything(session, staff)
    staff.state = "invited"
    token = give_link(session, act.vault, staff, act.now, handed)
    act.record_here("staff_reset", {"staff": str(staff.id)})
    return token


def disable(act: Act, staff: Staff) -> None:
    """Take away every grant, membership and session at once.

    A member who may hold a copy of a desk's key makes a new epoch needed: `desks.rotate`.
    """
    _take_everything(act.session, staff)
    staff.state, staff.signature = "disabled", None
    act.session.execute(delete(Membership).where(Membership.staff_id == staff.id))
    act.record_here("staff_disabled", {"staff": str(staff.id)})


def _take_everything(session: Session, staff: Staff) -> None:
    """Erase every wrap of the member's key, all that only it opens, and every session."""
    staff.private_by_password = staff.private_by_recovery = staff.private_by_invitation = None
    staff.totp_by_key = staff.invitation_hash = staff.invitation_until = None
    for table in (DeskGrant, RosterGrant, Passkey, SpareCode, SavedView, Claim):
        session.execute(delete(table).where(table.staff_id == staff.id))
    sign_in.end_all(session, staff.id)
