"""Custody: the append-only, hash-chained audit log of who had or saw a report.

Each report has its own chain, and the instance has one for its roster and its erasures. Each line's
digest covers the previous line, under a key kept outside the database. The row that owns a chain
holds a MAC over its last line, so that removing lines from the end is detected too.

A chain says in which order things came. So no line of a report has more than its day: two acts of
staff with their minutes would tell the minute of what a reporter did in between.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from reports.errors import CustodyBroken
from reports.model import CustodyLine, Organisation, Report
from reports.vault import Vault

INSTANCE = UUID(int=0)
"""The id of the instance's chain."""
Owner = Report | Organisation


@dataclass(frozen=True)
class CustodyEntry:
    """The content of one line. `act` is a stable code; `detail` holds ids and codes, never free
    text.

    Only the day is stored, and for acts of staff in the instance's chain the hour too.
    """

    act: str
    detail: Mapping[str, str] = field(default_factory=dict)
    staff_id: UUID | None = None


def append(
    session: Session, vault: Vault, owner: Owner, entry: CustodyEntry, now: datetime
) -> None:
    """Appends one line to the chain of `owner`. For acts of staff use `reports.act.Act.record`."""
    chain = get_chain_id(owner)
    previous = b""
    if owner.custody_number:
        # The owner's row is the lock of its chain: concurrent writers on PostgreSQL wait here.
        # Refreshing discards unflushed changes, such as the previous line in this transaction,
        # hence the flush.
        session.flush()
        session.refresh(owner, ["custody_number", "custody_seal"], with_for_update=True)
        previous = session.get_one(CustodyLine, (chain, owner.custody_number)).digest
    line = CustodyLine(
        chain=chain,
        number=owner.custody_number + 1,
        day=now.date(),
        at=round_time(chain, now) if entry.staff_id else None,
        act=entry.act,
        staff_id=entry.staff_id,
        detail=encode_detail(entry.detail),
    )
    line.digest = _digest(vault, line, previous)
    session.add(line)
    owner.custody_number = line.number
    owner.custody_seal = _seal(vault, chain, line.number, line.digest)


def round_time(chain: UUID, at: datetime) -> datetime | None:
    """Returns what a line of this chain keeps of the time of an act of staff."""
    return at.replace(minute=0, second=0, microsecond=0) if chain == INSTANCE else None


def add_sitting(detail: Mapping[str, str], sitting: str) -> dict[str, str]:
    """Returns a detail that says in which session at the desk somebody saw something."""
    return {**detail, "sitting": sitting} if sitting else dict(detail)


def has_seen(session: Session, owner: Owner, entry: CustodyEntry, sitting: str) -> bool:
    """Tells whether the chain says that this person did so in this session at the desk."""
    query = select(CustodyLine.number).where(
        CustodyLine.chain == get_chain_id(owner),
        CustodyLine.act == entry.act,
        CustodyLine.staff_id == entry.staff_id,
        CustodyLine.detail == encode_detail(add_sitting(entry.detail, sitting)),
    )
    return session.scalar(query.limit(1)) is not None


def list_lines(session: Session, owner: Owner) -> list[CustodyLine]:
    """Returns the whole chain of `owner`, oldest first."""
    query = select(CustodyLine).where(CustodyLine.chain == get_chain_id(owner))
    return list(session.scalars(query.order_by(CustodyLine.number)))


def export(session: Session, owner: Owner) -> list[dict[str, object]]:
    """Returns the whole chain for others, with its digests: ids and codes, no names.

    The digests are keyed, so that only this instance can verify them, line by line, on request.
    """
    return [
        {
            "number": line.number,
            "day": line.day.isoformat(),
            "at": line.at.isoformat() if line.at else None,
            "act": line.act,
            "staff": str(line.staff_id) if line.staff_id else None,
            "detail": line.detail,
            "digest": line.digest.hex(),
        }
        for line in list_lines(session, owner)
    ]


