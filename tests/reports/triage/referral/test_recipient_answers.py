"""After a referral, on both databases: portal, signed code, answers, reminders, the board."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from reports import custody
from reports.db import begin_write
from reports.delivery import answer_code, contact_settings, delivery_states
from reports.delivery.channels.channel import ContactDetails
from reports.errors import AnswerRefused, NoSuchReport
from reports.intake.submit import Receipt
from reports.model import Delivery, Referral
from reports.settings import Settings
from reports.triage import deadlines, report_reader
from reports.triage.queue import board, next_report, queue
from reports.triage.queue.queue import Filters, QueueSlice
from reports.triage.referral import portal, recipient_answers
from reports.triage.referral.recipient_answers import GivenAnswer
from tests.support.cast import NOW, Instance
from tests.support.office import PAG_ASA, PAYOKE, Office, refer

SETTINGS = Settings.from_environ({})


def mailed(instance: Instance, state: str = "sent") -> tuple[Receipt, Referral, Delivery]:
    """Bela has referred a report by mail, and the worker has come so far."""
    Office().confirm(instance)
    sent = instance.send()
    [delivery_id] = refer(instance, sent, SETTINGS, PAYOKE)
    begin_write(instance.session)
    delivery = instance.session.get_one(Delivery, delivery_id)
    delivery.state = state
    instance.session.commit()
    return sent, instance.session.scalars(select(Referral)).one(), delivery


def test_a_portal_packet_opens_for_the_liaisons_of_then_alone(instance: Instance) -> None:
    session, vault = instance.session, instance.vault
    instance.accept(instance.invite("Lia", "liaison", None, contact_id=PAYOKE), "Lia")
    begin_write(session)
    contact_settings.confirm(session, vault, PAYOKE, ContactDetails("portal"), NOW)
    session.commit()
    sent = instance.send(danger="yes")
    [delivery_id] = refer(instance, sent, SETTINGS, PAYOKE)
    instance.accept(instance.invite("Late", "liaison", None, contact_id=PAYOKE), "Late")
    lia, late = instance.keyring("Lia"), instance.keyring("Late")
    entry = portal.find(session, lia, delivery_id)
    assert entry.urgency == 3
    assert "They sleep in the kitchen." in portal.read(session, vault, lia, entry).text
    portal.record_opening(instance.act("Lia"), entry)
    session.commit()
    assert portal.list_entries(session, late) == []
    with pytest.raises(NoSuchReport):
        portal.find(session, late, delivery_id)
    last = custody.list_lines(session, instance.report(sent))[-1]
    assert (last.act, last.staff_id) == ("portal_opened", lia.staff.id)


def test_a_signed_code_says_that_it_came(instance: Instance) -> None:
    _, referral, delivery = mailed(instance)
    code = answer_code.issue(instance.vault, delivery.id)
    found = recipient_answers.find_referral(
        instance.session, answer_code.read(instance.vault, code)
    )
    assert found is referral
    for fresh in (True, False):
        assert (
            recipient_answers.record_answer(
                instance.session, instance.vault, found, GivenAnswer("acknowledged", ""), NOW
            )
            is fresh
        )
        instance.session.commit()
    instance.session.refresh(delivery)
    assert (found.standing, delivery.state) == ("acknowledged", "delivered")
    with pytest.raises(AnswerRefused):
        recipient_answers.record_answer(
            instance.session, instance.vault, found, GivenAnswer("nonsense", "x"), NOW
        )
    instance.session.rollback()


def test_what_was_sent_back_is_in_triage_again_with_its_reason(instance: Instance) -> None:
    sent, referral, _ = mailed(instance)
    session, bela = instance.session, instance.keyring("Bela")
    recipient_answers.record_answer(
        session, instance.vault, referral, GivenAnswer("returned", "Not our region."), NOW
    )
    session.commit()
    assert instance.report(sent).status == "in_triage"
    [told] = recipient_answers.read(session, instance.vault, bela, instance.report(sent))
    assert (told.kind, told.text) == ("returned", "Not our region.")


def test_without_an_answer_each_step_comes_in_its_time_and_the_board_says_so(
    instance: Instance,
) -> None:
    _, referral, _ = mailed(instance)
    session, desks = instance.session, instance.keyring("Bela").list_desk_ids(instance.session)
    assert deadlines.chase(session, instance.vault, SETTINGS, NOW) == []
    for step in (1, 2, 3):
        due = referral.answer_due
        begun = deadlines.chase(session, instance.vault, SETTINGS, due)
        session.commit()
        assert (begun, referral.chased) == ([referral] if step == 1 else [], step)
    shown = board.build(session, desks, SETTINGS, referral.answer_due)
    [waiting] = shown.unanswered
    assert (waiting.contact_id, waiting.chased) == (PAYOKE, 3)
    took = timedelta(hours=5)
    recipient_answers.record_answer(
        session, instance.vault, referral, GivenAnswer("acknowledged", ""), NOW + took
    )
    session.commit()
    shown = board.build(session, desks, SETTINGS, NOW + took)
    assert shown.unanswered == ()
    assert [(each.contact_id, each.median) for each in shown.answers] == [(PAYOKE, took)]


def test_what_is_not_answered_stays_in_everybodys_list_after_a_look(instance: Instance) -> None:
    sent, referral, _ = mailed(instance)
    session, dana = instance.session, instance.keyring("Dana")
    silent = QueueSlice(Filters(turn="no_answer"))
    assert queue.list_page(session, dana, silent, NOW).rows == ()
    for _step in range(3):
        begin_write(session)
        deadlines.chase(session, instance.vault, SETTINGS, referral.answer_due)
        session.commit()
    late = referral.answer_due
    for name in ("Bela", "Dana"):
        begin_write(session)
        report_reader.record_opening(instance.act(name, late), instance.report(sent))
        session.commit()
    [row] = queue.list_page(session, dana, silent, late).rows
    assert (row.report.id, row.overdue) == (sent.report_id, True)
    assert next_report.find_next(session, dana, late) == sent.report_id
    Office(PAG_ASA).confirm(instance)
    refer(instance, sent, SETTINGS, PAG_ASA, now=late)
    assert queue.list_page(session, dana, silent, late).rows == (), "the next one has it"


def test_a_mail_that_came_back_is_on_the_board_of_its_desk_alone(instance: Instance) -> None:
    sent, _, delivery = mailed(instance)
    session = instance.session
    assert delivery_states.mark_bounced(session, instance.vault, delivery.id, NOW)
    assert not delivery_states.mark_bounced(session, instance.vault, delivery.id, NOW), (
        "once is enough"
    )
    session.commit()
    for who, failed in (("Bela", [(sent.report_id, "bounced")]), ("Chidi", [])):
        shown = board.build(session, instance.keyring(who).list_desk_ids(session), SETTINGS, NOW)
        assert [(each.report_id, each.problem) for each in shown.failed] == failed
