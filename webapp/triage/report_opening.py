"""Opening a report: it is put on record, then its texts are looked through, then that is kept.

Three steps, because a text that a stranger wrote may take as long to look through as its child
process is given: meanwhile no transaction is open, and nobody waits for this one. What failed, or
found no place, keeps no report closed: its page says that the texts were not looked through.
"""

from __future__ import annotations

from uuid import UUID

from reports.act import Act
from reports.errors import Busy, MatchFailed, RosterBroken
from reports.model import Report
from reports.triage import found_identifiers, links, report_reader
from reports.triage.queue import queue
from webapp.desk.staff_act import acting_on
from webapp.site import failure_log
from webapp.site.app_services import get_services
from webapp.site.db import end_reading, get_session, get_vault
from webapp.staff_auth import get_keyring


def record(act: Act, report: Report) -> None:
    """Puts the opening on record, with the link tokens of what was found before."""
    report_reader.record_opening(act, report)
    update_tokens(act, report)


def look_through(report_id: UUID, *, again: bool = False) -> None:
    """Looks through the texts where that is due, and keeps the result; call it in no transaction.

    What took too long before is tried only `again`. Raises `NoSuchReport`.
    """
    session, keyring = get_session(), get_keyring()
    report = queue.find(session, keyring, report_id)
    looked = report_reader.read(session, get_vault(), report, keyring).looked
    if not looked.is_due(again=again):
        return
    end_reading()
    try:
        result = found_identifiers.match(get_services().matcher, looked)
        if result is not None:
            with acting_on(report_id) as (act, report):
                found_identifiers.store(act, report, result)
                update_tokens(act, report)
    except (Busy, MatchFailed, RosterBroken) as problem:
        failure_log.log_failure(problem)


def update_tokens(act: Act, report: Report) -> None:
    """Brings the link tokens of the report in line with what is known of it."""
    opened = report_reader.read(act.session, act.vault, report, act.keyring)
    links.update_tokens(act.session, act.keyring, opened)
