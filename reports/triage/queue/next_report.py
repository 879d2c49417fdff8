"""Finds the report that a staff member should work on next.

Small on purpose: one query on the queue, with an order of its own.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from reports.roster.keyring import Keyring
from reports.triage.queue import claim, queue
from reports.triage.queue.queue import NOBODY, Filters, QueueSlice


def find_next(session: Session, keyring: Keyring, now: datetime) -> UUID | None:
    """Returns the id of the next report for this person, or None.

    First their own reports with news, then those they began, then unassigned ones; in each case the
    most urgent. Reports that a colleague has claimed, and reports in doubt, are skipped.
    """
    me = keyring.staff.id
    for filters in (
        Filters(assignee=me, unverified=False, news=True),
        Filters(assignee=me, unverified=False, status="in_triage"),
        Filters(assignee=me, unverified=False, status="ready"),
        Filters(assignee=NOBODY, unverified=False, status="received"),
        Filters(assignee=NOBODY, unverified=False),
    ):
        found = _free(session, keyring, filters, now)
        if found is not None:
            return found
    return None


def _free(session: Session, keyring: Keyring, filters: Filters, now: datetime) -> UUID | None:
    unclaimed = claim.is_free_for(keyring.staff.id, now)
    first = QueueSlice(filters, size=1, only=unclaimed)
    found = queue.list_ids(session, keyring, first, now)
    return found[0] if found else None
