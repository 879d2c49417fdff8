"""Membership of desks: joining, leaving, and renewing a desk's key, each recorded in custody.

A leaver may have kept a copy of the desk's key, so leaving starts a new epoch in the same
transaction. A desk always keeps an active administrator who can grant its key to others.
"""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import delete, select, true
from sqlalchemy.orm import Session

from reports.act import Act
from reports.errors import DeskLeftAlone, NotAllowed
from reports.model import Desk, DeskGrant, DeskKey, Membership, Report, Staff
from reports.roster import desks
from reports.roster.desks import OpenDeskKey
from reports.roster.keyring import Keyring
from reports.triage.turns import turn_keeper


def list_key_holders(session: Session, desk_id: UUID) -> set[UUID]:
    """Returns the ids of the staff who were granted the desk's current key."""
    query = select(DeskGrant.staff_id).join(DeskKey, DeskKey.id == DeskGrant.desk_key_id)
    return set(
        session.scalars(query.where(DeskKey.desk_id == desk_id, DeskKey.current.is_(true())))
    )


def join(act: Act, desk_id: UUID, member: Staff) -> None:
    """Makes `member` a member of the desk, and grants its keys if the member's own key is signed.

    Keys of earlier epochs are granted too, because the notes of those times need them. A member
    whose key is unsigned gets the grants on confirmation. Raises `NotAllowed` without the desk's
    key, for a disabled member, or for a liaison.
    """
    session, vault, keyring = act.session, act.vault, act.keyring
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
    turn_keeper.touch(session, Report.desk_id == desk_id, Report.assignee_id == member.id)
    act.record_here("desk_joined", {"desk": str(desk_id), "staff": str(member.id)})


def leave(act: Act, desk_id: UUID, member: Staff) -> None:
    """Removes `member` and their grants from the desk, and rotates its key.

    Raises `NotAllowed` without the desk's key, `DeskLeftAlone` for its last administrator.
    """
    session = act.session
    old = _open_current_key(act, desk_id)
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
    turn_keeper.touch(session, Report.desk_id == desk_id, Report.assignee_id == member.id)
    desks.rotate(act, old)
    act.record_here("desk_left", {"desk": str(desk_id), "staff": str(member.id)})


def renew(act: Act, desk_id: UUID) -> DeskKey:
    """Starts a new epoch of a desk's key. Raises `NotAllowed` without a grant, or `SealBroken`."""
    new = desks.rotate(act, _open_current_key(act, desk_id))
    act.record_here("desk_key_renewed", {"desk": str(desk_id), "epoch": str(new.epoch)})
    return new


def _open_current_key(act: Act, desk_id: UUID) -> OpenDeskKey:
    """Returns the desk's current key, for an administrator; locks the desk until the transaction
    ends."""
    _lock(act.session, desk_id)
    key = desks.load_current_key(act.session, act.vault, desk_id)
    private = act.keyring.open_desk_key(act.session, key.id)
    act.keyring.open_roster_key(act.session)
    return OpenDeskKey(key, private)


def _lock(session: Session, desk_id: UUID) -> None:
    """Serialises changes to a desk; on SQLite the write transaction already does."""
    session.get_one(Desk, desk_id, with_for_update=True)


def _held(session: Session, keyring: Keyring, desk_id: UUID) -> Mapping[UUID, DeskKey]:
    """Returns the desk's keys of every epoch that this keyring can open, by id."""
    query = select(DeskKey).join(DeskGrant, DeskGrant.desk_key_id == DeskKey.id)
    own = query.where(DeskKey.desk_id == desk_id, DeskGrant.staff_id == keyring.staff.id)
    return {key.id: key for key in session.scalars(own)}


def _administrators(session: Session, desk_id: UUID) -> set[UUID]:
    """Returns the active administrators who hold the desk's current key."""
    query = select(Staff.id).where(
        Staff.id.in_(list_key_holders(session, desk_id)),
        Staff.role == "administrator",
        Staff.state == "active",
    )
    return set(session.scalars(query))
