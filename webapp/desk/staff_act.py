"""The acts of staff: a write transaction, and who does it with which keys at which moment.

Small on purpose: the web's one way to an act of staff, below every page that takes it.

What follows the block may acknowledge, because the commit has returned by then.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from reports.act import Act
from reports.model import Report
from reports.triage.queue import queue
from webapp.site import clock
from webapp.site.db import get_vault, transaction
from webapp.staff_auth import get_keyring


@contextmanager
def acting() -> Iterator[Act]:
    """An act of who is signed in: committed at the end of the block, or nothing of it."""
    with transaction() as session:
        yield Act(session, get_vault(), get_keyring(), clock.now())


@contextmanager
def acting_on(report_id: UUID) -> Iterator[tuple[Act, Report]]:
    """An act on one report of one's desks, looked up inside the transaction.

    Raises `NoSuchReport`, also for a report that was erased or handed over a moment ago.
    """
    with acting() as act:
        yield act, queue.find(act.session, act.keyring, report_id)
