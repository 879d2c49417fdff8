"""The stored turns after every act: they are what the rules say, whatever was done."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from random import Random
from typing import Final

import pytest
from sqlalchemy import delete, select, update

from reports import mailbox, retention
from reports.act import Act
from reports.db import begin_write
from reports.delivery import delivery_states, outbox
from reports.errors import WaysideError
from reports.intake.submit import Receipt
from reports.model import Delivery, Referral, Report, SkippedReport, Staff, StoredTurn
from reports.roster import staff_lifecycle
from reports.settings import Settings
from reports.triage import deadlines, handover, legal_hold, notes, reply, report_reader, status
from reports.triage.findings import corrections, settlement
from reports.triage.findings.corrections import CorrectionDraft
from reports.triage.queue import claim, next_report
from reports.triage.referral import four_eyes, recipient_answers
from reports.triage.referral.compose import Selection
from reports.triage.referral.recipient_answers import GivenAnswer
from reports.triage.turns import begun_turns, rules, turn_keeper
from reports.triage.turns.report_facts import gather
from reports.triage.turns.turn import Turn, choose_lead
from tests.support import gates
from tests.support.cast import NOW, Instance
from tests.support.office import PAYOKE, Office, answer_gates, refer

SETTINGS: Final = Settings.from_environ({})
STEPS: Final = 24


def sorted_turns(turns: list[Turn]) -> list[Turn]:
    return sorted(turns, key=lambda turn: (turn.reason, turn.about))


def compare(instance: Instance) -> None:
    """Every report's stored turns, and its place in the queue, are what the rules say."""
    session = instance.session
    session.rollback()
    session.expire_all()
    for report in session.scalars(select(Report)).all():
        right = rules.derive_turns(gather(session, report))
        assert sorted_turns(turn_keeper.list_stored(session, report.id)) == sorted_turns(right)
        lead = choose_lead(right)
        assert report.turn == (lead.reason if lead else None)
        assert (report.turn_rank, report.turn_place) == (
            (lead.rank, lead.place) if lead else (3, 0)
        )
    session.rollback()


def reasons(instance: Instance, receipt: Receipt) -> set[str]:
    rows = select(StoredTurn.reason).where(StoredTurn.report_id == receipt.report_id)
    return set(instance.session.scalars(rows))


class Desk:
    """Bela, Dana and Amina do things to one report; what is refused changes nothing."""

    def __init__(self, instance: Instance, chance: Random) -> None:
        self.instance, self.chance, self.now = instance, chance, NOW
        self.receipt = instance.send(NOW, danger=chance.choice(("yes", "no")))
        self.office = Office()
        self.office.confirm(instance)

    def step(self) -> str:
        self.now += timedelta(hours=self.chance.choice((1, 7, 30, 100)))
        deed = self.chance.choice(DEEDS)
        session = self.instance.session
        try:
            deed(self)
            session.commit()
        except WaysideError:
            session.rollback()
        return deed.__name__

    def act(self) -> tuple[Act, Report]:
        begin_write(self.instance.session)
        act = self.instance.act(self.chance.choice(("Bela", "Dana")), self.now)
        return act, act.session.get_one(Report, self.receipt.report_id)

    def open(self) -> None:
        report_reader.record_opening(*self.act())

    def take(self) -> None:
        claim.take_over(*self.act())

    def put_back(self) -> None:
        claim.release(*self.act())

    def write(self) -> None:
        reply.reply(*self.act(), "We read it.", once=self.chance.randbytes(8))

    def note(self) -> None:
        notes.add(*self.act(), "Called.")

    def hear(self) -> None:
        visit = self.instance.enter(self.receipt.code, self.now)
        begin_write(self.instance.session)
        mailbox.write(self.instance.session, self.instance.vault, visit, "More.", self.now)

    def propose(self) -> None:
        act, report = self.act()
        answer_gates(act, report, [PAYOKE])
        four_eyes.propose(act, report, [PAYOKE], Selection(frozenset(), frozenset()), "seen")

    def agree(self) -> None:
        act, report = self.act()
        found = four_eyes.read(act.session, act.vault, act.keyring, report)
        if found is not None:
            four_eyes.agree(act, report, found.id)

    def decline(self) -> None:
        act, report = self.act()
        found = four_eyes.read(act.session, act.vault, act.keyring, report)
        if found is not None:
            four_eyes.end(act, report, found.id)

    def send(self) -> None:
        refer(self.instance, self.receipt, SETTINGS, PAYOKE, now=self.now)

    def carry(self) -> None:
        begin_write(self.instance.session)
        session, vault = self.instance.session, self.instance.vault
        for mail in outbox.claim(
            session, self.now, self.instance.keyring("Dana").staff.id, lease=timedelta(minutes=5)
        ):
            if self.chance.random() < 0.3:
                outbox.fail(session, vault, mail, self.now, "refused")
            else:
                outbox.settle(session, vault, mail, self.now, "sent")

    def try_again(self) -> None:
        act, _report = self.act()
        for id in act.session.scalars(select(Delivery.id)).all():
            delivery_states.requeue(act, id)

    def answer(self) -> None:
        act, report = self.act()
        referral = act.session.scalar(select(Referral).where(Referral.report_id == report.id))
        if referral is not None:
            kind = self.chance.choice(("acknowledged", "returned", "outcome"))
            given = GivenAnswer(kind, "In a few words.")
            recipient_answers.record_answer(act.session, act.vault, referral, given, self.now)

    def chase(self) -> None:
        act, _report = self.act()
        deadlines.chase(act.session, act.vault, SETTINGS, self.now)

    def put_off(self) -> None:
        next_report.put_off(*self.act(), (self.now + timedelta(days=4)).date())

    def skip(self) -> None:
        next_report.skip(*self.act())

    def hold(self) -> None:
        legal_hold.propose(*self.act(), "A court asks.")

    def lift(self) -> None:
        legal_hold.take_step(*self.act(), self.chance.choice(legal_hold.STEPS))

    def protect_less(self) -> None:
        act, report = self.act()
        judged = gates.read(self.instance, self.receipt).judgement
        assert judged is not None
        kind = self.chance.choice(("witness", "self", "other"))
        draft = CorrectionDraft({"danger": "no", "kind": kind}, reason="Heard so.")
        corrections.correct(act, report, judged, draft)

    def settle(self) -> None:
        act, report = self.act()
        judged = gates.read(self.instance, self.receipt).judgement
        for each in judged.waiting[:1] if judged else ():
            agreed = self.chance.random() < 0.5
            settlement.settle(act, report, each.made.id, agreed=agreed)

    def close(self) -> None:
        status.close(*self.act(), "Nothing more to do.")


