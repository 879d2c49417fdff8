"""What waits for a second person stands in one list, of this desk alone, on both databases."""

from __future__ import annotations

from reports.db import begin_write
from reports.triage import legal_hold
from reports.triage.queue import second_person
from reports.triage.referral import four_eyes
from reports.triage.referral.compose import Selection
from tests.support.cast import Instance
from tests.support.gates import correct, settle
from tests.support.office import PAYOKE, Office


def listed(instance: Instance, who: str) -> list[tuple[str, bool]]:
    bela = instance.keyring("Bela").staff.id
    found = second_person.list_waiting(instance.session, instance.keyring(who))
    return sorted((each.what, each.staff_id == bela) for each in found)


def test_referrals_holds_and_lowerings_wait_until_they_are_settled(instance: Instance) -> None:
    Office().confirm(instance)
    receipt = instance.send(kind="self")
    assert listed(instance, "Dana") == []
    correct(instance, receipt, "Bela", kind="witness")
    correct(instance, receipt, "Dana", police="accepted")
    settle(instance, receipt, "Dana")
    begin_write(instance.session)
    bela, report = instance.act("Bela"), instance.report(receipt)
    four_eyes.propose(bela, report, [PAYOKE], Selection(frozenset(), frozenset()), "f")
    legal_hold.propose(bela, report, "A court asks.")
    instance.session.commit()
    assert listed(instance, "Dana") == [("hold", True), ("lowering", False), ("referral", True)]
    assert listed(instance, "Chidi") == []
    settle(instance, receipt, "Bela", agreed=False)
    begin_write(instance.session)
    legal_hold.take_step(instance.act("Dana"), report, "agree")
    instance.session.commit()
    assert listed(instance, "Dana") == [("referral", True)]
