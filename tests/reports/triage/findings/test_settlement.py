"""Lowering a protection, on both databases: one proposes, another settles, both are on record."""

from __future__ import annotations

import json
import threading
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine, select

from reports import custody, retention
from reports.act import Act
from reports.db import begin_write, make_session_factory
from reports.errors import (
    LoweringUnexplained,
    NotAllowed,
    ProposalGone,
    SecondPersonNeeded,
    WaysideError,
)
from reports.intake.submit import Receipt
from reports.model import Finding, Report
from reports.roster import desks
from reports.triage import handover
from reports.triage.findings import corrections, settlement
from reports.triage.findings.corrections import CorrectionDraft
from tests.support.cast import NOW, Instance
from tests.support.gates import correct, facts, read, settle

LESS = {
    "kind": ("self", "witness"),
    "age": ("minor", "adult"),
    "police": ("refused", "accepted"),
    "abroad": ("no", "yes"),
    "help": ("no", "yes"),
    "danger": ("yes", "no"),
}


def acts(instance: Instance, receipt: Receipt) -> list[str]:
    report = instance.report(receipt)
    return [line.act for line in custody.list_lines(instance.session, report)]


@pytest.mark.parametrize("name", LESS)
def test_one_person_lowers_nothing_and_two_do(instance: Instance, name: str) -> None:
    more, less = LESS[name]
    receipt = instance.send(**{name: more})
    assert correct(instance, receipt, "Bela", **{name: less}) == "lowering"
    assert facts(instance, receipt)[name] == more
    with pytest.raises(SecondPersonNeeded):
        settle(instance, receipt, "Bela")
    instance.session.rollback()
    settle(instance, receipt, "Dana")
    assert facts(instance, receipt)[name] == less
    assert acts(instance, receipt)[-2:] == ["lowering_proposed", "lowering_agreed"]
    lines = custody.list_lines(instance.session, instance.report(receipt))
    assert {json.loads(line.detail)["fields"] for line in lines[-2:]} == {name}
    assert correct(instance, receipt, "Bela", **{name: more}) == "corrected", "raising is at once"
    assert facts(instance, receipt)[name] == more


def test_the_urgency_follows_a_lowering_only_when_it_is_agreed(instance: Instance) -> None:
    receipt = instance.send(danger="yes")
    report = instance.report(receipt)
    correct(instance, receipt, "Bela", danger="no")
    assert report.urgency == 3
    settle(instance, receipt, "Dana")
    assert report.urgency < 3


def test_what_raises_goes_at_once_beside_what_waits(instance: Instance) -> None:
    receipt = instance.send(kind="self", police="unknown")
    assert correct(instance, receipt, "Bela", kind="witness", police="refused") == "lowering"
    held = facts(instance, receipt)
    assert (held["kind"], held["police"]) == ("self", "refused")
    assert acts(instance, receipt)[-2:] == ["corrected", "lowering_proposed"]
    before = len(acts(instance, receipt))
    assert correct(instance, receipt, "Bela", kind="witness") == "lowering"
    assert len(acts(instance, receipt)) == before, "asked once already"


def test_a_lowering_needs_a_reason(instance: Instance) -> None:
    receipt = instance.send(kind="self")
    judged = read(instance, receipt).judgement
    assert judged is not None
    with pytest.raises(LoweringUnexplained):
        corrections.correct(
            instance.act("Bela"),
            instance.report(receipt),
            judged,
            CorrectionDraft({"kind": "witness"}, reason=" "),
        )
    instance.session.rollback()
    assert instance.session.scalars(select(Finding)).all() == []


def test_it_is_declined_or_taken_back_and_then_gone(instance: Instance) -> None:
    for by, line in (("Dana", "lowering_declined"), ("Bela", "lowering_undone")):
        receipt = instance.send(kind="self")
        correct(instance, receipt, "Bela", kind="witness")
        waiting = read(instance, receipt).judgement
        assert waiting is not None
        settle(instance, receipt, by, agreed=False)
        assert acts(instance, receipt)[-1] == line
        with pytest.raises(ProposalGone):
            settlement.settle(
                instance.act("Dana"),
                instance.report(receipt),
                waiting.waiting[0].made.id,
                agreed=True,
            )
        instance.session.rollback()
        assert facts(instance, receipt)["kind"] == "self"


def test_another_desk_settles_nothing_here(instance: Instance) -> None:
    receipt = instance.send(kind="self")
    correct(instance, receipt, "Bela", kind="witness")
    with pytest.raises((NotAllowed, ProposalGone)):
        settlement.settle(instance.act("Chidi"), instance.report(receipt), uuid4(), agreed=True)


def test_it_goes_along_to_the_other_desk_where_somebody_else_settles_it(
    instance: Instance,
) -> None:
    receipt = instance.send(kind="self")
    correct(instance, receipt, "Bela", kind="witness")
    begin_write(instance.session)
    dutch = instance.keyring("Chidi").list_desks(instance.session)[0]
    handover.hand_over(
        instance.act("Bela", NOW + timedelta(seconds=1)),
        instance.report(receipt),
        dutch.id,
        "Theirs.",
    )
    instance.session.commit()
    assert desks.load_current_key(instance.session, instance.vault, dutch.id)
    settle(instance, receipt, "Chidi")
    found = read(instance, receipt, "Chidi").judged
    assert found is not None
    assert found["kind"] == "witness"


def test_erasing_the_report_erases_what_waits(instance: Instance) -> None:
    receipt = instance.send(kind="self")
    correct(instance, receipt, "Bela", kind="witness")
    begin_write(instance.session)
    retention.erase(instance.session, receipt.report_id)
    instance.session.commit()
    assert instance.session.scalars(select(Finding)).all() == []


def test_a_damaged_yes_is_none(instance: Instance) -> None:
    receipt = instance.send(kind="self")
    correct(instance, receipt, "Bela", kind="witness")
    settle(instance, receipt, "Dana")
    row = instance.session.scalars(select(Finding).where(Finding.kind == "settled")).one()
    row.staff_id = instance.keyring("Bela").staff.id
    assert facts(instance, receipt)["kind"] == "self"
    assert read(instance, receipt).unreadable_findings == 1


def test_of_two_who_settle_at_once_one_is_told_so(instance: Instance, engine: Engine) -> None:
    receipt = instance.send(kind="self")
    correct(instance, receipt, "Bela", kind="witness")
    judged = read(instance, receipt).judgement
    assert judged is not None
    wanted, start = judged.waiting[0].made.id, threading.Barrier(2)
    keyring, vault = instance.keyring("Dana"), instance.vault
    instance.session.expunge_all()
    instance.session.rollback()
    told: list[str] = []

    def run(report_id: UUID, *, agreed: bool) -> None:
        with make_session_factory(engine)() as session:
            start.wait()
            begin_write(session)
            act = Act(session, vault, keyring, NOW)
            try:
                report = session.get_one(Report, report_id)
                settlement.settle(act, report, wanted, agreed=agreed)
                session.commit()
                told.append("done")
            except WaysideError as problem:
                session.rollback()
                told.append(type(problem).__name__)

    both = [
        threading.Thread(target=run, args=(receipt.report_id,), kwargs={"agreed": agreed})
        for agreed in (True, False)
    ]
    for each in both:
        each.start()
    for each in both:
        each.join()
    assert sorted(told) == ["ProposalGone", "done"]
