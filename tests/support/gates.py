"""What a person does at the gates of a page, and the acts of two people on one report."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from playwright.sync_api import Page

from reports.db import begin_write
from reports.intake.submit import Receipt
from reports.triage import report_reader
from reports.triage.findings import corrections, settlement
from reports.triage.findings.corrections import CorrectionDraft, CorrectionOutcome
from reports.triage.findings.judgement import Correction
from reports.triage.report_reader import OpenReport
from tests.support.cast import NOW, Instance

_WAY = re.compile(r'name="gate-([^"]+)" value="([^"]+)"')


def fill_gates(page: str, why: str = "By phone.") -> dict[str, str]:
    """The first answer to every gate that a page shows, with a reason."""
    first: dict[str, str] = {}
    for key, way in _WAY.findall(page):
        first.setdefault(key, way)
    filled = {f"gate-{key}": way for key, way in first.items()}
    return filled | {f"why-{key}": why for key in first}


def answer_gates(page: Page, why: str = "By phone.") -> int:
    """Answer every gate of the page in a browser in its first way, with a reason; how many."""
    gates = page.locator("fieldset.gate").all()
    for gate in gates:
        gate.locator("input[type=radio]").first.check()
        gate.locator("textarea").fill(why)
    return len(gates)


def read(instance: Instance, receipt: Receipt, by: str = "Bela") -> OpenReport:
    """The report as it stands."""
    return report_reader.read(
        instance.session, instance.vault, instance.report(receipt), instance.keyring(by)
    )


def facts(instance: Instance, receipt: Receipt) -> Mapping[str, str]:
    """The answers that hold."""
    found = read(instance, receipt).judged
    assert found is not None
    return found


def correct(instance: Instance, receipt: Receipt, by: str, **values: str) -> CorrectionOutcome:
    """`by` corrects, with a reason; what became of it."""
    begin_write(instance.session)
    judged = read(instance, receipt, by).judgement
    assert judged is not None
    act, report = instance.act(by, NOW), instance.report(receipt)
    done = corrections.correct(act, report, judged, CorrectionDraft(values, reason="Heard so."))
    instance.session.commit()
    return done


def settle(instance: Instance, receipt: Receipt, by: str, *, agreed: bool = True) -> None:
    """`by` settles the first lowering that waits."""
    begin_write(instance.session)
    judged = read(instance, receipt, by).judgement
    assert judged is not None
    first = judged.waiting[0].made.id
    settlement.settle(instance.act(by, NOW), instance.report(receipt), first, agreed=agreed)
    instance.session.commit()


def is_agreed(said: Iterable[Correction], name: str) -> bool:
    """Whether two different people said that this question's answer may protect less."""
    said = tuple(said)
    asked = {each.id: each.staff_id for each in said if name in each.values}
    return any(
        each.agreed and asked.get(each.settles, each.staff_id) != each.staff_id
        for each in said
        if each.settles is not None
    )
