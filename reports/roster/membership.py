"""Who belongs to which desk: joining, leaving, and renewing a desk's key, each one on record.

Whoever leaves may have kept a copy of the desk's key: leaving starts a new epoch in the same
transaction. A desk always keeps an active administrator who can give its key to others.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select, true
from sqlalchemy.orm import Session

from reports import custody
from reports.errors import DeskLeftAlone, NotAllowed
from reports.model import Desk, DeskGrant, DeskKey, Membership, Organisation, Staff
from reports.roster import desks
from reports.roster.keyring import Keyring
from reports.vault import Vault


def list_key_holders(session: Session, desk_id: UUID) -> set[UUID]:
    """The ids of the staff who were given the desk's current key."""
    query = select(DeskGrant.staff_id).join(DeskKey, DeskKey.id == DeskGrant.desk_key_id)
    return set(
        session.scalars(query.where(DeskKey.desk_id == desk_id, DeskKey.current.is_(true())))
    )


def join(
    session: Session, vault: Vault, keyring: Keyring, desk_id: UUID, member: Staff, now: datetime
) -> None:
    """Make `member` one of the desk, and seal its keys to them where theirs is signed.

    The keys of earlier epochs go along: the notes of those days need them. Whose own key nobody
    signed yet gets them when an administrator confirms them. Raises `NotAllowed` without the desk's
    key, for somebody disabled, or for a liaison.
    """
    _lock(session, desk_id)
    roster = keyring.open_roster_key(session)
    current = desks.load_current_key(session, vault, desk_id)
    no_member = member.state == "disabled" or member.role == "liaison"
    if current.id not in _held(session, keyring, desk_id) or no_member:
        raise NotAllowed("no key to give, or nobody to give it to")
    session.merge(Membership(desk_id=desk_id, staff_id=member.id))
    session.flush()
    if member.signature is not None:
        for key in _held(session, keyring, desk_id).values():
            private = keyring.open_desk_key(session, key.id)
            desks.grant(session, vault, key, private, member)
        desks.enrol(session, roster, current, member)
    _record(session, vault, "desk_joined", keyring, now, desk=desk_id, staff=member.id)


def leave(
    session: Session, vault: Vault, keyring: Keyring, desk_id: UUID, member: Staff, now: datetime
) -> None:
    """Take a desk and all its keys from `member`, and give the others a new one.

    Raises `NotAllowed` without the desk's key, `DeskLeftAlone` for its last administrator.
    """
    _lock(session, desk_id)
    old = desks.load_current_key(session, vault, desk_id)
    private, roster = keyring.open_desk_key(session, old.id), keyring.open_roster_key(session)
    if not _administrators(session, desk_id) - {member.id}:
        raise DeskLeftAlone("the last administrator of this desk")
    of_desk = select(DeskKey.id).where(DeskKey.desk_id == desk_id)
    for query in (
        delete(DeskGrant).where(
            DeskGrant.staff_id == member.id, DeskGrant.desk_key_id.in_(of_desk)
        ),
        delete(Membership).where(Membership.staff_id == member.id, Membership.desk_id == desk_id),
    ):
        session.execute(query)
    desks.rotate(session, vault, roster, old, private, now)
    _record(session, vault, "desk_left", keyring, now, desk=desk_id, staff=member.id)


def renew(
    session: Session, vault: Vault, keyring: Keyring, desk_id: UUID, now: datetime
) -> DeskKey:
    """Start a new epoch of a desk's key. Raises `NotAllowed` without a grant, or `SealBroken`."""
    _lock(session, desk_id)
    old = desks.load_current_key(session, vault, desk_id)
    private = keyring.open_desk_key(session, old.id)
    new = desks.rotate(session, vault, keyring.open_roster_key(session), old, private, now)
    _record(session, vault, "desk_key_renewed", keyring, now, desk=desk_id, epoch=new.epoch)
    return new


def _lock(session: Session, desk_id: UUID) -> None:
    """One change of a desk at a time; on SQLite the write transaction is the lock already."""
    session.get_one(Desk, desk_id, with_for_update=True)


def _held(session: Session, keyring: Keyring, desk_id: UUID) -> Mapping[UUID, DeskKey]:
    """The keys of the desk, of every epoch, that are in this keyring."""
    query = select(DeskKey).join(DeskGrant, DeskGrant.desk_key_id == DeskKey.id)
    own = query.where(DeskKey.desk_id == desk_id, DeskGrant.staff_id == keyring.staff.id)
    return {key.id: key for key in session.scalars(own)}


def _administrators(session: Session, desk_id: UUID) -> set[UUID]:
    """The active administrators who hold the desk's current key."""
    query = select(Staff.id).where(
        Staff.id.in_(list_key_holders(session, desk_id)),
        Staff.role == "administrator",
        Staff.state == "active",
    )
    return set(session.scalars(query))


def _record(
    session: Session, vault: Vault, act: str, keyring: Keyring, now: datetime, **told: object
) -> None:
    custody.append(
        session,
        vault,
        session.get_one(Organisation, 1),
        act,
        now,
        staff_id=keyring.staff.id,
        detail={name: str(value) for name, value in told.items()},
    )
