"""The context in which a form changes a report: it was opened, and is claimed by the sender.

Small on purpose: for changing a report, apart from the page that shows it.
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
    """Yields an act and the report, after checking that it was opened and claiming it.

    Aborts as `require_opened` does. The claim has its own transaction and stays even if the act is
    refused: whoever made an error in a form is still working on the report.
    """
    require_opened(report_id, alongside=alongside)
    with acting_on(report_id) as found:
        yield found
