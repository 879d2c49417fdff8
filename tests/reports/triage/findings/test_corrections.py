"""What staff know better: kept beside the reporter's words, followed by the queue and the route."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from reports import custody
from reports.errors import CorrectionRefused, ReasonMissing
from reports.model import Finding, Report
from reports.routing.country import load_all
from reports.triage import handover, report_reader, routing_facts
from reports.triage.findings import corrections, sealed_findings
from reports.triage.findings.corrections import CorrectionDraft
from reports.triage.report_reader import OpenReport
from tests.support.cast import NOW, Instance


@pytest.fixture
def report(instance: Instance) -> Report:
    return instance.report(instance.send(place="Rue Neuve"))


def opened(instance: Instance, report: Report) -> OpenReport:
    return report_reader.read(instance.session, instance.vault, report, instance.keyring("Bela"))


def correct(
    instance: Instance, report: Report, urgency: str = "", reason: str = "", **wanted: str
) -> str:
    """Bela corrects; what became of it."""
    judged = opened(instance, report).judgement
    assert judged is not None
    draft = CorrectionDraft(wanted, urgency=urgency, reason=reason)
    done = corrections.correct(instance.act("Bela"), report, judged, draft)
    instance.session.commit()
    return done


def test_a_correction_stands_beside_the_reporter_s_own_answer(
    instance: Instance, report: Report
) -> None:
    assert correct(instance, report, form="sexual", age="minor", reason="Photo in the advert")
    seen = opened(instance, report)
    assert seen.answers is not None
    assert seen.judged is not None
    assert (seen.answers["form"], seen.answers["age"]) == ("labour", "unknown")
    assert (seen.judged["form"], seen.judged["age"]) == ("sexual", "minor")
    assert (report.form, report.urgency, report.country) == ("sexual", 2, "BE")
    correct(instance, report, form="labour", country="other")
    assert (report.form, report.country) == ("labour", None)


def test_a_correction_feeds_the_route(instance: Instance, report: Report) -> None:
    countries = load_all()
    before = routing_facts.propose_route(countries, opened(instance, report).judged or {}, NOW)
    correct(instance, report, country="NL")
    after = routing_facts.propose_route(countries, opened(instance, report).judged or {}, NOW)
    assert {name[:2] for name in before.ids} != {name[:2] for name in after.ids}


def test_custody_names_the_fields_and_nothing_they_hold(instance: Instance, report: Report) -> None:
    correct(instance, report, age="minor", reason="The shop next door says so")
    line = custody.list_lines(instance.session, report)[-1]
    assert (line.act, line.detail) == ("corrected", '{"fields": "age"}')
    row = instance.session.scalars(select(Finding)).one()
    assert b"minor" not in row.sealed
    assert b"shop" not in row.sealed


def test_urgency_by_hand_needs_a_reason_and_then_holds(instance: Instance, report: Report) -> None:
    with pytest.raises(ReasonMissing):
        correct(instance, report, urgency="0", reason=" ")
    instance.session.rollback()
    assert correct(instance, report, urgency="0", reason="The place is closed.")
    correct(instance, report, age="minor")
    assert report.urgency == 0, "what a person decided is not undone by a sum"
    correct(instance, report, danger="yes")
    assert report.urgency == 3, "danger lifts it all the same"


def test_nothing_new_is_no_correction(instance: Instance, report: Report) -> None:
    assert not correct(instance, report, form="labour", urgency=str(report.urgency))
    assert [line.act for line in custody.list_lines(instance.session, report)] == ["received"]


@pytest.mark.parametrize(
    "wanted", [{"form": "x"}, {"story": "Another one"}, {"urgency": "9", "reason": "r"}]
)
def test_a_field_or_value_that_there_is_not_changes_nothing(
    instance: Instance, report: Report, wanted: dict[str, str]
) -> None:
    with pytest.raises(CorrectionRefused):
        correct(instance, report, **wanted)
    instance.session.rollback()
    assert instance.session.scalars(select(Finding)).all() == []


def test_a_flipped_bit_or_a_moved_row_tells_nothing(instance: Instance, report: Report) -> None:
    correct(instance, report, form="sexual")
    row = instance.session.scalars(select(Finding)).one()
    whole = row.sealed
    for at in {0, 1, 40, len(whole) // 2, len(whole) - 1}:
        row.sealed = whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :]
        seen = opened(instance, report)
        assert (seen.corrections, seen.unreadable_findings) == ((), 1)
    row.sealed, row.kind = whole, "assessment"
    assert opened(instance, report).unreadable_findings == 1


def test_handed_over_findings_are_read_by_the_other_desk_alone(
    instance: Instance, report: Report
) -> None:
    correct(instance, report, form="sexual")
    session, vault = instance.session, instance.vault
    dutch = instance.keyring("Chidi").list_desks(session)[0]
    handover.hand_over(instance.act("Bela"), report, dutch.id, "It happened there.")
    session.commit()
    [for_chidi] = sealed_findings.read(session, vault, instance.keyring("Chidi"), report)
    [for_bela] = sealed_findings.read(session, vault, instance.keyring("Bela"), report)
    assert (for_chidi.told is not None, for_bela.told is not None) == (True, False)
