"""Changes to a staff account: a new password, recovery, reset, and disabling."""

from __future__ import annotations

from sqlalchemy import delete, update
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
from reports.roster import desks, password, sign_in, signing_keys
from reports.roster.invitation import ADMINISTRATOR, Authority, give_link, note_raising
from reports.roster.password import ChosenPassword
from reports.secret_text import parse_groups
from reports.vault import derive, unwrap, wrap


def change_password(session: Session, staff: Staff, private: bytes, chosen: ChosenPassword) -> None:
    """Rewraps the member's key under a new password and ends every session. Raises
    `PasswordRefused`."""
    password.check(chosen.typed, name=staff.name)
    staff.password_salt = chosen.salt
    staff.private_by_password = wrap(chosen.key, private, kind="staff key", id=staff.id.bytes)
    sign_in.end_all(session, staff.id)


def recover(staff: Staff, recovery_code: str) -> bytes:
    """Returns the private key, decrypted with the printed recovery code.

    Raises `SealBroken`, or `SignInRefused` when no code was ever set up.
    """
    if staff.private_by_recovery is None:
        raise SignInRefused("no recovery code was ever set up")
    key = derive(parse_groups(recovery_code), "staff recovery")
    return unwrap(key, staff.private_by_recovery, kind="staff key", id=staff.id.bytes)


def reset(act: Act, staff: Staff) -> str:
    """Returns a one-time token for a member who lost both password and recovery code.

    The person and their desks stay; key pair, wraps, second factor, grants and sessions are
    replaced or deleted. Raises `InvitationInvalid` for a disabled member, `NotAllowed` unless an
    administrator acts.
    """
    session = act.session
    if staff.state == "disabled":
        raise InvitationInvalid("disabled: holds nothing that could be renewed")
    # Only signed memberships: a row inserted by an attacker must not be legitimised here.
    wanted = desks.list_desk_ids(session, act.vault, staff)
    handed = Authority.from_keyring(session, act.keyring).limit_to(session, wanted)
    _take_everything(session, staff)
    staff.state = "invited"
    if staff.role == ADMINISTRATOR:
        # A new link is as good as a new administrator: who holds it would be two people.
        note_raising(staff, act.keyring.staff.id, act.now)
        staff.public = staff.signature = None
        own = Membership.staff_id == staff.id
        session.execute(delete(Membership).where(own, Membership.desk_id.not_in(wanted)))
        session.execute(update(Membership).where(own).values(signature=None))
        token = give_link(session, act.vault, staff, act.now, None)
    else:
        token = give_link(session, act.vault, staff, act.now, handed)
    act.record_here("staff_reset", {"staff": str(staff.id)})
    return token


def disable(act: Act, staff: Staff) -> None:
    """Revokes every grant, membership and session at once.

    A member who may have copied a desk's key makes a new epoch necessary: `desks.rotate`.
    """
    _take_everything(act.session, staff)
    staff.state, staff.signature = "disabled", None
    act.session.execute(delete(Membership).where(Membership.staff_id == staff.id))
    act.record_here("staff_disabled", {"staff": str(staff.id)})


def _take_everything(session: Session, staff: Staff) -> None:
    """Deletes every wrap of the member's key, everything that only this key opens, and every
    session."""
    staff.private_by_password = staff.private_by_recovery = staff.private_by_invitation = None
    staff.totp_by_key = staff.invitation_hash = staff.invitation_until = None
    for table in (DeskGrant, RosterGrant, Passkey, SpareCode, SavedView, Claim):
        session.execute(delete(table).where(table.staff_id == staff.id))
    signing_keys.drop_private_halves(session, staff.id)
    sign_in.end_all(session, staff.id)
