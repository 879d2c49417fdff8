"""A form about a report that is sent: the report was opened and is in hand, and then the act.

Small on purpose: the page of a report shows it, and this is for what changes one.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from reports.act import Act
from reports.model import Report
from webapp.desk.staff_act import acting_on
from webapp.triage.report_page import require_opened


@contextmanager
def working_on(report_id: UUID, *, alongside: bool = False) -> Iterator[tuple[Act, Report]]:
    """An act on a report, by who has opened it and takes it in hand with this form.

    Answers in place of the handler as `require_opened` does. The claim has a transaction of its own
    and is kept where the act is refused: whoever made a mistake in a form still works on it.
    """
    require_opened(report_id, alongside=alongside)
    with acting_on(report_id) as found:
        yield found
