"""Acts of the signed-in person: a write transaction with their keys and the current time.

Small on purpose: the only way from a page to an act of staff.

Code after the block may confirm the act, because it is committed by then.
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
from webapp.staff_auth import get_keyring, get_sitting


@contextmanager
def acting() -> Iterator[Act]:
    """Yields an act of the signed-in person; commits it at the end of the block, or rolls back."""
    with transaction() as session:
        yield Act(session, get_vault(), get_keyring(), clock.now(), get_sitting())


@contextmanager
def acting_on(report_id: UUID) -> Iterator[tuple[Act, Report]]:
    """Yields an act and the report, which is looked up inside the transaction.

    Raises `NoSuchReport`, also for a report that was just erased or handed over.
    """
    with acting() as act:
        yield act, queue.find(act.session, act.keyring, report_id)
