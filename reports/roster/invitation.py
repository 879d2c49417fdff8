"""How somebody becomes staff: an invitation by link, its acceptance, and an administrator's word.

An administrator's invitation carries the keys: the new member's key pair is made and signed at
once, its private half wrapped under the link's token, and taken over under the member's own
password. An invitation from the command line carries none, because the server holds none; the
member then waits until an administrator has signed.
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pyotp
from sqlalchemy import select
from sqlalchemy.orm import Session

from reports import custody
from reports.errors import InvitationInvalid, NameTaken, NotAllowed, SecondFactorRefused
from reports.model import DeskGrant, DeskKey, Membership, Organisation, RosterGrant, Staff
from reports.roster import desks, password, signature
from reports.roster.keyring import Keyring
from reports.secret_text import format_groups, format_token, parse_token
from reports.vault import Vault, derive, make_pair, seal, unwrap, wrap

LIFETIME = timedelta(hours=72)
NAME_LIMIT = 80
_TOTP_BYTES = 20
_RECOVERY_BYTES = 20
"""160 bit (docs/security-parameters.md#SP-1.3)."""


@dataclass(frozen=True)
class Authority:
    """What an inviter can hand on: the roster's signing key and desk keys by `DeskKey.id`."""

    roster_private: bytes
    desk_privates: dict[UUID, bytes]

    @classmethod
    def from_keyring(cls, session: Session, keyring: Keyring) -> Authority:
        """All that a signed-in administrator can hand on. Raises `NotAllowed` for others."""
        query = select(DeskGrant.desk_key_id).where(DeskGrant.staff_id == keyring.staff.id)
        privates = {id: keyring.open_desk_key(session, id) for id in session.scalars(query)}
        return cls(keyring.open_roster_key(session), privates)


def invite(
    session: Session,
    vault: Vault,
    name: str,
    role: str,
    desk_ids: Iterable[UUID],
    now: datetime,
    *,
    authority: Authority | None,
    by: UUID | None = None,
    contact_id: str | None = None,
) -> str:
    """Make a staff member and a one-time token for their set-up link. Raises `NameTaken`.

    A liaison has a `contact_id` and no desk; everybody else the other way round: `NotAllowed`.
    """
    wanted = set(desk_ids)
    if (role == "liaison") != (contact_id is not None) or (contact_id and wanted):
        raise NotAllowed("a liaison belongs to a contact point, everybody else to desks")
    staff = Staff(
        id=uuid4(),
        name=name,
        folded_name=fold(name),
        role=role,
        contact_id=contact_id,
        state="invited",
        totp_step=0,
        language="en",
    )
    taken = select(Staff.id).where(Staff.folded_name == staff.folded_name)
    if session.scalar(taken) is not None:
        raise NameTaken(name)
    session.add(staff)
    session.flush()
    session.add_all(Membership(desk_id=desk_id, staff_id=staff.id) for desk_id in wanted)
    link = give_link(session, vault, staff, wanted, now, authority)
    told = {"staff": str(staff.id)}
    organisation = session.get_one(Organisation, 1)
    custody.append(session, vault, organisation, "staff_invited", now, staff_id=by, detail=told)
    return link


def give_link(
    session: Session,
    vault: Vault,
    staff: Staff,
    desk_ids: Collection[UUID],
    now: datetime,
    authority: Authority | None,
) -> str:
    """A new one-time token; with `authority` also a new key pair and the keys of `desk_ids`."""
    token = secrets.token_bytes(32)
    staff.invitation_hash = derive(token, "invitation place")
    staff.invitation_until = now + LIFETIME
    if authority:
        pair = make_pair()
        staff.private_by_invitation = wrap(
            derive(token, "invitation key"), pair.private, kind="invitation", id=staff.id.bytes
        )
        _sign_and_grant(session, vault, staff, pair.public, desk_ids, authority)
    session.flush()
    return format_token(token)


def find(session: Session, token_text: str, now: datetime) -> tuple[Staff, bytes]:
    """The member a link was made for, and the raw token. Raises `InvitationInvalid`."""
    try:
        token = parse_token(token_text)
    except ValueError as problem:
        raise InvitationInvalid("not an invitation") from problem
    place = derive(token, "invitation place")
    staff = session.scalar(select(Staff).where(Staff.invitation_hash == place))
    if staff is None or staff.invitation_until is None or staff.invitation_until <= now:
        raise InvitationInvalid("unknown, used, or past its time")
    return staff, token


def derive_totp_secret(vault: Vault, token: bytes) -> str:
    """The second factor that this link will set up, in the base32 that apps read.

    Not from the link alone: whoever finds a used one in old mail has no second factor by it.
    """
    return base64.b32encode(vault.compute_mac("second factor", token)[:_TOTP_BYTES]).decode()


def accept(
    session: Session,
    vault: Vault,
    token_text: str,
    *,
    name: str,
    chosen: str,
    salt: bytes,
    key: bytes,
    one_time_code: str,
    now: datetime,
) -> str:
    """Set password and second factor; returns the recovery code, to be shown once.

    `key` is `vault.password_key(chosen, salt)`, derived before the transaction. Raises
    `InvitationInvalid`, `PasswordRefused`, `NameTaken` or `SecondFactorRefused`; nothing is then
    changed.
    """
    staff, token = find(session, token_text, now)
    password.check(chosen, name=name)
    step = find_matching_step(derive_totp_secret(vault, token), one_time_code, now)
    if step is None:
        raise SecondFactorRefused("the one-time code does not fit")
    _rename(session, staff, name)
    if staff.private_by_invitation is not None:
        private = unwrap(
            derive(token, "invitation key"),
            staff.private_by_invitation,
            kind="invitation",
            id=staff.id.bytes,
        )
        staff.state = "active"
    else:
        pair = make_pair()
        private, staff.public, staff.state = pair.private, pair.public, "waiting"
    recovery = secrets.token_bytes(_RECOVERY_BYTES)
    id = staff.id.bytes
    staff.password_salt = salt
    staff.private_by_password = wrap(key, private, kind="staff key", id=id)
    staff.private_by_recovery = wrap(
        derive(recovery, "staff recovery"), private, kind="staff key", id=id
    )
    secret = derive_totp_secret(vault, token).encode()
    staff.totp_by_key = wrap(derive_totp_key(private), secret, kind="totp", id=id)
    staff.totp_step = step
    staff.invitation_hash = staff.invitation_until = staff.private_by_invitation = None
    organisation = session.get_one(Organisation, 1)
    custody.append(
        session, vault, organisation, "staff_set_up", now, detail={"staff": str(staff.id)}
    )
    return format_groups(recovery)


def confirm(session: Session, vault: Vault, staff: Staff, authority: Authority) -> None:
    """Sign a waiting member's key and seal their desks' keys to it. They may then sign in."""
    if staff.state != "waiting" or staff.public is None:
        raise InvitationInvalid("not waiting for confirmation")
    # The administrator has read these desks beside the key.
    wanted = list(session.scalars(select(Membership.desk_id).filter_by(staff_id=staff.id)))
    _sign_and_grant(session, vault, staff, staff.public, wanted, authority)
    staff.state = "active"


def derive_totp_key(private: bytes) -> bytes:
    """The key that wraps a member's second factor: who has the database alone cannot read it."""
    return derive(private, "second factor key")


def find_matching_step(secret: str, typed: str, now: datetime) -> int | None:
    """The time step that a one-time code belongs to, one step of drift allowed; else None."""
    digits = "".join(c for c in typed if c.isdigit())
    totp = pyotp.TOTP(secret)
    step = int(now.timestamp()) // totp.interval
    fits = (
        at
        for at in (step, step - 1, step + 1)
        if pyotp.utils.strings_equal(digits, totp.generate_otp(at))
    )
    return next(fits, None)


def fold(name: str) -> str:
    """Names that differ in case or blanks alone are the same name."""
    return " ".join(name.split()).casefold()


def _rename(session: Session, staff: Staff, name: str) -> None:
    folded = fold(name)
    other = select(Staff.id).where(Staff.folded_name == folded, Staff.id != staff.id)
    if session.scalar(other) is not None:
        raise NameTaken(name)
    staff.name, staff.folded_name = " ".join(name.split()), folded


def _sign_and_grant(
    session: Session,
    vault: Vault,
    staff: Staff,
    public: bytes,
    desk_ids: Collection[UUID],
    authority: Authority,
) -> None:
    staff.public = public
    staff.signature = signature.sign_staff_key(authority.roster_private, staff)
    session.flush()
    if staff.role == "administrator":
        sealed = seal(public, authority.roster_private, kind="roster key", id=staff.id.bytes)
        session.merge(RosterGrant(staff_id=staff.id, sealed=sealed))
    for key in session.scalars(select(DeskKey).where(DeskKey.desk_id.in_(desk_ids))):
        if key.id in authority.desk_privates:
            desks.grant(session, vault, key, authority.desk_privates[key.id], staff)
            if key.current:
                desks.enrol(session, authority.roster_private, key, staff)
    session.flush()
