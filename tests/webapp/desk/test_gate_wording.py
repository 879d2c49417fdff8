"""Every gate and every answer to one has its words."""

from __future__ import annotations

import pytest
from flask import Flask

from reports.errors import GateOpen
from reports.triage.referral import gates
from reports.triage.referral.gates import Gate
from webapp.desk import gate_wording


@pytest.mark.parametrize("code", gates.WAYS)
def test_a_gate_has_a_title_a_sentence_and_words_for_each_answer(app: Flask, code: str) -> None:
    gate = Gate(code, green=False, contact_id="be-payoke")
    with app.test_request_context("/desk/"):
        assert "%(" not in gate_wording.describe_gate(gate, "Payoke", "Dutch")
        for way in gates.WAYS[code]:
            assert gate_wording.label_way(gate, way) != way
        for lacks in ("answer", "reason", "proposal"):
            said = gate_wording.describe_lack(GateOpen(code, lacks=lacks))
            assert str(gate_wording.TITLE[code]) in said


def test_there_are_no_words_for_gates_that_there_are_not() -> None:
    assert set(gate_wording.TITLE) == set(gates.WAYS)
    known = {f"{code} {way}" for code, ways in gates.WAYS.items() for way in ways}
    assert set(gate_wording.WAY) == known
    assert {key.split()[0] for key in gate_wording.OPEN} == set(gates.WAYS)
