"""Custody: the append-only, hash-chained record of who had or saw a report.

Each report has a chain of its own, and the instance has one for its roster and its erasures. Every
line's digest covers the line before it under a key kept outside the database; the head of a chain
is sealed in the row that owns it, so that a line taken from the end is missed as well.
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
Owner = Report | Organisation


@dataclass(frozen=True)
class CustodyEntry:
    """What one line says. `act` is a stable code; `detail` holds ids and codes, never free text.

    An act without a staff member keeps its day alone: a reporter's hour stands nowhere in the
    clear.
    """

    act: str
    detail: Mapping[str, str] = field(default_factory=dict)
    staff_id: UUID | None = None


def append(
    session: Session, vault: Vault, owner: Owner, entry: CustodyEntry, now: datetime
) -> None:
    """Adds one line to the chain of `owner`. For acts of staff see `reports.act.Act.record`."""
    chain = get_chain_id(owner)
    previous = b""
    if owner.custody_number:
        # The owner's row is the lock of its chain: two writers on PostgreSQL queue up here. To
        # refresh drops what is not yet written, such as the line before in this transaction.
        session.flush()
        session.refresh(owner, ["custody_number", "custody_seal"], with_for_update=True)
        previous = session.get_one(CustodyLine, (chain, owner.custody_number)).digest
    line = CustodyLine(
        chain=chain,
        number=owner.custody_number + 1,
        day=now.date(),
        at=now if entry.staff_id else None,
        act=entry.act,
        staff_id=entry.staff_id,
        detail=encode_detail(entry.detail),
    )
    line.digest = _digest(vault, line, previous)
    session.add(line)
    owner.custody_number = line.number
    owner.custody_seal = _seal(vault, chain, line.number, line.digest)


def list_lines(session: Session, owner: Owner) -> list[CustodyLine]:
    """The whole chain of `owner`, oldest first."""
    query = select(CustodyLine).where(CustodyLine.chain == get_chain_id(owner))
    return list(session.scalars(query.order_by(CustodyLine.number)))


def export(session: Session, owner: Owner) -> list[dict[str, object]]:
    """The whole chain as it goes to somebody else, with its digests: ids and codes, no names.

    Nobody else can check a digest, which is keyed; this instance can, line by line, when asked.
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
    """Walk every chain; returns how many lines hold. Raises `CustodyBroken` at the first fault."""
    owners: list[Owner] = [*session.scalars(select(Organisation)), *session.scalars(select(Report))]
    owned = {get_chain_id(owner) for owner in owners}
    for chain in session.scalars(select(CustodyLine.chain).distinct()):
        if chain not in owned:
            raise CustodyBroken(str(chain), 1)
    return sum(_verify_chain(session, vault, owner) for owner in owners)


def find_broken_line(session: Session, vault: Vault, owner: Owner) -> int | None:
    """The first broken line of this chain; None when all of it holds."""
    try:
        _verify_chain(session, vault, owner)
    except CustodyBroken as broken:
        return broken.number
    return None


def encode_detail(detail: Mapping[str, str]) -> str:
    """A detail as it stands in its line."""
    return json.dumps(dict(detail), sort_keys=True)


def get_chain_id(owner: Owner) -> UUID:
    """The id of the chain that belongs to `owner`."""
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
