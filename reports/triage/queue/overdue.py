"""When a report is overdue, by urgency: for reading, and for a decision.

The figures are this product's own, since no source gives any. They show when a supervisor should
look, and block nothing. Only the day of arrival is stored in the clear, so they are whole days.

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
    """Returns the day before which a report of this status and urgency counts as overdue if it
    came.

    Reports that were referred or closed are never overdue: `date.min`.
    """
    limit = _LIMITS.get(status)
    return today - timedelta(days=limit[urgency]) if limit else date.min


def is_overdue(report: Report, today: date) -> bool:
    """Returns whether the report has waited longer than its status and urgency allow."""
    return report.received_day < find_cutoff(report.status, report.urgency, today)
