"""Founding an instance: its keys, a desk for each country, the first administrator."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select, true
from sqlalchemy.orm import Session

from reports import custody
from reports.attachments import objects
from reports.custody import CustodyEntry
from reports.errors import AlreadyFounded
from reports.instance import choose_instance_id, record_checks, stop_writers
from reports.model import Base, Desk, Organisation, Report, Staff, Tombstone
from reports.roster import desks, invitation, signature
from reports.roster.invitation import Authority, NewMember
from reports.secret_text import format_groups
from reports.settings import list_desks
from reports.vault import Vault, make_pair, seal

FIRST_NAME = "administrator"


@dataclass(frozen=True)
class Founding:
    """What `init` prints once: the offline recovery key and the first administrator's token."""

    recovery_key: str
    invitation: str


def is_founded(session: Session) -> bool:
    """Whether this instance has its keys."""
    return session.get(Organisation, 1) is not None


def create_instance(
    session: Session, vault: Vault, countries: Sequence[str], now: datetime
) -> Founding:
    """Make every key of a new instance. Raises `AlreadyFounded` when there is one.

    The recovery key opens every desk and is stored nowhere. The pin of the roster is written last,
    just before the caller commits, with the mark that staff sign what they say; after that the
    caller marks the keys folder as the instance's (`reports.instance.claim_keys`). Raises
    `FolderTaken` when it is another's already.
    """
    stop_writers(session)
    if is_founded(session):
        raise AlreadyFounded("this instance has its keys")
    recovery = make_pair()
    roster_public, roster_private = signature.make_signing_key()
    organisation = Organisation(
        id=1,
        recovery_public=recovery.public,
        recovery_signature=signature.sign_recovery_key(roster_private, recovery.public),
        roster_by_recovery=seal(recovery.public, roster_private, kind="roster key", id=b""),
        founded_day=now.date(),
        custody_number=0,
        custody_seal=b"",
        instance_id=choose_instance_id(vault.key_folder),
        signing_day=now.date(),
    )
    organisation.signing_signature = signature.sign_beginning(
        roster_private, organisation.instance_id, now.date()
    )
    record_checks(organisation, vault, roster_public)
    session.add(organisation)
    session.flush()
    vault.pin_roster(roster_public)
    vault.key_folder.write_signing_mark()
    custody.append(session, vault, organisation, CustodyEntry("founded"), now)
    privates, desk_ids = {}, []
    for name, country in list_desks(countries).items():
        desk = Desk(name=name, country=country)
        private = desks.add(session, vault, roster_private, desk, now)
        privates[desks.load_current_key(session, vault, desk.id).id] = private
        desk_ids.append(desk.id)
    first = NewMember(FIRST_NAME, "administrator", tuple(desk_ids))
    token = invitation.invite(session, vault, first, now, Authority(roster_private, privates))
    return Founding(recovery_key=format_groups(recovery.private), invitation=token)


def is_untouched(session: Session) -> bool:
    """Whether nobody has set up an account and no report is here: nothing would be lost."""
    people = select(func.count()).select_from(Staff).where(Staff.state != "invited")
    reports = select(func.count()).select_from(Report)
    return session.scalar(people) == 0 and session.scalar(reports) == 0


def undo(session: Session) -> None:
    """Empty an untouched instance, so that it can be founded again. Raises `AlreadyFounded`.

    What must still go from the stores stays written.
    """
    if not is_untouched(session):
        raise AlreadyFounded("this instance is in use")
    objects.erase_rows(session, true())  # of forms that nobody has sent
    for table in reversed(Base.metadata.sorted_tables):
        if table.name != Tombstone.__tablename__:
            session.execute(delete(table))
    session.expunge_all()
