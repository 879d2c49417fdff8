"""The people of the desks, as the administrator's pages need them."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from flask import abort
from sqlalchemy import select, true
from sqlalchemy.orm import Session

from reports.errors import InvitationInvalid, NotAllowed
from reports.model import Desk, DeskGrant, DeskKey, Membership, Staff
from reports.roster import desks, membership
from reports.roster.keyring import Keyring
from reports.vault import Vault


@dataclass(frozen=True)
class Person:
    """One of the staff, with the names of their desks."""

    member: Staff
    desks: tuple[str, ...]


@dataclass(frozen=True)
class DeskMember:
    """Somebody of a desk. `has_key`: the current key was sealed to them."""

    member: Staff
    has_key: bool


@dataclass(frozen=True)
class DeskState:
    """A desk with its key. `held`: the administrator who looks can give and renew the key."""

    desk: Desk
    key: DeskKey
    due: bool
    held: bool
    members: tuple[DeskMember, ...]


def list_people(session: Session) -> list[Person]:
    """Everybody: who waits first, then by name; the disabled ones last."""
    order = {"waiting": 0, "active": 1, "invited": 1, "disabled": 2}
    found = [
        Person(member, list_desk_names(session, member))
        for member in session.scalars(select(Staff))
    ]
    return sorted(found, key=lambda each: (order[each.member.state], each.member.folded_name))


def find_member(session: Session, staff_id: UUID) -> Staff:
    """The member of this id; 404 otherwise."""
    found = session.get(Staff, staff_id)
    if found is None:
        abort(404)
    return found


def find_asker(session: Session, member: Staff) -> Staff | None:
    """Who asked that this member becomes an administrator, where it was asked at the desk."""
    return session.get(Staff, member.raised_by_id) if member.raised_by_id else None


def list_desk_names(session: Session, member: Staff) -> tuple[str, ...]:
    """The desks that a member belongs to."""
    query = select(Desk.name).join(Membership, Membership.desk_id == Desk.id)
    return tuple(session.scalars(query.where(Membership.staff_id == member.id).order_by(Desk.name)))


def compute_fingerprint(member: Staff) -> str:
    """What two people compare: 40 hex digits of the SHA-256 of the public key; empty without."""
    return hashlib.sha256(member.public).hexdigest()[:40].upper() if member.public else ""


def hash_member(session: Session, member: Staff) -> str:
    """A hash over what an administrator reads before confirming: key, role and place."""
    told = (
        compute_fingerprint(member),
        member.role,
        member.contact_id or "",
        *list_desk_names(session, member),
    )
    return hashlib.sha256("\0".join(told).encode()).hexdigest()


def check_unchanged(session: Session, member: Staff, seen: str) -> None:
    """Raises `InvitationInvalid` when key, role or desks are not those that the page showed."""
    if not hmac.compare_digest(hash_member(session, member).encode(), seen.encode()):
        raise InvitationInvalid("something changed since it was shown")


def check_not_oneself(keyring: Keyring, member: Staff) -> None:
    """Raises `NotAllowed` for oneself: there must be somebody left who can undo a mistake."""
    if member.id == keyring.staff.id:
        raise NotAllowed("nobody takes the own keys away")


def list_lost_desks(session: Session, vault: Vault, keyring: Keyring, member: Staff) -> list[str]:
    """The desks of a member that a new link made with this keyring would not give."""
    signed = desks.list_desk_ids(session, vault, member)
    given = {desk.name for desk in keyring.list_desks(session) if desk.id in signed}
    return [name for name in list_desk_names(session, member) if name not in given]


def list_held_desks(session: Session, member: Staff) -> list[UUID]:
    """The desks whose current key this member was given."""
    query = select(DeskKey.desk_id).join(DeskGrant, DeskGrant.desk_key_id == DeskKey.id)
    held = query.where(DeskGrant.staff_id == member.id, DeskKey.current.is_(true()))
    return list(session.scalars(held))


def list_desk_states(
    session: Session, vault: Vault, keyring: Keyring, today: date
) -> list[DeskState]:
    """Every desk, by name."""
    every = session.scalars(select(Desk).order_by(Desk.name))
    return [_desk_state(session, vault, keyring, desk, today) for desk in every]


def find_desk_state(
    session: Session, vault: Vault, keyring: Keyring, desk_id: UUID, today: date
) -> DeskState:
    """The desk of this id; 404 otherwise."""
    desk = session.get(Desk, desk_id)
    if desk is None:
        abort(404)
    return _desk_state(session, vault, keyring, desk, today)


def list_candidates(session: Session, state: DeskState) -> list[Staff]:
    """Who can be added to a desk: everybody at work here who was not given its key."""
    inside = {each.member.id for each in state.members if each.has_key}
    able = Staff.state != "disabled", Staff.role != "liaison"
    query = select(Staff).where(*able).order_by(Staff.folded_name)
    return [member for member in session.scalars(query) if member.id not in inside]


def _desk_state(
    session: Session, vault: Vault, keyring: Keyring, desk: Desk, today: date
) -> DeskState:
    key = desks.load_current_key(session, vault, desk.id)
    holders = membership.list_key_holders(session, desk.id)
    query = select(Staff).join(Membership, Membership.staff_id == Staff.id)
    belong = query.where(Membership.desk_id == desk.id).order_by(Staff.folded_name)
    return DeskState(
        desk,
        key,
        due=desks.is_due(key, today),
        held=keyring.staff.id in holders,
        members=tuple(DeskMember(each, each.id in holders) for each in session.scalars(belong)),
    )