DEEDS: Final[tuple[Callable[[Desk], None], ...]] = (
    *(Desk.open, Desk.take, Desk.put_back, Desk.write, Desk.note, Desk.hear, Desk.propose),
    *(Desk.agree, Desk.decline, Desk.send, Desk.send, Desk.carry, Desk.carry, Desk.try_again),
    *(Desk.answer, Desk.chase, Desk.chase, Desk.put_off, Desk.skip, Desk.hold, Desk.lift),
    *(Desk.close, Desk.protect_less, Desk.protect_less, Desk.settle),
)


@pytest.mark.parametrize("seed", range(4))
def test_after_every_act_of_a_history_the_stored_turns_are_those_of_the_rules(
    instance: Instance, seed: int
) -> None:
    desk, done = Desk(instance, Random(seed)), list[str]()
    for _ in range(STEPS):
        done.append(desk.step())
        try:
            compare(instance)
        except AssertionError as wrong:
            raise AssertionError(f"after {done}") from wrong


def test_whatever_a_disabled_person_had_is_anybodys(instance: Instance) -> None:
    receipt = instance.send()
    claim.take_over(instance.act("Bela"), instance.report(receipt))
    instance.session.commit()
    assert reasons(instance, receipt) == {"new"}
    bela = instance.session.get_one(Staff, instance.members["Bela"].id)
    begin_write(instance.session)
    staff_lifecycle.disable(instance.act("Dana"), bela)
    instance.session.commit()
    assert reasons(instance, receipt) == {"new", "orphaned"}
    assert instance.session.scalars(select(StoredTurn.staff_id)).all() == [None, None]
    dana = instance.keyring("Dana")
    assert next_report.find_next(instance.session, dana, NOW) == receipt.report_id
    claim.take_over(instance.act("Dana"), instance.report(receipt))
    instance.session.commit()
    assert reasons(instance, receipt) == {"new"}
    compare(instance)


def test_a_message_to_a_closed_report_opens_it_again(instance: Instance) -> None:
    receipt = instance.send(danger="yes")
    status.close(instance.act("Bela"), instance.report(receipt), "It is over.")
    instance.session.commit()
    assert reasons(instance, receipt) == set()
    visit = instance.enter(receipt.code)
    begin_write(instance.session)
    mailbox.write(instance.session, instance.vault, visit, "They found me.", NOW)
    instance.session.commit()
    report = instance.report(receipt)
    assert (report.status, report.retention_day) == ("in_triage", None)
    assert reasons(instance, receipt) == {"reporter_wrote"}
    bela = instance.keyring("Bela")
    assert next_report.find_next(instance.session, bela, NOW) == receipt.report_id
    compare(instance)


