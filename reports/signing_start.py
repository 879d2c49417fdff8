"""How signing begins on an instance from before, and how its rows of before are told from others.

Only the roster's key can certify, and only administrators hold it: so it begins when one of them
signs in. Everybody gets a signing key, and the roster's key signs each row as it was found there,
as many at a time as a sign-in can bear. Once no row is left the day is signed, and the keys folder
is marked: from then on nothing of staff is taken without a signature. Nobody can tell afterwards
who wrote what was found: for those rows the keyed hash is all that there ever was.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, inspect, select
from sqlalchemy.orm import Session

from reports import custody, sealed_rows
from reports.custody import CustodyEntry
from reports.delivery import contact_settings
from reports.errors import NotAllowed, RosterBroken
from reports.instance import stop_writers
from reports.model import Base, ContactSetting, Organisation, Staff
from reports.model.seals import SignedRow
from reports.roster import signature, signing_keys
from reports.roster.keyring import Keyring
from reports.vault import Vault

AT_ONCE: Final = 20_000
"""How many rows one sign-in signs at most: about two seconds on one core."""

_PIECE: Final = 200
"""How many rows are in memory at a time."""


@dataclass(frozen=True)
class RowFault:
    """A row that claims to be the word of staff and is not: its table and its key, as text."""

    table: str
    key: str


def settle(
    session: Session, vault: Vault, keyring: Keyring, now: datetime, most: int = AT_ONCE
) -> None:
    """Gives signing keys to whoever lacks one, and lets signing begin where it has not.

    Does nothing for who is no administrator. Where it began before, the keys folder is marked if it
    was not; a folder that this process cannot write stays as it is, and `custody-verify` says so.
    """
    try:
        roster_private = keyring.open_roster_key(session)
    except NotAllowed:
        return
    _give_keys(session, vault, roster_private)
    if signing_keys.is_on_record(session, vault):
        with suppress(OSError):
            vault.key_folder.write_signing_mark()
        return
    if vault.key_folder.has_signing_mark():
        return  # somebody took the row away: nothing that came since is signed as found
    stop_writers(session)
    if not _sign_found(session, vault, roster_private, most):
        return
    row = session.get_one(Organisation, 1)
    row.signing_day = now.date()
    row.signing_signature = signature.sign_beginning(roster_private, row.instance_id, now.date())
    custody.append(session, vault, row, CustodyEntry("signing_began", {}, keyring.staff.id), now)


def list_signed_kinds() -> list[type[Any]]:
    """Returns every kind of row that staff sign, by the name of its table."""
    every = (mapper.class_ for mapper in Base.registry.mappers)
    kinds = (each for each in every if issubclass(each, SignedRow))
    return sorted(kinds, key=lambda kind: str(kind.__tablename__))


def find_faults(session: Session, vault: Vault) -> Iterator[RowFault]:
    """Yields each row that claims to be the word of staff and is not, table by table.

    Before signing began on this instance only the keyed hashes can be wrong.
    """
    for kind in list_signed_kinds():
        for row in session.scalars(select(kind).execution_options(yield_per=_PIECE)):
            if not _is_over(row) and not _holds(session, vault, row):
                yield RowFault(kind.__tablename__, _name(row))


def _give_keys(session: Session, vault: Vault, roster_private: bytes) -> None:
    known = Staff.signature.is_not(None), Staff.state.in_(("active", "invited"))
    for member in session.scalars(select(Staff).where(*known)):
        with suppress(RosterBroken):
            signature.check_staff_key(vault, member)
            signing_keys.give_key(session, roster_private, member)


def _sign_found(session: Session, vault: Vault, roster_private: bytes, most: int) -> bool:
    """Signs rows as they were found, `most` of them at most; whether none is left.

    One whose keyed hash does not hold stays unsigned, as nobody's word.
    """
    left = most
    for kind in list_signed_kinds():
        keys = inspect(kind).primary_key
        for key in session.execute(select(*keys).where(*_is_open(kind))).all():
            row = session.get_one(kind, tuple(key))
            if sealed_rows.is_genuine(vault, row):
                if left == 0:
                    return False
                found = sealed_rows.make_statement(row)
                row.signature = signing_keys.sign_as_found(roster_private, found)
                left -= 1
                session.flush()
            session.expunge(row)  # as many as there are would not fit into memory
    return True


def _is_open(kind: type[Any]) -> list[ColumnElement[bool]]:
    """Of rows that need a signature and have none, as the database is asked for them."""
    rule, conditions = kind.SIGNED, [kind.signature.is_(None)]
    name, values = rule.apart
    conditions += [getattr(kind, name).is_distinct_from(value) for value in values]
    if rule.gone:
        conditions.append(getattr(kind, rule.gone).is_not(None))
    return conditions


def _is_over(row: SignedRow) -> bool:
    """Whether what a row once held was carried out, and only its state is left."""
    return bool(row.SIGNED.gone) and getattr(row, row.SIGNED.gone) is None


def _holds(session: Session, vault: Vault, row: SignedRow) -> bool:
    if isinstance(row, ContactSetting):
        return contact_settings.is_confirmed(session, vault, row)
    return sealed_rows.is_whole(session, vault, row)


def _name(row: SignedRow) -> str:
    keys = inspect(type(row)).primary_key
    return " ".join(str(getattr(row, each.name)) for each in keys)
