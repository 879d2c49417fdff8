"""`refer` itself refuses what is not green or answered, on both databases and under the lock."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, select

from reports import custody, mailbox
from reports.act import Act
from reports.db import begin_write, make_session_factory
from reports.errors import GateOpen, ProposalGone, SecondPersonNeeded, WaysideError
from reports.intake import questions
from reports.intake.submit import Receipt
from reports.model import Finding, Proposal, Referral, Report
from reports.settings import Settings
from reports.triage import report_reader
from reports.triage.findings import corrections
from reports.triage.findings.corrections import CorrectionDraft
from reports.triage.findings.judgement import is_lower
from reports.triage.referral import (
    compose,
    dispatch,
    four_eyes,
    gate_answers,
    recipient_answers,
)
from reports.triage.referral.compose import Selection
from reports.triage.referral.dispatch import ChosenRecipient, PackedReferral, PacketSender
from reports.triage.referral.gate_answers import GateDraft
from reports.triage.referral.recipient_answers import GivenAnswer
from tests.support.cast import NOW, Instance
from tests.support.gates import correct, facts, is_agreed, read, settle
from tests.support.office import DJSOC, PAYOKE, RULE, WHY, Office, answer_gates

SETTINGS = Settings.from_environ({})
DUTCH = "nl-police"


def pack(
    instance: Instance, receipt: Receipt, to: str = PAYOKE, by: str = "Bela"
) -> list[PackedReferral]:
    act, report = instance.act(by), instance.report(receipt)
    opened = read(instance, receipt, by)
    content = compose.compose(opened, Selection.from_report(opened)).content
    sender = PacketSender(SETTINGS.mail_from)
    return dispatch.pack(act, report, content, [ChosenRecipient(to, RULE, WHY)], sender)


def open_report(instance: Instance, to: str = PAYOKE, **answers: str) -> Receipt:
    Office(to).confirm(instance)
    receipt = instance.send(**answers)
    begin_write(instance.session)
    report_reader.record_opening(instance.act("Bela"), instance.report(receipt))
    instance.session.commit()
    return receipt


def send(instance: Instance, receipt: Receipt, to: str = PAYOKE, by: str = "Bela") -> None:
    """`by` sends it alone, with every answer that there is."""
    packed = pack(instance, receipt, to, by)
    begin_write(instance.session)
    try:
        answer_gates(instance.act(by), instance.report(receipt), [to])
        dispatch.refer(instance.act(by), instance.report(receipt), packed, SETTINGS)
    except WaysideError:
        instance.session.rollback()
        raise
    instance.session.commit()


def sent(instance: Instance, receipt: Receipt) -> Sequence[Referral]:
    query = select(Referral).where(Referral.report_id == receipt.report_id)
    return instance.session.scalars(query).all()


@pytest.mark.parametrize(
    ("to", "gate", "own", "less"),
    [
        (PAYOKE, "second", {"kind": "self"}, {"kind": "witness"}),
        (DJSOC, "second", {"police": "refused"}, {"police": "accepted"}),
        (DUTCH, "second", {"abroad": "no"}, {"abroad": "yes"}),
    ],
)
def test_who_lowers_a_protection_cannot_send_alone_and_two_can(
    instance: Instance, to: str, gate: str, own: dict[str, str], less: dict[str, str]
) -> None:
    receipt = open_report(instance, to, **own)
    correct(instance, receipt, "Bela", **less)
    with pytest.raises(GateOpen) as refused:
        send(instance, receipt, to)
    assert refused.value.gate == gate
    settle(instance, receipt, "Dana")
    send(instance, receipt, to)
    assert [each.contact_id for each in sent(instance, receipt)] == [to]


def test_age_and_help_leave_the_desk_as_the_reporter_said_them(instance: Instance) -> None:
    receipt = open_report(instance, age="minor", help="no")
    correct(instance, receipt, "Bela", age="adult", help="yes")
    opened = read(instance, receipt)
    content = compose.compose(opened, Selection.from_report(opened)).content
    assert (content.answers["age"], content.answers["help"]) == ("minor", "no")


def test_a_gate_is_asked_in_the_domain_and_its_answer_is_on_record(instance: Instance) -> None:
    receipt = open_report(instance, danger="yes")
    packed = pack(instance, receipt)
    act, report = instance.act("Bela"), instance.report(receipt)
    begin_write(instance.session)
    with pytest.raises(GateOpen) as refused:
        dispatch.refer(act, report, packed, SETTINGS)
    assert (refused.value.gate, refused.value.contact_id) == ("danger", "")
    instance.session.rollback()
    begin_write(instance.session)
    plan = gate_answers.build_plan(act, report, [PAYOKE], SETTINGS)
    with pytest.raises(GateOpen) as unsaid:
        gate_answers.answer(act, report, plan, {"danger": GateDraft("not_needed", " ")})
    assert unsaid.value.lacks == "reason"
    with pytest.raises(GateOpen):
        gate_answers.answer(act, report, plan, {"danger": GateDraft("perhaps", "r")})
    gate_answers.answer(act, report, plan, {"danger": GateDraft("not_needed", "Left the house.")})
    dispatch.refer(act, report, packed, SETTINGS)
    instance.session.commit()
    [line] = [
        line for line in custody.list_lines(instance.session, report) if line.act == "gate_answered"
    ]
    assert line.detail == '{"answer": "not_needed", "gate": "danger"}'
    [row] = instance.session.scalars(select(Finding).where(Finding.kind == "gate"))
    assert b"house" not in row.sealed


def test_a_message_that_comes_after_the_answer_opens_the_gate_again(instance: Instance) -> None:
    receipt = open_report(instance, danger="yes")
    act, report = instance.act("Bela"), instance.report(receipt)
    begin_write(instance.session)
    answer_gates(act, report, [PAYOKE])
    instance.session.commit()
    visit = instance.enter(receipt.code, NOW + timedelta(minutes=1))
    begin_write(instance.session)
    mailbox.write(instance.session, instance.vault, visit, "They come.", NOW + timedelta(minutes=2))
    instance.session.commit()
    with pytest.raises(GateOpen):
        dispatch.refer(act, report, pack(instance, receipt), SETTINGS)
    instance.session.rollback()


def test_who_sent_it_back_gets_it_again_only_with_a_reason(instance: Instance) -> None:
    receipt = open_report(instance)
    send(instance, receipt)
    [referral] = sent(instance, receipt)
    begin_write(instance.session)
    recipient_answers.record_answer(
        instance.session, instance.vault, referral, GivenAnswer("returned", "Not ours."), NOW
    )
    instance.session.commit()
    packed = pack(instance, receipt)
    with pytest.raises(GateOpen) as refused:
        dispatch.refer(instance.act("Bela"), instance.report(receipt), packed, SETTINGS)
    assert (refused.value.gate, refused.value.contact_id) == ("returned", PAYOKE)
    instance.session.rollback()
    send(instance, receipt)
    assert sent(instance, receipt)[0].standing == "waiting"


def test_a_proposal_waits_until_its_gates_are_answered_and_the_second_cannot_answer_for_it(
    instance: Instance,
) -> None:
    receipt = open_report(instance, DJSOC, kind="self", police="refused")
    bela, dana, report = instance.act("Bela"), instance.act("Dana"), instance.report(receipt)
    packed = pack(instance, receipt, DJSOC)
    begin_write(instance.session)
    with pytest.raises(GateOpen) as refused:
        four_eyes.propose(bela, report, [DJSOC], Selection(frozenset(), frozenset()), "f")
    assert refused.value.gate == "police"
    answer_gates(bela, report, [DJSOC])
    four_eyes.propose(bela, report, [DJSOC], Selection(frozenset(), frozenset()), "f")
    instance.session.commit()
    waiting = instance.session.scalars(select(Proposal)).one().id
    begin_write(instance.session)
    by = four_eyes.agree(dana, report, waiting)
    dispatch.refer(dana, report, packed, SETTINGS, proposed_by=by)
    instance.session.commit()
    assert len(sent(instance, receipt)) == 1
    plan = gate_answers.build_plan(dana, report, [DUTCH], SETTINGS, bela.staff_id)
    police = {f"police.{DUTCH}": GateDraft("anyway", "r")}
    with pytest.raises(GateOpen) as refused:
        gate_answers.answer(dana, report, plan, police)
    assert refused.value.lacks == "proposal"
    instance.session.rollback()


def test_a_correction_that_races_with_a_referral_is_seen_by_it(
    instance: Instance, engine: Engine
) -> None:
    """Emil's colleague learns of a no to the police while Bela sends to them."""
    receipt = open_report(instance, DJSOC)
    packed, vault = pack(instance, receipt, DJSOC), instance.vault
    bela, dana = instance.keyring("Bela"), instance.keyring("Dana")
    judged = read(instance, receipt).judgement
    assert judged is not None
    instance.session.expunge_all()
    instance.session.rollback()
    locked, told = threading.Event(), list[str]()

    def correct_first(report_id: UUID) -> None:
        with make_session_factory(engine)() as session:
            begin_write(session)
            report = session.get_one(Report, report_id)
            act = Act(session, vault, dana, NOW)
            corrections.correct(act, report, judged, CorrectionDraft({"police": "refused"}))
            locked.set()
            session.commit()

    def send_then(report_id: UUID) -> None:
        locked.wait(30)
        with make_session_factory(engine)() as session:
            begin_write(session)
            report = session.get_one(Report, report_id)
            try:
                dispatch.refer(Act(session, vault, bela, NOW), report, packed, SETTINGS)
                session.commit()
            except WaysideError as problem:
                session.rollback()
                told.append(str(problem))

    both = [
        threading.Thread(target=each, args=(receipt.report_id,))
        for each in (correct_first, send_then)
    ]
    for each in both:
        each.start()
    for each in both:
        each.join()
    assert told == [f"police {DJSOC} answer"]
    assert sent(instance, receipt) == []


