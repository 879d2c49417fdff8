"""Finds the right turns of reports whose turns were only begun (`turn_beginner`).

Small on purpose: a closed report is opened here, and so it stands above the status table.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import false, select
from sqlalchemy.orm import Session

from reports.model import Desk, Report, StoredTurn
from reports.triage import status
from reports.triage.turns import turn_keeper
from reports.triage.turns.turn import IN_DANGER, IN_DOUBT, ORDINARY
from reports.triage.turns.turn_keeper import BEGUN_BELOW
from reports.vault import Vault

AT_ONCE: Final = 50
"""The reports that a worker finds turns for in one transaction."""


def settle(session: Session, vault: Vault, now: datetime, limit: int = AT_ONCE) -> int:
    """Finds the right turns of at most `limit` reports whose turns were only begun; returns of how
    many.

    Something that came to a closed report opens it. An upgrade has begun turns too.
    """
    begun = select(StoredTurn.report_id).where(
        StoredTurn.desk_id.in_(select(Desk.id)),
        StoredTurn.rank.in_((IN_DANGER, ORDINARY, IN_DOUBT)),
        StoredTurn.sleeps.is_(false()),
        StoredTurn.place < BEGUN_BELOW,
    )
    ids = sorted(set(session.scalars(begun.limit(limit))))
    for report_id in ids:
        report = session.get(Report, report_id, populate_existing=True, with_for_update=True)
        if report is not None:
            status.reopen(session, vault, report, now)
            session.flush()
        turn_keeper.settle(session, report_id)
    return len(ids)
