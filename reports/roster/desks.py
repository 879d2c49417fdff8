"""Desks and their keys: creating them, finding the right one, granting, rotating."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import select, true
from sqlalchemy.orm import Session

from reports import case_proof, outer_layer
from reports.act import Act
from reports.errors import NotFounded, RosterBroken, SealBroken
from reports.model import Desk, DeskGrant, DeskKey, Membership, Organisation, Report, Staff
from reports.roster import signature
from reports.settings import ANYWHERE
from reports.vault import Vault, make_pair, open_sealed, seal

RENEWAL = timedelta(days=365)
"""How long a desk key is used (docs/security-parameters.md#SP-1.2)."""


@dataclass(frozen=True)
class OpenDeskKey:
    """A desk key of one epoch, with its private key."""

    key: DeskKey
    private: bytes

    def __repr__(self) -> str:
        return "OpenDeskKey(...)"


def find_for_country(session: Session, vault: Vault, country: str) -> tuple[Desk, DeskKey]:
    """Returns the desk that receives reports from `country`, and its verified current key.

    Raises `RosterBroken` when the key, or any desk's name and country, lacks the organisation's
    signature: nothing must then be sealed. Raises `NotFounded` when there are no desks.
    """
    every = list(session.scalars(select(Desk)))
    for desk in every:
        signature.check_desk(vault, desk.id, desk.name, desk.country, desk.signature)
    right = [desk for desk in every if desk.country == country]
    right += [desk for desk in every if desk.name == ANYWHERE]
    if not right:
        raise NotFounded("no desk: run init first")
    desk = right[0]
    return desk, load_current_key(session, vault, desk.id)


def load_current_key(session: Session, vault: Vault, desk_id: UUID) -> DeskKey:
    """Returns the desk's current key. Raises `RosterBroken` if its signature is wrong."""
    query = select(DeskKey).where(DeskKey.desk_id == desk_id, DeskKey.current.is_(true()))
    key = session.scalars(query).one()
    signature.check_desk_key(vault, desk_id, key.epoch, key.public, key.signature)
    return key


def is_due(key: DeskKey, today: date) -> bool:
    """Returns whether the desk key has been used for more than a year."""
    return today - key.created_day > RENEWAL


def add(session: Session, vault: Vault, roster_private: bytes, desk: Desk, now: datetime) -> bytes:
    """Signs and stores a new desk, whose name and country are set, with its first key.

    Returns the private key for the first grants.
    """
    desk.id = uuid4()
    desk.signature = signature.sign_desk(roster_private, desk.id, desk.name, desk.country)
    session.add(desk)
    session.flush()
    made = _make_key(roster_private, _load_recovery_key(session, vault), desk.id, 1, now)
    session.add(made.key)
    session.flush()
    return made.private


def grant(session: Session, vault: Vault, key: DeskKey, private: bytes, member: Staff) -> None:
    """Seals a desk's private key to a member. Raises `RosterBroken` unless the member's key is
    signed."""
    signature.check_staff_key(vault, member)
    sealed = seal(member.public or b"", private, kind="desk key", id=key.id.bytes)
    session.merge(DeskGrant(desk_key_id=key.id, staff_id=member.id, sealed=sealed))


def enrol(session: Session, roster_private: bytes, key: DeskKey, member: Staff) -> None:
    """Signs and stores that `member` belongs to the desk in the epoch of `key`."""
    signed = signature.sign_membership(roster_private, key.desk_id, member.id, key.epoch)
    session.merge(Membership(desk_id=key.desk_id, staff_id=member.id, signature=signed))


def list_members(session: Session, vault: Vault, key: DeskKey) -> list[Staff]:
    """Returns the members with a signed membership for the epoch of `key` and a signed key of their
    own.

    They include those who have not yet used their invitation. Members who left earlier have no
    signature for this epoch: restoring their old row has no effect.
    """
    query = select(Staff, Membership).join(Membership, Membership.staff_id == Staff.id)
    signed = Staff.signature.is_not(None), Staff.state != "disabled"
    rows = session.execute(query.where(Membership.desk_id == key.desk_id, *signed))
    return [member for member, row in rows if _belongs(vault, row, key.epoch)]


def list_desk_ids(session: Session, vault: Vault, member: Staff) -> set[UUID]:
    """Returns the desks for whose current epoch the member has a signed membership."""
    query = select(Membership, DeskKey.epoch).join(DeskKey, DeskKey.desk_id == Membership.desk_id)
    rows = session.execute(
        query.where(Membership.staff_id == member.id, DeskKey.current.is_(true()))
    )
    return {row.desk_id for row, epoch in rows if _belongs(vault, row, epoch)}


def rotate(act: Act, old: OpenDeskKey) -> DeskKey:
    """Starts a new epoch: a new key, granted to the current members, and every case key resealed to
    it.

    Members keep their grants of the old epoch, which notes of that time need. Raises `NotAllowed`
    unless an administrator acts.
    """
    session, vault, desk_id = act.session, act.vault, old.key.desk_id
    roster_private = act.keyring.open_roster_key(session)
    staying = list_members(session, vault, old.key)
    old.key.current = False
    session.flush()
    recovery = _load_recovery_key(session, vault)
    made = _make_key(roster_private, recovery, desk_id, old.key.epoch + 1, act.now)
    session.add(made.key)
    session.flush()
    for report in session.scalars(select(Report).where(Report.desk_key_id == old.key.id)):
        id = report.id.bytes
        try:
            case = open_sealed(
                old.private, outer_layer.open_by_desk(vault, report), kind="case key", id=id
            )
        except SealBroken:
            # Nobody could open this one before either; it must not block the others.
            continue
        sealed = seal(made.key.public, case, kind="case key", id=id)
        outer_layer.set_by_desk(vault, report, sealed)
        report.desk_key_id = made.key.id
        report.proof = report.proof or case_proof.compute_proof_hash(case)
    for member in staying:
        grant(session, vault, made.key, made.private, member)
        enrol(session, roster_private, made.key, member)
    session.flush()
    return made.key


def recover(session: Session, recovery_private: bytes, key: DeskKey) -> bytes:
    """Returns a desk's private key, decrypted with the organisation's offline recovery key."""
    return open_sealed(recovery_private, key.private_by_recovery, kind="desk key", id=key.id.bytes)


def find_by_names(session: Session, names: Iterable[str]) -> list[Desk]:
    """Returns the desks with these names. Raises `KeyError` with the first unknown name."""
    found = {desk.name: desk for desk in session.scalars(select(Desk))}
    return [found[name] for name in names]


def _belongs(vault: Vault, row: Membership, epoch: int) -> bool:
    try:
        signature.check_membership(vault, row.desk_id, row.staff_id, epoch, row.signature or b"")
    except RosterBroken:
        return False
    return True


def _load_recovery_key(session: Session, vault: Vault) -> bytes:
    """Returns the public recovery key. Raises `RosterBroken` if its signature is wrong."""
    organisation = session.get_one(Organisation, 1)
    signature.check_recovery_key(
        vault, organisation.recovery_public, organisation.recovery_signature
    )
    return organisation.recovery_public


def _make_key(
    roster_private: bytes, recovery_public: bytes, desk_id: UUID, epoch: int, now: datetime
) -> OpenDeskKey:
    """Returns a new signed desk key; its private key is also sealed for recovery."""
    pair, key_id = make_pair(), uuid4()
    key = DeskKey(
        id=key_id,
        desk_id=desk_id,
        epoch=epoch,
        current=True,
        public=pair.public,
        signature=signature.sign_desk_key(roster_private, desk_id, epoch, pair.public),
        private_by_recovery=seal(recovery_public, pair.private, kind="desk key", id=key_id.bytes),
        created_day=now.date(),
    )
    return OpenDeskKey(key, pair.private)