def test_a_report_goes_to_another_desk_with_its_turn(instance: Instance) -> None:
    receipt = instance.send()
    dana = instance.act("Dana")
    begin_write(instance.session)
    report = instance.report(receipt)
    desks = {desk.name: desk.id for desk in handover.list_other_desks(instance.session, report)}
    handover.hand_over(dana, report, desks["nl"], "It is there.")
    instance.session.commit()
    compare(instance)
    assert next_report.find_next(instance.session, instance.keyring("Bela"), NOW) is None
    chidi = instance.keyring("Chidi")
    assert next_report.find_next(instance.session, chidi, NOW) == receipt.report_id


def test_an_erased_report_leaves_no_turn(instance: Instance) -> None:
    receipt = instance.send()
    next_report.skip(instance.act("Bela"), instance.report(receipt))
    instance.session.commit()
    begin_write(instance.session)
    retention.erase(instance.session, receipt.report_id)
    instance.session.commit()
    for table in (StoredTurn, SkippedReport):
        assert instance.session.scalars(select(table)).all() == []


def test_turns_that_an_upgrade_began_are_found_anew(instance: Instance) -> None:
    receipt = instance.send()
    reply.reply(instance.act("Bela"), instance.report(receipt), "We read it.", once=b"1")
    instance.session.commit()
    begin_write(instance.session)
    instance.session.execute(delete(StoredTurn))
    session, report = instance.session, instance.report(receipt)
    turn = StoredTurn(report_id=report.id, about=report.id, desk_id=report.desk_id, reason="new")
    turn.urgency, turn.rank, turn.sleeps, turn.place, turn.since = 1, 1, False, 2, NOW.date()
    session.add(turn)
    begun = {"turn": "new", "turn_rank": 1, "turn_place": 2, "turn_sleeps": False}
    instance.session.execute(update(Report).values(begun))
    instance.session.commit()
    begin_write(instance.session)
    for found in (1, 0):
        assert begun_turns.settle(instance.session, instance.vault, NOW, 10) == found
    instance.session.commit()
    assert reasons(instance, receipt) == {"later"}
    compare(instance)


def list_waiting(instance: Instance, receipt: Receipt) -> list[str]:
    """Who asked for what waits for a second person."""
    names = {member.id: name for name, member in instance.members.items()}
    asked = select(StoredTurn.not_staff_id).where(StoredTurn.reason == "agree")
    found = instance.session.scalars(asked.where(StoredTurn.report_id == receipt.report_id))
    return sorted(names[staff_id] for staff_id in found if staff_id)


def test_what_waits_for_a_second_person_is_everybody_elses_turn(instance: Instance) -> None:
    Office().confirm(instance)
    receipt = instance.send(kind="self")
    assert list_waiting(instance, receipt) == []
    gates.correct(instance, receipt, "Bela", kind="witness")
    gates.correct(instance, receipt, "Dana", police="accepted")
    assert list_waiting(instance, receipt) == ["Bela", "Dana"]
    gates.settle(instance, receipt, "Dana")
    assert list_waiting(instance, receipt) == ["Dana"]
    begin_write(instance.session)
    bela, report = instance.act("Bela"), instance.report(receipt)
    answer_gates(bela, report, [PAYOKE])
    four_eyes.propose(bela, report, [PAYOKE], Selection(frozenset(), frozenset()), "f")
    legal_hold.propose(bela, report, "A court asks.")
    instance.session.commit()
    assert list_waiting(instance, receipt) == ["Bela", "Bela", "Dana"]
    gates.settle(instance, receipt, "Bela", agreed=False)
    begin_write(instance.session)
    legal_hold.take_step(instance.act("Dana"), report, "agree")
    instance.session.commit()
    assert list_waiting(instance, receipt) == ["Bela"]
    compare(instance)


def test_what_would_protect_less_waits_no_more_when_the_report_is_closed(
    instance: Instance,
) -> None:
    receipt = instance.send(kind="self")
    gates.correct(instance, receipt, "Bela", kind="witness")
    assert reasons(instance, receipt) == {"new", "agree"}
    status.close(instance.act("Bela"), instance.report(receipt), "It is over.")
    instance.session.commit()
    assert reasons(instance, receipt) == set()
    compare(instance)
