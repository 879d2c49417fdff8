"""What the product shows of each kind of sealed row: of a report, or of the whole instance."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import time, timedelta
from typing import Any, Final
from uuid import uuid4

from sqlalchemy import select

from reports import mailbox, notices
from reports.attachments import report_files
from reports.delivery import contact_change, contact_settings, outbox
from reports.errors import RecipientUnready, RosterBroken, SealBroken
from reports.model import (
    Attachment,
    ContactChange,
    ContactSetting,
    Delivery,
    Finding,
    FoundIdentifiers,
    LegalHold,
    Message,
    Note,
    NoticeAddress,
    Proposal,
    Publication,
    ReferralAnswer,
    Report,
    Statistic,
    UsedKey,
)
from reports.notices import NoticePlan
from reports.statistics import collection, publication
from reports.triage import legal_hold, notes, report_reader
from reports.triage.findings import sealed_findings
from reports.triage.referral import four_eyes, recipient_answers, used_keys
from tests.support.cast import NOW
from tests.support.stored import StoredInstance

TOO_LARGE: Final = 70_000
"""More than the two bytes that a number has in a hash."""
YEARS: Final = (NOW.year, NOW.year + 1, TOO_LARGE)


def read_thread(kept: StoredInstance, report: Report) -> list[object]:
    private = kept.dana.open_case_key(kept.session, report)
    try:
        found = mailbox.read_thread(kept.session, kept.vault, report, private)
        return [each for each in found if each.signed]
    except SealBroken:
        return []


def read_files(kept: StoredInstance, report: Report) -> list[object]:
    private = kept.dana.open_case_key(kept.session, report)
    found = report_files.list_files(kept.session, kept.vault, report, private)
    return [each for each in found if each.details]


def read_proposal(kept: StoredInstance, report: Report) -> list[object]:
    try:
        found = four_eyes.read(kept.session, kept.vault, kept.dana, report)
    except SealBroken:
        return []
    return [found] if found else []


def read_hold(kept: StoredInstance, report: Report) -> list[object]:
    found = legal_hold.read(kept.session, kept.vault, kept.dana, report)
    return [found] if found and found.reason else []


def read_notes(kept: StoredInstance, report: Report) -> list[object]:
    found = notes.read(kept.session, kept.vault, kept.dana, report)
    return [each for each in found if each.text]


def read_findings(kept: StoredInstance, report: Report) -> list[object]:
    found = sealed_findings.read(kept.session, kept.vault, kept.dana, report)
    return [each for each in found if each.told]


def read_found(kept: StoredInstance, report: Report) -> list[object]:
    opened = report_reader.read(kept.session, kept.vault, report, kept.dana)
    return list(opened.looked.identifiers)


def read_answers(kept: StoredInstance, report: Report) -> list[object]:
    found = recipient_answers.read(kept.session, kept.vault, kept.dana, report)
    return [each for each in found if each.text]


def write_to(kept: StoredInstance, report: Report) -> list[object]:
    try:
        mailbox.add_first_answer(kept.session, kept.vault, report, NOW)
    except RosterBroken:
        return []
    return [report.id]


OF_A_REPORT: Final[Mapping[type[Any], Callable[[StoredInstance, Report], list[object]]]] = {
    Attachment: read_files,
    Finding: read_findings,
    FoundIdentifiers: read_found,
    LegalHold: read_hold,
    Message: read_thread,
    Note: read_notes,
    Proposal: read_proposal,
    ReferralAnswer: read_answers,
    Report: write_to,
}


def read_statistics(kept: StoredInstance) -> list[object]:
    every = (collection.read_year(kept.session, kept.vault, kept.dana, year) for year in YEARS)
    return [row.id for found in every for row, facts in found if facts]


def read_publications(kept: StoredInstance) -> list[object]:
    return [each.year for each in publication.list_published(kept.session, kept.vault)]


def read_settings(kept: StoredInstance) -> list[object]:
    found: list[object] = []
    for contact_id in kept.session.scalars(select(ContactSetting.contact_id)):
        try:
            found.append(contact_settings.require_confirmed(kept.session, kept.vault, contact_id))
        except RecipientUnready:
            continue
    return found


def read_changes(kept: StoredInstance) -> list[object]:
    return list(contact_change.list_pending(kept.session, kept.vault))


def read_outbox(kept: StoredInstance) -> list[object]:
    lease = timedelta(minutes=1)
    claims = outbox.claim(kept.session, NOW + timedelta(days=1), uuid4(), lease=lease)
    return [each.id for each in claims if outbox.is_genuine(kept.vault, each)]


def read_notices(kept: StoredInstance) -> list[object]:
    later = NOW + timedelta(days=2)
    due = notices.list_due(
        kept.session, kept.vault, NoticePlan((time(8),), "desk@example.org"), later
    )
    return [each.to for each in due]


def read_used_keys(kept: StoredInstance) -> list[object]:
    """What a new key of the same contact point would be compared with."""
    found: list[object] = []
    for row in kept.session.scalars(select(UsedKey)).all():
        other = ContactSetting(contact_id=row.contact_id, fingerprint="another")
        change = used_keys.find_change(kept.session, kept.vault, row.desk_id, other)
        found += [change] if change and change.before else []
    return found


OF_THE_INSTANCE: Final[Mapping[type[Any], Callable[[StoredInstance], list[object]]]] = {
    ContactChange: read_changes,
    ContactSetting: read_settings,
    Delivery: read_outbox,
    NoticeAddress: read_notices,
    Publication: read_publications,
    Statistic: read_statistics,
    UsedKey: read_used_keys,
}


def count_shown(kept: StoredInstance, kind: type[Any]) -> int:
    """How many rows of a kind the product shows whole, over all reports."""
    kept.session.expire_all()
    if kind in OF_THE_INSTANCE:
        return len(OF_THE_INSTANCE[kind](kept))
    reports = kept.session.scalars(select(Report)).all()
    return sum(len(OF_A_REPORT[kind](kept, report)) for report in reports)
