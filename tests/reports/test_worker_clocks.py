"""A wrong clock erases nothing: ahead, behind, a worker that stood still, two of them, a stop."""

from __future__ import annotations

import logging
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select, update

from reports import custody, notices, withdraw
from reports.clock_record import CALM, HOLD, JUMP
from reports.db import begin_write
from reports.intake.submit import Receipt
from reports.model import Delivery, Draft, Referral
from reports.triage import status
from tests.support.cast import NOW, Instance
from tests.support.clocks import Machine, list_reports, read_record
from tests.support.mail import MailServer
from tests.support.office import PAYOKE, Office, refer

YEAR = timedelta(days=365)
HOUR = timedelta(hours=1)
RIGHT_DAY = (NOW + timedelta(days=90)).date()


@pytest.fixture
def machine(instance: Instance, engine: Engine, tmp_path: Path) -> Machine:
    return Machine(engine, instance.vault, tmp_path / "var")


def close(instance: Instance, receipt: Receipt, machine: Machine) -> None:
    begin_write(instance.session)
    act = instance.act("Bela", machine.wall)
    status.close(act, instance.report(receipt), "done")
    instance.session.commit()


def closed(instance: Instance, machine: Machine) -> Receipt:
    receipt = instance.send(machine.wall)
    close(instance, receipt, machine)
    return receipt


def days(instance: Instance, receipt: Receipt) -> tuple[date, date, date | None]:
    instance.session.expire_all()
    report = instance.report(receipt)
    told = report.received_day, report.updated_day, report.retention_day
    instance.session.rollback()
    return told


@pytest.mark.parametrize("running", [True, False], ids=["while it runs", "at its start"])
def test_a_year_ahead_erases_nothing_for_a_day_and_nothing_once_the_clock_is_right(
    instance: Instance, machine: Machine, running: bool
) -> None:
    receipt = closed(instance, machine)
    worker = machine.start()
    machine.set_clock(YEAR)
    worker = worker if running else machine.start()
    machine.run(worker, hours=23)
    assert read_record(instance).doubt == "ahead"
    assert list_reports(instance) == {receipt.report_id}
    machine.set_clock(-YEAR)
    machine.run(worker, hours=48)
    assert (read_record(instance).doubt, read_record(instance).parted) == (None, False)
    assert list_reports(instance) == {receipt.report_id}
    machine.run(worker, days=90)
    assert list_reports(instance) == set()


def test_a_clock_that_stays_ahead_is_believed_after_a_day(
    instance: Instance, machine: Machine
) -> None:
    closed(instance, machine)
    machine.start()
    machine.set_clock(YEAR)
    worker = machine.start()
    machine.run(worker, hours=23, minutes=59)
    assert list_reports(instance) != set()
    machine.run(worker, minutes=1)
    assert list_reports(instance) == set()
    assert read_record(instance).doubt is None
    assert custody.verify(instance.session, instance.vault)


@pytest.mark.parametrize("running", [True, False], ids=["while it runs", "at its start"])
def test_a_year_behind_erases_nothing_and_gives_no_report_a_wrong_day(
    instance: Instance, machine: Machine, running: bool
) -> None:
    worker = machine.start()
    machine.set_clock(-YEAR)
    worker = worker if running else machine.start()
    machine.run(worker, hours=1)
    receipt = closed(instance, machine)
    assert days(instance, receipt) == (NOW.date(), NOW.date(), RIGHT_DAY)
    machine.run(worker, days=5)
    assert read_record(instance).doubt == "behind"
    machine.set_clock(YEAR)
    machine.run(worker, days=80)
    assert read_record(instance).doubt is None
    assert list_reports(instance) == {receipt.report_id}
    machine.run(worker, days=8)
    assert list_reports(instance) == set()


def test_days_that_a_clock_ahead_gave_are_brought_back(
    instance: Instance, machine: Machine
) -> None:
    machine.start()
    machine.set_clock(YEAR)
    worker = machine.start()
    receipt = closed(instance, machine)
    machine.set_clock(-YEAR)
    machine.run(worker, hours=12)
    today = machine.wall.date()
    assert days(instance, receipt) == (today, today, today + timedelta(days=90))


def test_without_any_record_the_reports_tell_that_the_clock_is_wrong(
    instance: Instance, machine: Machine
) -> None:
    receipt = closed(instance, machine)
    machine.set_clock(YEAR)
    machine.start()
    assert read_record(instance).doubt == "ahead"
    assert list_reports(instance) == {receipt.report_id}


@pytest.mark.parametrize("same", [True, False], ids=["the same worker", "another worker"])
def test_after_a_week_without_a_turn_what_is_due_waits_for_a_day(
    instance: Instance, machine: Machine, same: bool
) -> None:
    receipt = closed(instance, machine)
    worker = machine.start()
    machine.run(worker, days=88)
    machine.pass_by(timedelta(days=7))
    worker = worker if same else machine.start()
    worker.purge()
    machine.run(worker, hours=23)
    assert list_reports(instance) == {receipt.report_id}
    machine.run(worker, hours=1)
    assert list_reports(instance) == set()


