"""Doubt: which reports are taken like any other and shown below the rest.

Nothing is ever refused for it, and the answer to the sender is the same. In doubt is what a program
sent (it filled in a field that people cannot see, or was faster than anyone reads), and what comes
when too many come at once, from one network or altogether. No address is looked at here: the limit
for all is kept in the database, so that it holds for any number of processes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete
from sqlalchemy.orm import Session

from reports.db import upsert
from reports.intake.token import Token
from reports.model import IntakeHour
from reports.vault import Vault

SOONEST: Final = timedelta(seconds=5)
"""No person fills in the form in less (docs/security-parameters.md#SP-4.1)."""
AN_HOUR: Final = 60
"""Reports without proof of work in one hour, before the rest of the hour is in doubt
(docs/security-parameters.md#SP-4.2)."""


@dataclass(frozen=True)
class Circumstances:
    """How a report came in.

    `trapped`: the hidden field was filled in. `worked`: it brings a valid proof of work; it then
    neither counts nor suffers when too many come. `crowded`: too many came from the same network.
    """

    trapped: bool = False
    worked: bool = False
    crowded: bool = False


def is_doubtful(
    session: Session, vault: Vault, token: Token, came: Circumstances, now: datetime
) -> bool:
    """Whether a report that is sent now goes below the rest. Counts it, so ask once a report.

    What a program or a crowded network sent does not count either, so that a simple flood leaves
    the limit to people.
    """
    if came.trapped or now - token.issued_at < SOONEST:
        return True
    if came.worked:
        return False
    return came.crowded or _count(session, vault, now) > AN_HOUR


def purge(session: Session, vault: Vault, now: datetime) -> None:
    """Forget every count but that of this hour."""
    session.execute(delete(IntakeHour).where(IntakeHour.key != _key(vault, now)))


def _count(session: Session, vault: Vault, now: datetime) -> int:
    """Count one report more; how many this hour has by now. One statement, so none is missed."""
    first = {"key": _key(vault, now), "reports": 1}
    row = upsert(session, IntakeHour, first, {"reports": IntakeHour.reports + 1})
    assert row is not None  # no condition keeps this row from being written
    return int(row.reports)


def _key(vault: Vault, now: datetime) -> bytes:
    return vault.compute_mac("intake hour", str(int(now.timestamp()) // 3600).encode())
