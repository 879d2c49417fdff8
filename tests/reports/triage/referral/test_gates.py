"""The gates as a pure list: each is green, or says how it can be answered."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from reports.errors import GateOpen
from reports.settings import Settings
from reports.triage.referral import gates
from reports.triage.referral.gates import Gate, GateAnswer, GatePlan, GateRecipient
from tests.support.cast import NOW

BELA, EMIL = UUID(int=1), UUID(int=2)
FACTS = {
    "kind": "witness",
    "country": "BE",
    "present": "same",
    "danger": "no",
    "police": "unknown",
    "abroad": "unknown",
}
TO = GateRecipient("be-payoke", "BE")
PLAN = GatePlan(
    FACTS, FACTS, (TO,), BELA, language="nl", languages=frozenset(("nl", "fr")), home="BE"
)


def plan(to: GateRecipient = TO, own: dict[str, str] | None = None, **facts: str) -> GatePlan:
    held = {**FACTS, **facts}
    return replace(PLAN, facts=held, own=held if own is None else own, recipients=(to,))


def waiting(made: GatePlan) -> list[str]:
    return [gate.code for gate in gates.list_gates(made) if not gate.is_open]


def answered(made: GatePlan, by: UUID = BELA, **changed: Any) -> GatePlan:
    """Everything that can be answered is."""
    given = tuple(
        replace(
            GateAnswer(gate.code, gate.contact_id, gate.about, gate.ways[0], "r", by, NOW),
            **changed,
        )
        for gate in gates.list_gates(made)
        if gate.ways
    )
    return replace(made, given=given)


def test_a_plain_report_passes_every_gate() -> None:
    found = gates.list_gates(PLAN)
    assert [gate.code for gate in found] == list(gates.WAYS)
    assert all(gate.green for gate in found)
    gates.require_open(PLAN)


@pytest.mark.parametrize(
    ("made", "code", "way"),
    [
        (plan(danger="yes"), "danger", "called"),
        (replace(PLAN, urgent=True), "danger", "called"),
        (replace(PLAN, language="ar"), "language", "read"),
        (plan(replace(TO, unnoticed=True)), "reach", "told"),
        (plan(replace(TO, country="NL")), "abroad", "anyway"),
        (plan(replace(TO, returned="2027-03-10")), "returned", "anyway"),
    ],
)
def test_an_open_gate_stops_until_it_is_answered(made: GatePlan, code: str, way: str) -> None:
    assert waiting(made) == [code]
    [gate] = [each for each in gates.list_gates(made) if not each.is_open]
    assert gate.ways[0] == way
    with pytest.raises(GateOpen) as refused:
        gates.require_open(made)
    assert (refused.value.gate, refused.value.contact_id) == (code, gate.contact_id)
    gates.require_open(answered(made))


def test_an_answer_holds_for_what_it_was_about_and_no_longer() -> None:
    made = plan(replace(TO, returned="2027-03-10"), danger="yes")
    for changed in ({"about": "x"}, {"contact_id": "be-other"}, {"way": "x"}, {"gate": "x"}):
        assert waiting(answered(made, **changed))
    wrote_since = replace(answered(made), spoken_at=(NOW + timedelta(days=1)).isoformat())
    assert waiting(wrote_since) == ["danger"], "the reporter wrote since: look again"


def test_a_key_that_was_compared_is_not_the_next_one() -> None:
    compared = answered(plan(replace(TO, other_key="OLD NEW")))
    assert waiting(compared) == ["second"]
    changed = replace(compared, recipients=(replace(TO, other_key="OLD NEWER"),))
    assert waiting(changed) == ["key", "second"]


def test_nothing_answers_that_a_contact_point_cannot_be_reached() -> None:
    made = plan(replace(TO, obstacle="expired"))
    assert waiting(answered(made)) == ["reach"]


POLICE = replace(TO, police=True)


@pytest.mark.parametrize(
    ("facts", "stops"),
    [
        ({"kind": "witness"}, False),
        ({"kind": "witness", "police": "refused"}, True),
        ({"kind": "self"}, True),
        ({"kind": "unknown"}, True),
        ({"kind": "self", "police": "refused"}, True),
        ({"kind": "self", "police": "accepted"}, False),
    ],
)
def test_the_police_get_nothing_by_silence_or_against_a_no(
    facts: dict[str, str], stops: bool
) -> None:
    assert ("police" in waiting(plan(POLICE, **facts))) is stops
    assert "police" not in waiting(plan(TO, **facts)), "others are not the police"


def test_what_goes_against_a_no_or_to_another_key_takes_two_and_the_second_is_another() -> None:
    for made in (
        plan(POLICE, police="refused"),
        plan(replace(TO, country="NL"), abroad="no"),
        plan(replace(TO, other_key="OLD NEW")),
    ):
        alone = answered(made)
        assert waiting(alone) == ["second"]
        assert gates.needs_second(gates.list_gates(alone))
        gates.require_open(replace(alone, proposer=BELA, sender=EMIL))
        assert waiting(replace(alone, proposer=BELA, sender=BELA)) == ["second"]
        by_the_second = answered(replace(made, proposer=BELA, sender=EMIL), by=EMIL)
        assert waiting(by_the_second), "who agrees does not also answer it"


def test_abroad_is_what_the_reporter_said_and_not_what_the_desk_corrected() -> None:
    dutch, own = replace(TO, country="NL"), {**FACTS, "abroad": "no"}
    assert waiting(plan(dutch, own=own, country="NL", abroad="no")) == ["abroad", "second"]
    silent = {**own, "country": "unknown"}
    assert waiting(plan(dutch, own=silent, country="NL", abroad="no")) == []
    assert waiting(plan(dutch, present="NL", abroad="no")) == []
    assert waiting(plan(TO, country="unknown", abroad="no")) == [], "the desk's own country"
    assert waiting(plan(TO, country="other", abroad="no")) == ["abroad", "second"]
    assert waiting(plan(dutch, abroad="yes")) == []


def test_a_person_affected_and_a_desk_by_its_setting_take_two() -> None:
    assert waiting(plan(kind="self")) == waiting(plan(kind="unknown")) == ["second"]
    assert waiting(replace(PLAN, by_setting=True)) == ["second"]
    settings = Settings.from_environ({"WAYSIDE_FOUR_EYES": "lu"})
    assert gates.is_set_for("LU", settings)
    assert not gates.is_set_for("be", settings)
    assert gates.is_set_for("be", Settings.from_environ({"WAYSIDE_FOUR_EYES": "all"}))


def test_every_gate_of_every_recipient_is_told_apart() -> None:
    found = gates.list_gates(replace(PLAN, recipients=(TO, replace(TO, contact_id="be-surya"))))
    keys = [gate.key for gate in found]
    assert len(set(keys)) == len(keys) == 2 + 2 * 5 + 1
    assert Gate("danger", green=False).is_open is False