def test_after_a_day_without_a_turn_nothing_waits(instance: Instance, machine: Machine) -> None:
    closed(instance, machine)
    machine.run(machine.start(), days=90)
    machine.pass_by(JUMP - HOUR)
    machine.start()
    assert list_reports(instance) == set()


def test_the_wait_passes_from_worker_to_worker_and_is_counted_once(
    instance: Instance, machine: Machine
) -> None:
    receipt = closed(instance, machine)
    machine.start()
    machine.set_clock(YEAR)
    first, second = machine.start(), machine.start()
    for turn in (second, first, second):
        machine.pass_by(4 * HOUR)
        turn.purge()
        first.purge()
    # The second one's first turn knows nothing of the time before.
    assert read_record(instance).waited == (8 * HOUR).total_seconds()
    for worker in (first, second):
        worker.stop()
    # While nobody looks, nobody knows how even the clock runs.
    machine.pass_by(20 * HOUR)
    third = machine.start()
    machine.run(third, hours=15)
    assert list_reports(instance) == {receipt.report_id}
    machine.run(third, hours=1)
    assert list_reports(instance) == set()


def test_each_jump_begins_the_wait_anew(instance: Instance, machine: Machine) -> None:
    receipt = closed(instance, machine)
    worker = machine.start()
    machine.set_clock(YEAR)
    machine.run(worker, hours=20)
    machine.set_clock(timedelta(hours=5))
    machine.run(worker, hours=20)
    assert list_reports(instance) == {receipt.report_id}
    assert read_record(instance).waited < HOLD.total_seconds()


def pass_on(instance: Instance, machine: Machine) -> None:
    """A report is referred, and has reached its contact point."""
    Office(PAYOKE).confirm(instance)
    refer(instance, instance.send(), machine.settings(), PAYOKE)
    begin_write(instance.session)
    instance.session.execute(update(Delivery).values(state="sent", next_at=None))
    instance.session.commit()


def count_steps(instance: Instance) -> int:
    """How many steps were taken for the referral that nobody answered."""
    taken = instance.session.scalars(select(Referral.chased)).one()
    instance.session.rollback()
    return taken


def test_a_jump_stops_reminding_and_calling_for_a_while_and_says_so_once(
    instance: Instance, machine: Machine, mail_server: MailServer, caplog: pytest.LogCaptureFixture
) -> None:
    pass_on(instance, machine)
    begin_write(instance.session)
    bela = instance.session.merge(instance.keyring("Bela").staff)
    notices.set_address(instance.session, instance.vault, bela, "bela@office.test", NOW)
    instance.session.commit()
    instance.send(danger="yes")
    worker = machine.start(WAYSIDE_SMTP_URL=mail_server.url)
    with caplog.at_level(logging.INFO, "wayside.worker"):
        machine.set_clock(YEAR)
        for _ in range(2):
            worker.chase()
            worker.notify()
    assert mail_server.mails == []
    told = [record.getMessage() for record in caplog.records if record.name == "wayside.worker"]
    assert told == ["event=clock outcome=parted"]
    worker.purge()
    machine.run(worker, seconds=CALM.total_seconds())
    worker.notify()
    assert mail_server.wait_for(1)
    worker.chase()
    assert count_steps(instance) == 0
    machine.set_clock(-YEAR)
    machine.run(worker, days=20)
    worker.chase()
    assert count_steps(instance) == 1


def test_a_time_to_answer_that_a_clock_ahead_set_is_set_anew(
    instance: Instance, machine: Machine
) -> None:
    pass_on(instance, machine)
    begin_write(instance.session)
    instance.session.execute(update(Referral).values(answer_due=NOW + YEAR))
    instance.session.commit()
    worker = machine.start()
    worker.chase()
    machine.run(worker, days=7)
    worker.chase()
    assert count_steps(instance) == 1


def test_delivery_goes_on_whatever_the_clock_says(instance: Instance, machine: Machine) -> None:
    Office(PAYOKE).confirm(instance)
    receipt = instance.send()
    worker = machine.start()
    machine.set_clock(-YEAR)
    [delivery_id] = refer(instance, receipt, machine.settings(), PAYOKE)
    instance.session.rollback()
    worker.deliver()
    instance.session.expire_all()
    assert instance.session.get_one(Delivery, delivery_id).state == "folder"


def test_what_was_promised_to_reporters_does_not_wait(instance: Instance, machine: Machine) -> None:
    receipt = instance.send()
    machine.start()
    machine.set_clock(YEAR)
    session = instance.session
    begin_write(session)
    session.add(Draft(id_hash=b"x", sealed=b"", units=1, begun_minute=0, expires_at=machine.wall))
    session.commit()
    machine.start()
    assert session.get(Draft, b"x", populate_existing=True) is None
    session.rollback()
    visit = instance.enter(receipt.code, machine.wall)
    begin_write(session)
    withdraw.withdraw(session, instance.vault, visit, machine.wall)
    session.commit()
    assert list_reports(instance) == set()
