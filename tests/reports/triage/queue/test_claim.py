"""One person at a time works on a report, and everybody sees who."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from reports import custody, retention
from reports.errors import ClaimedByAnother, NotAllowed
from reports.model import Claim, Report
from reports.triage.queue import claim
from tests.support.cast import NOW, Instance

LATER = NOW + claim.LEASE + timedelta(seconds=1)


@pytest.fixture
def report(instance: Instance) -> Report:
    return instance.report(instance.send())


def acts(instance: Instance, report: Report) -> list[str]:
    return [line.act for line in custody.list_lines(instance.session, report)]


def test_a_second_person_is_refused_and_told_who_has_it(instance: Instance, report: Report) -> None:
    claim.acquire(instance.act("Bela"), report)
    with pytest.raises(ClaimedByAnother) as refusal:
        claim.acquire(instance.act("Dana"), report)
    assert refusal.value.name == "Bela"
    assert refusal.value.until == NOW + claim.LEASE
    claim.try_acquire(instance.act("Dana"), report)
    found = claim.find_holder(instance.session, report.id, NOW)
    assert found is not None
    assert found.name == "Bela"


def test_who_goes_on_working_keeps_it_and_who_stops_loses_it(
    instance: Instance, report: Report
) -> None:
    claim.acquire(instance.act("Bela"), report)
    claim.acquire(instance.act("Bela", NOW + timedelta(minutes=10)), report)
    with pytest.raises(ClaimedByAnother):
        claim.acquire(instance.act("Dana", LATER), report)
    later = LATER + timedelta(minutes=10)
    assert claim.find_holder(instance.session, report.id, later) is None
    claim.acquire(instance.act("Dana", later), report)


def test_taking_over_is_on_record(instance: Instance, report: Report) -> None:
    dana = instance.keyring("Dana").staff.id
    claim.acquire(instance.act("Bela"), report)
    claim.take_over(instance.act("Dana"), report)
    assert report.assignee_id == dana
    assert acts(instance, report)[-1] == "assigned"
    with pytest.raises(ClaimedByAnother):
        claim.acquire(instance.act("Bela"), report)


def test_what_was_put_back_is_free_at_once(instance: Instance, report: Report) -> None:
    claim.take_over(instance.act("Bela"), report)
    claim.release(instance.act("Bela"), report)
    assert report.assignee_id is None
    assert acts(instance, report)[-1] == "released"
    claim.acquire(instance.act("Dana"), report)
    assert custody.verify(instance.session, instance.vault)


def test_a_report_goes_to_colleagues_of_the_desk_alone(instance: Instance, report: Report) -> None:
    session = instance.session
    dana = instance.keyring("Dana").staff.id
    chidi = instance.keyring("Chidi").staff.id
    assert [each.name for each in claim.list_colleagues(session, report.desk_id)] == [
        "Bela",
        "Dana",
    ]
    with pytest.raises(NotAllowed):
        claim.assign(instance.act("Bela"), report, chidi)
    claim.assign(instance.act("Bela"), report, dana)
    assert report.assignee_id == dana
    claim.acquire(instance.act("Dana"), report)


def test_claims_end_with_their_time_and_with_their_report(
    instance: Instance, report: Report
) -> None:
    session = instance.session
    claim.acquire(instance.act("Bela"), report)
    claim.purge(session, NOW)
    assert len(session.scalars(select(Claim)).all()) == 1
    claim.purge(session, LATER)
    assert session.scalars(select(Claim)).all() == []
    claim.acquire(instance.act("Bela"), report)
    retention.erase(session, report.id)
    assert session.scalars(select(Claim)).all() == []
