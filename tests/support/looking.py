"""Somebody opens a report in a test without pages: its texts are looked through, tokens made."""

from __future__ import annotations

from reports.intake.submit import Receipt
from reports.triage import found_identifiers, links, report_reader
from reports.triage.found_identifiers import Matcher
from reports.triage.match_task import match_here
from reports.triage.report_reader import OpenReport
from tests.support.cast import Instance


def read(instance: Instance, receipt: Receipt, who: str = "Bela") -> OpenReport:
    """The report as `who` reads it."""
    keyring, report = instance.keyring(who), instance.report(receipt)
    return report_reader.read(instance.session, instance.vault, report, keyring)


def look(
    instance: Instance, receipt: Receipt, who: str = "Bela", matcher: Matcher = match_here
) -> OpenReport:
    """Look through the texts in this process, keep the result, and make the tokens."""
    session = instance.session
    result = found_identifiers.match(matcher, read(instance, receipt, who).looked)
    if result is not None:
        found_identifiers.store(instance.act(who), instance.report(receipt), result)
    opened = read(instance, receipt, who)
    links.update_tokens(session, instance.keyring(who), opened)
    session.commit()
    return opened