_PEOPLE = ("Bela", "Dana")
_PROTECTING = {
    name: field for name, field in questions.list_correctable().items() if field.protects
}
_STEPS = st.lists(
    st.one_of(
        st.tuples(
            st.just("correct"),
            st.sampled_from(_PEOPLE),
            st.sampled_from(sorted(_PROTECTING)),
            st.integers(0, 3),
        ),
        st.tuples(st.just("settle"), st.sampled_from(_PEOPLE), st.booleans()),
        st.tuples(st.just("send"), st.sampled_from(_PEOPLE)),
        st.tuples(st.just("propose"), st.sampled_from(_PEOPLE)),
        st.tuples(st.just("agree"), st.sampled_from(_PEOPLE)),
    ),
    max_size=8,
)


def take(instance: Instance, receipt: Receipt, step: tuple[object, ...]) -> None:
    """One act of one person; what is refused changes nothing."""
    report = instance.report(receipt)
    try:
        match step:
            case ("correct", str(by), str(name), int(number)):
                values = _PROTECTING[name].values
                correct(instance, receipt, by, **{name: values[number % len(values)]})
            case ("settle", str(by), bool(agreed)):
                judged = read(instance, receipt, by).judgement
                if judged is not None and judged.waiting:
                    settle(instance, receipt, by, agreed=agreed)
            case ("send", str(by)):
                send(instance, receipt, DJSOC, by)
            case ("propose", str(by)):
                begin_write(instance.session)
                answer_gates(instance.act(by), report, [DJSOC])
                chosen = Selection(frozenset(), frozenset())
                four_eyes.propose(instance.act(by), report, [DJSOC], chosen, "f")
            case ("agree", str(by)):
                packed = pack(instance, receipt, DJSOC, by)
                row = instance.session.get(Proposal, receipt.report_id)
                if row is None:
                    return
                id = row.id
                begin_write(instance.session)
                act = instance.act(by)
                first = four_eyes.agree(act, report, id)
                dispatch.refer(act, report, packed, SETTINGS, proposed_by=first)
        instance.session.commit()
    except (GateOpen, ProposalGone, SecondPersonNeeded):
        instance.session.rollback()


@settings(
    max_examples=25,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(own=st.sampled_from(["self", "unknown"]), steps=_STEPS)
def test_nobody_alone_sends_what_four_eyes_protect_and_nothing_leaves_with_less_than_was_said(
    instance: Instance, own: str, steps: list[tuple[object, ...]]
) -> None:
    said = {"kind": own, "age": "minor", "police": "refused", "abroad": "no", "help": "no"}
    alone = open_report(instance, DJSOC, **said)
    for step in steps:
        take(instance, alone, (step[0], "Bela", *step[2:]))
    assert sent(instance, alone) == [], "one person, whatever they do"
    receipt = open_report(instance, DJSOC, **said)
    for step in steps:
        take(instance, receipt, step)
    held = facts(instance, receipt)
    for name, was in said.items():
        if is_lower(name, held[name], was):
            assert is_agreed(read(instance, receipt).corrections, name)
    for row in sent(instance, receipt):
        agreed = held["kind"] in ("witness", "professional")
        assert agreed or row.second_id not in (None, row.staff_id)
