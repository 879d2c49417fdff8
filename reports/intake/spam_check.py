"""Spam check: marks a report as in doubt (`unverified`), so that it is listed below the others.

No report is refused for it, and the response to the sender is the same. A report is in doubt when a
program sent it (a field that people cannot see was filled in, or it was faster than anybody reads),
or when too many arrive at once, from one network or in total. This module sees no network address.
The total is counted in the database, so that it holds for any number of processes.
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
"""The least time in which a person can fill in the form (docs/security-parameters.md#SP-4.1)."""
AN_HOUR: Final = 60
"""Reports without proof of work per clock hour; further ones in that hour are in doubt
(docs/security-parameters.md#SP-4.2)."""


@dataclass(frozen=True)
class Circumstances:
    """How a report came in.

    `trapped`: the hidden field was filled in. `worked`: it carries a valid proof of work, so it is
    not counted and not affected by the hourly limit. `crowded`: too many came from the same
    network.
    """

    trapped: bool = False
    worked: bool = False
    crowded: bool = False


def is_doubtful(
    session: Session, vault: Vault, token: Token, came: Circumstances, now: datetime
) -> bool:
    """Returns whether a report sent now is in doubt. Counts it: call this once for each report.

    Reports sent by a program or from a crowded network are not counted, so that a simple flood does
    not use up the limit for people.
    """
    if came.trapped or now - token.issued_at < SOONEST:
        return True
    if came.worked:
        return False
    return came.crowded or _count(session, vault, now) > AN_HOUR


def purge(session: Session, vault: Vault, now: datetime) -> None:
    """Deletes every count except that of the current hour."""
    session.execute(delete(IntakeHour).where(IntakeHour.key != _key(vault, now)))


def _count(session: Session, vault: Vault, now: datetime) -> int:
    """Counts one more report and returns this hour's total, in one statement so that none is
    missed."""
    first = {"key": _key(vault, now), "reports": 1}
    row = upsert(session, IntakeHour, first, {"reports": IntakeHour.reports + 1})
    assert row is not None  # no condition keeps this row from being written
    return int(row.reports)


def _key(vault: Vault, now: datetime) -> bytes:
    return vault.compute_mac("intake hour", str(int(now.timestamp()) // 3600).encode())