def verify(session: Session, vault: Vault) -> int:
    """Verifies every chain and returns the number of lines. Raises `CustodyBroken` at the first
    fault."""
    owners: list[Owner] = [*session.scalars(select(Organisation)), *session.scalars(select(Report))]
    owned = {get_chain_id(owner) for owner in owners}
    for chain in session.scalars(select(CustodyLine.chain).distinct()):
        if chain not in owned:
            raise CustodyBroken(str(chain), 1)
    return sum(_verify_chain(session, vault, owner) for owner in owners)


def find_broken_line(session: Session, vault: Vault, owner: Owner) -> int | None:
    """Returns the number of the first broken line of this chain, or None."""
    try:
        _verify_chain(session, vault, owner)
    except CustodyBroken as broken:
        return broken.number
    return None


def has_line_under(session: Session, vault: Vault, owner: Owner) -> bool:
    """Tells whether these keys made the first line of this chain, or its head.

    One keyed hash that holds proves the pepper, also where another line was changed.
    """
    chain, number = get_chain_id(owner), owner.custody_number
    first = session.get(CustodyLine, (chain, 1))
    if first is not None and first.digest == _digest(vault, first, b""):
        return True
    last = session.get(CustodyLine, (chain, number))
    return last is not None and owner.custody_seal == _seal(vault, chain, number, last.digest)


def encode_detail(detail: Mapping[str, str]) -> str:
    """Returns a detail as its line stores it."""
    return json.dumps(dict(detail), sort_keys=True)


def get_chain_id(owner: Owner) -> UUID:
    """Returns the id of the chain of `owner`."""
    return owner.id if isinstance(owner, Report) else INSTANCE


def _verify_chain(session: Session, vault: Vault, owner: Owner) -> int:
    chain, previous, number = get_chain_id(owner), b"", 0
    for line in list_lines(session, owner):
        number += 1
        if line.number != number or line.digest != _digest(vault, line, previous):
            raise CustodyBroken(str(chain), number)
        previous = line.digest
    if number != owner.custody_number or not number:
        raise CustodyBroken(str(chain), number + 1)
    if owner.custody_seal != _seal(vault, chain, number, previous):
        raise CustodyBroken(str(chain), number)
    return number


def forget_times(session: Session, vault: Vault, most: int) -> int:
    """Takes from at most `most` chains what lines of earlier versions kept more of the time.

    Returns how many chains it changed; call it until that is 0. A line's digest covers its time, so
    each chain is verified before it gets digests anew; one that is broken stays as it is, for
    `verify` to name. What was exported before can still be verified from what the export holds.
    """
    finer = [CustodyLine.chain != INSTANCE, CustodyLine.at.is_not(None)]
    chains = select(CustodyLine.chain).where(*finer).distinct().order_by(CustodyLine.chain)
    done = 0
    for chain in session.scalars(chains).all():
        owner = session.get(Report, chain, with_for_update=True)
        if owner is not None and _forget_times_in(session, vault, owner):
            done += 1
        if done == most:
            return done
    return done + _forget_times_in(session, vault, session.get_one(Organisation, 1))


def _forget_times_in(session: Session, vault: Vault, owner: Owner) -> bool:
    chain, previous, changed = get_chain_id(owner), b"", False
    if find_broken_line(session, vault, owner) is not None:
        return False
    for line in list_lines(session, owner):
        kept = round_time(chain, line.at) if line.at else None
        changed = changed or kept != line.at
        if changed:
            line.at = kept
            line.digest = _digest(vault, line, previous)
        previous = line.digest
    if changed:
        owner.custody_seal = _seal(vault, chain, owner.custody_number, previous)
        session.flush()
    return changed


def _digest(vault: Vault, line: CustodyLine, previous: bytes) -> bytes:
    return vault.compute_mac(
        "custody line",
        previous,
        line.chain.bytes,
        line.number.to_bytes(8, "big"),
        line.day.isoformat().encode(),
        line.at.isoformat().encode() if line.at else b"",
        line.act.encode(),
        line.staff_id.bytes if line.staff_id else b"",
        line.detail.encode(),
    )


def _seal(vault: Vault, chain: UUID, number: int, digest: bytes) -> bytes:
    return vault.compute_mac("custody head", chain.bytes, number.to_bytes(8, "big"), digest)
