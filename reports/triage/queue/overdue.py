"""How long a report may wait before it is overdue, by urgency: to be read, to be decided on.

The figures are this product's own: no source gives any. They say when a supervisor should look, and
refuse nothing. Only the day of arrival is in the clear, so they count whole days.

Small on purpose: figures that the queue, the counts and the board share.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Final

from reports.model import Report

READ_WITHIN: Final[Mapping[int, int]] = {3: 0, 2: 1, 1: 3, 0: 7}
DECIDED_WITHIN: Final[Mapping[int, int]] = {3: 1, 2: 3, 1: 7, 0: 14}
"""Days after the day of arrival, by urgency."""
_LIMITS: Final = {"received": READ_WITHIN, "in_triage": DECIDED_WITHIN, "ready": DECIDED_WITHIN}


def find_cutoff(status: str, urgency: int, today: date) -> date:
    """A report of this status and urgency is overdue when it came before this day.

    One that was passed on or closed waits for nobody here.
    """
    limit = _LIMITS.get(status)
    return today - timedelta(days=limit[urgency]) if limit else date.min


def is_overdue(report: Report, today: date) -> bool:
    """Whether a report has waited for longer than it should."""
    return report.received_day < find_cutoff(report.status, report.urgency, today)
