"""A report goes to another desk whole: read there, no longer here; the reporter sees nothing."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from reports import custody
from reports.errors import (
    HandOverRefused,
    NoSuchReport,
    NotAllowed,
    ReasonMissing,
    RosterBroken,
)
from reports.mailbox import resume
from reports.model import Desk, Report
from reports.settings import Settings
from reports.triage import handover, notes, report_reader
from reports.triage.queue import queue
from tests.support.cast import NOW, Instance
from tests.support.office import Office, refer

WHY = "The house is in Breda."


def desk(instance: Instance, name: str) -> Desk:
    return instance.session.scalars(select(Desk).where(Desk.name == name)).one()


def give(instance: Instance, report: Report, to: str = "nl", why: str = WHY) -> None:
    handover.hand_over(instance.act("Bela"), report, desk(instance, to).id, why)
    instance.session.commit()


def test_the_other_desk_reads_everything_and_this_one_nothing(instance: Instance) -> None:
    session, vault = instance.session, instance.vault
    receipt = instance.send()
    report, bela = instance.report(receipt), instance.keyring("Bela")
    report_reader.record_opening(instance.act("Bela"), report)
    notes.add(instance.act("Bela"), report, "A white van.")
    give(instance, report)
    chidi = instance.keyring("Chidi")
    opened = report_reader.read(session, vault, queue.find(session, chidi, report.id), chidi)
    assert opened.answers
    assert opened.answers["story"] == "They sleep in the kitchen."
    assert {note.text for note in opened.notes} == {"A white van.", WHY}
    assert opened.thread
    with pytest.raises(NoSuchReport):
        queue.find(session, bela, report.id)
    with pytest.raises(NotAllowed):
        bela.open_case_key(session, report)
    assert custody.list_lines(session, report)[-2].act == "handed_over"
    assert custody.verify(session, vault)
    assert report.assignee_id is None


def test_the_receipt_code_goes_on_working(instance: Instance) -> None:
    receipt = instance.send()
    give(instance, instance.report(receipt))
    visit = instance.enter(receipt.code)
    assert resume(instance.session, visit, NOW).report.id == receipt.report_id


def test_without_a_reason_or_a_desk_nothing_changes(instance: Instance) -> None:
    report = instance.report(instance.send())
    before = report.desk_id
    with pytest.raises(ReasonMissing):
        give(instance, report, why=" ")
    with pytest.raises(NotAllowed):
        give(instance, report, to="be")
    assert report.desk_id == before


def test_what_was_passed_on_stays(instance: Instance) -> None:
    receipt, office = instance.send(), Office()
    office.confirm(instance)
    refer(instance, receipt, Settings.from_environ({}), office.contact_id)
    with pytest.raises(HandOverRefused):
        give(instance, instance.report(receipt))


def test_a_desk_that_the_organisation_did_not_sign_gets_nothing(instance: Instance) -> None:
    report = instance.report(instance.send())
    other = update(Desk).where(Desk.name == "lu").values(country="FR")
    instance.session.execute(other)
    instance.session.commit()
    with pytest.raises(RosterBroken):
        give(instance, report, to="lu")
