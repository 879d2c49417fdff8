"""Withdrawing: one reporter's report is gone from every table, and nothing else is."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Engine, select

from reports import custody, mailbox, withdraw
from reports.db import begin_write, make_session_factory
from reports.delivery import outbox
from reports.errors import CodeRefused, LeaseLost, MailboxClosed, NoSuchReport
from reports.intake.submit import Receipt
from reports.model import Delivery, Organisation, Report
from reports.settings import Settings
from reports.triage import notes
from reports.triage.queue import queue
from tests.support.cast import NOW, Instance
from tests.support.office import PAG_ASA, PAYOKE, Office, refer
from tests.support.rows import places_of

SETTINGS = Settings.from_environ({})


def erase(instance: Instance, visit: str) -> None:
    begin_write(instance.session)
    withdraw.withdraw(instance.session, instance.vault, visit, NOW)
    instance.session.commit()
    instance.session.expunge_all()


def full_report(instance: Instance) -> Receipt:
    """A report with messages, a note, one mail that has left and one that waits."""
    receipt = instance.send()
    session, bela = instance.session, instance.keyring("Bela").staff.id
    for contact_id in (PAYOKE, PAG_ASA):
        Office(contact_id).confirm(instance)
    visit = instance.enter(receipt.code)
    begin_write(session)
    mailbox.write(session, instance.vault, visit, "One more thing.", NOW)
    notes.add(instance.act("Bela"), instance.report(receipt), "Called.")
    session.commit()
    refer(instance, receipt, SETTINGS, PAYOKE, PAG_ASA)
    begin_write(session)
    [claim] = outbox.claim(session, NOW, bela, lease=timedelta(minutes=5), limit=1)
    outbox.settle(session, instance.vault, claim, NOW, "sent")
    session.commit()
    return receipt


def test_nothing_of_a_withdrawn_report_is_left_but_one_line(instance: Instance) -> None:
    receipt, kept = full_report(instance), instance.send()
    before = places_of(instance.session, kept.report_id)
    erase(instance, instance.enter(receipt.code))
    # The second until the store of files has a record that it was erased.
    left = {"custody_line.detail", "erased_report.id"}
    assert places_of(instance.session, receipt.report_id) == left
    assert places_of(instance.session, kept.report_id) == before
    assert instance.session.scalars(select(Delivery.id)).all() == []
    last = custody.list_lines(instance.session, instance.session.get_one(Organisation, 1))[-1]
    assert (last.act, last.at, last.staff_id) == ("withdrawn", None, None)
    assert custody.verify(instance.session, instance.vault)


def test_the_code_and_every_visit_open_nothing_any_more(instance: Instance) -> None:
    receipt = instance.send()
    first, second = instance.enter(receipt.code), instance.enter(receipt.code)
    erase(instance, first)
    for visit in (first, second):
        with pytest.raises(MailboxClosed):
            mailbox.resume(instance.session, visit, NOW)
        with pytest.raises(MailboxClosed):
            erase(instance, visit)
        instance.session.rollback()
    with pytest.raises(CodeRefused):
        instance.enter(receipt.code)
    instance.session.rollback()
    with pytest.raises(NoSuchReport):
        queue.find(instance.session, instance.keyring("Bela"), receipt.report_id)


@pytest.mark.parametrize("status", ["received", "closed"])
def test_it_can_be_done_at_any_time(instance: Instance, status: str) -> None:
    receipt = instance.send()
    instance.report(receipt).status = status
    instance.session.commit()
    erase(instance, instance.enter(receipt.code))
    assert instance.session.scalars(select(Report.id)).all() == []


def test_whether_something_has_left_is_known_before(instance: Instance) -> None:
    receipt = instance.send()
    assert not withdraw.has_left(instance.session, instance.report(receipt))
    Office(PAYOKE).confirm(instance)
    refer(instance, receipt, SETTINGS, PAYOKE)
    assert not withdraw.has_left(instance.session, instance.report(receipt))
    begin_write(instance.session)
    outbox.claim(instance.session, NOW, receipt.report_id, lease=timedelta(minutes=5))
    instance.session.commit()
    assert withdraw.has_left(instance.session, instance.report(receipt))


def test_a_worker_that_carries_one_of_its_mails_settles_nothing(instance: Instance) -> None:
    receipt = instance.send()
    Office(PAYOKE).confirm(instance)
    refer(instance, receipt, SETTINGS, PAYOKE)
    begin_write(instance.session)
    [claim] = outbox.claim(instance.session, NOW, receipt.report_id, lease=timedelta(minutes=5))
    instance.session.commit()
    erase(instance, instance.enter(receipt.code))
    begin_write(instance.session)
    with pytest.raises(LeaseLost):
        outbox.settle(instance.session, instance.vault, claim, NOW, "sent")


def test_withdrawing_in_one_transaction_or_not_at_all(instance: Instance, engine: Engine) -> None:
    receipt = instance.send()
    visit = instance.enter(receipt.code)
    with make_session_factory(engine)() as session:
        begin_write(session)
        withdraw.withdraw(session, instance.vault, visit, NOW)
        session.rollback()
    assert mailbox.resume(instance.session, visit, NOW).report.id == receipt.report_id
