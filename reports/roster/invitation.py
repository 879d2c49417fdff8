"""Joining the staff: an invitation link, its acceptance, and confirmation by an administrator.

An administrator's invitation includes the keys: the new member's key pair is made and signed at
once, its private key wrapped under the link's token, and on acceptance rewrapped under the member's
own password. An invitation from the command line includes none, because the server holds none; the
member then waits until an administrator has signed.

Who is to become an administrator never gets keys with the link, for they would have power over all:
the person waits until a second administrator confirms, or until a waiting time is over in which all
of them read of it and any of them can stop it (docs/security-parameters.md#SP-2.16).
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pyotp
from sqlalchemy import select
from sqlalchemy.orm import Session

from reports import custody
from reports.act import Act
from reports.custody import CustodyEntry
from reports.errors import (
    InvitationInvalid,
    NameTaken,
    NotAllowed,
    SecondAdministratorNeeded,
    SecondFactorRefused,
)
from reports.model import DeskGrant, DeskKey, Membership, Organisation, RosterGrant, Staff
from reports.roster import desks, password, signature, signing_keys
from reports.roster.keyring import Keyring
from reports.roster.password import ChosenPassword
from reports.secret_text import format_groups, format_token, parse_token
from reports.typed_digits import read_digits
from reports.vault import Vault, derive, make_pair, seal, unwrap, wrap

LIFETIME = timedelta(hours=72)
RAISING_WAIT = timedelta(hours=72)
"""How long who asked for a new administrator waits where no second one confirms: a long weekend, so
that the others read of it."""
ADMINISTRATOR = "administrator"
NAME_LIMIT = 80
_TOTP_BYTES = 20
_LONGEST_CODE = 200
"""Characters of what is read as a one-time code, with whatever was pasted around it."""
_RECOVERY_BYTES = 20
"""160 bit (docs/security-parameters.md#SP-1.3)."""


@dataclass(frozen=True)
class NewMember:
    """Who is invited: a liaison has a `contact_id` and no desks, everybody else only desks."""

    name: str
    role: str
    desk_ids: tuple[UUID, ...] = ()
    contact_id: str | None = None


@dataclass(frozen=True)
class AccountSetup:
    """What a new member chose, and the first code of their authenticator app."""

    name: str
    password: ChosenPassword
    one_time_code: str

    def __repr__(self) -> str:
        return "AccountSetup(...)"


@dataclass(frozen=True)
class Authority:
    """The keys that an inviter can pass on: the roster's signing key, and desk keys by
    `DeskKey.id`.

    `staff_id` is the inviter, if signed in.
    """

    roster_private: bytes
    desk_privates: Mapping[UUID, bytes]
    staff_id: UUID | None = None

    def __repr__(self) -> str:
        return "Authority(...)"

    @classmethod
    def from_keyring(cls, session: Session, keyring: Keyring) -> Authority:
        """Returns all keys that a signed-in administrator holds. Raises `NotAllowed` for others."""
        query = select(DeskGrant.desk_key_id).where(DeskGrant.staff_id == keyring.staff.id)
        privates = {id: keyring.open_desk_key(session, id) for id in session.scalars(query)}
        return cls(keyring.open_roster_key(session), privates, keyring.staff.id)

    def limit_to(self, session: Session, desk_ids: Collection[UUID]) -> Authority:
        """Returns a copy with only the keys of these desks."""
        ids = session.scalars(select(DeskKey.id).where(DeskKey.desk_id.in_(desk_ids)))
        held = {id: self.desk_privates[id] for id in ids if id in self.desk_privates}
        return replace(self, desk_privates=held)


def invite(
    session: Session,
    vault: Vault,
    member: NewMember,
    now: datetime,
    authority: Authority | None = None,
) -> str:
    """Creates a staff member, and returns the one-time token for their set-up link.

    Raises `NameTaken`, and `NotAllowed` for a liaison with desks or without a contact point, or for
    anybody else with one.
    """
    wanted, contact_id = set(member.desk_ids), member.contact_id
    if (member.role == "liaison") != (contact_id is not None) or (contact_id and wanted):
        raise NotAllowed("a liaison belongs to a contact point, everybody else to desks")
    staff = Staff(
        id=uuid4(),
        name=member.name,
        folded_name=fold(member.name),
        role=member.role,
        contact_id=contact_id,
        state="invited",
        totp_step=0,
        language="en",
    )
    taken = select(Staff.id).where(Staff.folded_name == staff.folded_name)
    if session.scalar(taken) is not None:
        raise NameTaken(member.name)
    if staff.role == ADMINISTRATOR and (authority is None or authority.staff_id):
        note_raising(staff, authority.staff_id if authority else None, now)
    session.add(staff)
    session.flush()
    session.add_all(Membership(desk_id=desk_id, staff_id=staff.id) for desk_id in wanted)
    handed = None
    if authority and staff.raised_at is None:
        handed = authority.limit_to(session, wanted)
    link = give_link(session, vault, staff, now, handed)
    by = authority.staff_id if authority else None
    entry = CustodyEntry("staff_invited", {"staff": str(staff.id)}, by)
    custody.append(session, vault, session.get_one(Organisation, 1), entry, now)
    return link


def note_raising(staff: Staff, asked_by: UUID | None, now: datetime) -> None:
    """Notes that somebody is to become an administrator, and who of the staff asked for it."""
    staff.raised_by_id, staff.raised_at = asked_by, now


def find_free_from(staff: Staff, wait: timedelta) -> datetime | None:
    """Returns when who asked for this new administrator may confirm alone; None where nobody is
    kept from it."""
    if staff.role != ADMINISTRATOR or staff.raised_at is None:
        return None
    return staff.raised_at + wait


def list_raised(session: Session) -> list[Staff]:
    """Returns who is to become an administrator and is not one yet."""
    query = select(Staff).where(
        Staff.role == ADMINISTRATOR,
        Staff.raised_at.is_not(None),
        Staff.state.in_(("invited", "waiting")),
    )
    return list(session.scalars(query.order_by(Staff.folded_name)))


def give_link(
    session: Session, vault: Vault, staff: Staff, now: datetime, handed: Authority | None
) -> str:
    """Returns a new one-time token; with `handed`, also makes a key pair, signed and with
    grants."""
    token = secrets.token_bytes(32)
    staff.invitation_hash = derive(token, "invitation place")
    staff.invitation_until = now + LIFETIME
    if handed:
        pair = make_pair()
        staff.private_by_invitation = wrap(
            derive(token, "invitation key"), pair.private, kind="invitation", id=staff.id.bytes
        )
        _sign_and_grant(session, vault, staff, pair.public, handed)
    session.flush()
    return format_token(token)


def find(session: Session, token_text: str, now: datetime) -> tuple[Staff, bytes]:
    """Returns the member that a link was made for, and the raw token. Raises
    `InvitationInvalid`."""
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
    """Returns the TOTP secret that this link will set up, in base32.

    It also depends on the vault: a used link found in old mail does not reveal the second factor.
    """
    return base64.b32encode(vault.compute_mac("second factor", token)[:_TOTP_BYTES]).decode()


def accept(
    session: Session, vault: Vault, token_text: str, setup: AccountSetup, now: datetime
) -> str:
    """Sets password and second factor; returns the recovery code, to be shown once.

    Raises `InvitationInvalid`, `PasswordRefused`, `NameTaken` or `SecondFactorRefused`; nothing is
    then changed.
    """
    staff, token = find(session, token_text, now)
    password.check(setup.password.typed, name=setup.name)
    step = find_matching_step(derive_totp_secret(vault, token), setup.one_time_code, now)
    if step is None:
        raise SecondFactorRefused("the one-time code does not fit")
    _rename(session, staff, setup.name)
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
    staff.password_salt = setup.password.salt
    staff.private_by_password = wrap(setup.password.key, private, kind="staff key", id=id)
    staff.private_by_recovery = wrap(
        derive(recovery, "staff recovery"), private, kind="staff key", id=id
    )
    secret = derive_totp_secret(vault, token).encode()
    staff.totp_by_key = wrap(derive_totp_key(private), secret, kind="totp", id=id)
    staff.totp_step = step
    staff.invitation_hash = staff.invitation_until = staff.private_by_invitation = None
    organisation = session.get_one(Organisation, 1)
    entry = CustodyEntry("staff_set_up", {"staff": str(staff.id)})
    custody.append(session, vault, organisation, entry, now)
    return format_groups(recovery)


def confirm(act: Act, staff: Staff, wait: timedelta = RAISING_WAIT) -> None:
    """Signs a waiting member's key and grants them their desks' keys. They may then sign in.

    Raises `InvitationInvalid` unless the member is waiting, `NotAllowed` unless an administrator
    acts, and `SecondAdministratorNeeded` for who asked for this administrator less than `wait` ago.
    """
    if staff.state != "waiting" or staff.public is None:
        raise InvitationInvalid("not waiting for confirmation")
    free_from = find_free_from(staff, wait)
    if free_from and staff.raised_by_id == act.keyring.staff.id and act.now < free_from:
        raise SecondAdministratorNeeded("asked for by the same person")
    session = act.session
    # The administrator was shown these desks together with the key.
    wanted = list(session.scalars(select(Membership.desk_id).filter_by(staff_id=staff.id)))
    handed = Authority.from_keyring(session, act.keyring).limit_to(session, wanted)
    _sign_and_grant(session, act.vault, staff, staff.public, handed)
    staff.state, staff.raised_by_id, staff.raised_at = "active", None, None
    act.record_here("staff_confirmed", {"staff": str(staff.id)})


def derive_totp_key(private: bytes) -> bytes:
    """Returns the key that wraps a member's TOTP secret, so that the database alone does not reveal
    it."""
    return derive(private, "second factor key")


def find_matching_step(secret: str, typed: str, now: datetime) -> int | None:
    """Returns the time step of a one-time code, in any notation that `typed_digits` reads, allowing
    one step of drift, or None if it is wrong."""
    totp = pyotp.TOTP(secret)
    numbers = read_digits(typed[:_LONGEST_CODE], totp.digits).numbers
    if len(numbers) != 1:
        return None
    step = int(now.timestamp()) // totp.interval
    fits = (
        at
        for at in (step, step - 1, step + 1)
        if pyotp.utils.strings_equal(numbers[0], totp.generate_otp(at))
    )
    return next(fits, None)


def fold(name: str) -> str:
    """Returns the name in a form that ignores case and white space, for comparison."""
    return " ".join(name.split()).casefold()


def _rename(session: Session, staff: Staff, name: str) -> None:
    folded = fold(name)
    other = select(Staff.id).where(Staff.folded_name == folded, Staff.id != staff.id)
    if session.scalar(other) is not None:
        raise NameTaken(name)
    staff.name, staff.folded_name = " ".join(name.split()), folded


def _sign_and_grant(
    session: Session, vault: Vault, staff: Staff, public: bytes, handed: Authority
) -> None:
    """Signs a member's public key, seals the handed keys to it, and gives them a signing key."""
    staff.public = public
    staff.signature = signature.sign_staff_key(handed.roster_private, staff)
    session.flush()
    signing_keys.drop_private_halves(session, staff.id)
    signing_keys.give_key(session, handed.roster_private, staff)
    if staff.role == "administrator":
        sealed = seal(public, handed.roster_private, kind="roster key", id=staff.id.bytes)
        session.merge(RosterGrant(staff_id=staff.id, sealed=sealed))
    for key in session.scalars(select(DeskKey).where(DeskKey.id.in_(handed.desk_privates))):
        desks.grant(session, vault, key, handed.desk_privates[key.id], staff)
        if key.current:
            desks.enrol(session, handed.roster_private, key, staff)
    session.flush()
