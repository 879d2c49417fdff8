"""Doubt: programs and floods go below the rest, people stay on top, and nobody is refused."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, func, select

from reports import custody
from reports.db import begin_write, make_session_factory
from reports.intake import proof_of_work, spam_check, token
from reports.intake.spam_check import Circumstances
from reports.intake.submit import CompletedForm, Receipt, submit
from reports.intake.token import Token
from reports.model import IntakeHour, Report
from reports.triage import report_reader
from reports.triage.queue import queue
from reports.triage.queue.queue import Filters, QueueSlice
from tests.support.cast import NOW, Instance

FLOOD = 600
"""More pages of the queue than anybody turns; ten thousand make the same picture."""


def form_of(instance: Instance, age: timedelta = timedelta(minutes=1)) -> Token:
    return token.read(instance.vault, token.issue(instance.vault, NOW - age), NOW)


def ask(
    instance: Instance,
    now: datetime = NOW,
    *,
    age: timedelta = timedelta(minutes=1),
    trapped: bool = False,
    worked: bool = False,
) -> bool:
    begin_write(instance.session)
    form = form_of(instance, age)
    form = Token(form.secret, now - age)
    doubtful = spam_check.is_doubtful(
        instance.session, instance.vault, form, Circumstances(trapped=trapped, worked=worked), now
    )
    instance.session.commit()
    return doubtful


def fill_the_hour(instance: Instance) -> None:
    assert [ask(instance) for _ in range(spam_check.AN_HOUR)] == [False] * spam_check.AN_HOUR
    assert ask(instance)


def flood(instance: Instance, count: int, danger: str) -> None:
    """So many reports of one hour, by a program that waits as long as people do."""
    begin_write(instance.session)
    told = {"country": "BE", "danger": danger, "story": "junk"}
    for _ in range(count):
        form = form_of(instance)
        submit(instance.session, instance.vault, form, CompletedForm(told, b"k" * 32, "nl"), NOW)
    instance.session.commit()


def shown(instance: Instance, filters: Filters | None = None) -> list[Report]:
    keyring = instance.keyring("Bela")
    found = queue.list_page(
        instance.session, keyring, QueueSlice(filters or Filters(), size=10_000), NOW
    )
    return [row.report for row in found.rows]


@pytest.mark.parametrize(
    ("seconds", "doubtful"), [(0, True), (4.9, True), (5, False), (9e4, False)]
)
def test_a_form_sent_faster_than_anyone_reads_is_in_doubt(
    instance: Instance, seconds: float, doubtful: bool
) -> None:
    form = Token(b"s" * 32, NOW - timedelta(seconds=seconds))
    begin_write(instance.session)
    assert doubtful == spam_check.is_doubtful(
        instance.session, instance.vault, form, Circumstances(), NOW
    )


def test_a_field_that_nobody_sees_tells_a_program(instance: Instance) -> None:
    assert ask(instance, trapped=True)
    assert ask(instance, trapped=True, worked=True)


def test_above_the_limit_of_an_hour_reports_are_in_doubt_until_the_next(instance: Instance) -> None:
    fill_the_hour(instance)
    assert not ask(instance, NOW + timedelta(hours=1))


def test_proof_of_work_neither_counts_nor_suffers(instance: Instance) -> None:
    for _ in range(spam_check.AN_HOUR + 1):
        assert not ask(instance, worked=True)
    fill_the_hour(instance)
    assert not ask(instance, worked=True)


def test_a_simple_program_does_not_use_up_the_limit(instance: Instance) -> None:
    for _ in range(spam_check.AN_HOUR + 1):
        ask(instance, trapped=True)
        ask(instance, age=timedelta(seconds=1))
    fill_the_hour(instance)


def test_processes_count_together_and_miss_none(instance: Instance, engine: Engine) -> None:
    found: list[bool] = []
    start = threading.Barrier(4)

    def send() -> None:
        start.wait()
        for _ in range(20):
            with make_session_factory(engine)() as session:
                begin_write(session)
                form = Token(b"s" * 32, NOW - timedelta(minutes=1))
                found.append(
                    spam_check.is_doubtful(session, instance.vault, form, Circumstances(), NOW)
                )
                session.commit()

    senders = [threading.Thread(target=send) for _ in range(4)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    assert found.count(False) == spam_check.AN_HOUR
    assert len(found) == 80


def test_the_count_names_no_hour_and_is_forgotten_with_it(instance: Instance) -> None:
    ask(instance)
    [key] = instance.session.scalars(select(IntakeHour.key)).all()
    assert str(int(NOW.timestamp()) // 3600).encode() not in key
    for now, rows in ((NOW, 1), (NOW + timedelta(hours=1), 0)):
        begin_write(instance.session)
        spam_check.purge(instance.session, instance.vault, now)
        instance.session.commit()
        assert len(instance.session.scalars(select(IntakeHour.key)).all()) == rows


def test_a_flood_keeps_no_real_report_from_the_top_and_locks_nobody_out(
    instance: Instance,
) -> None:
    before = instance.send(danger="yes")
    flood(instance, FLOOD, "no")
    within, worked = instance.send(danger="yes"), instance.send(danger="yes", worked=True)
    reports = shown(instance)
    assert len(reports) == FLOOD + 3
    top = {report.id for report in reports[:2]}
    assert top == {before.report_id, worked.report_id}
    others = [report for report in reports if not report.unverified]
    assert len(others) == spam_check.AN_HOUR + 1
    assert reports[: len(others)] == others
    assert reports[len(others)].id == within.report_id
    for receipt in (before, within, worked):
        assert instance.enter(receipt.code)
    assert instance.sign_in("Bela")


def test_a_flood_of_the_most_urgent_fills_one_page_of_an_hour_at_most(instance: Instance) -> None:
    flood(instance, spam_check.AN_HOUR * 3, "yes")
    worked = instance.send(danger="yes", worked=True)
    place = [report.id for report in shown(instance)].index(worked.report_id)
    assert place <= spam_check.AN_HOUR


def test_staff_verify_one_and_it_stands_among_the_others(instance: Instance) -> None:
    plain = instance.send()
    doubtful = instance.report(instance.send(danger="yes", trapped=True))
    assert [report.id for report in shown(instance)] == [plain.report_id, doubtful.id]
    bela = instance.keyring("Bela").staff.id
    for _ in range(2):
        begin_write(instance.session)
        report_reader.verify(instance.act("Bela"), doubtful)
        instance.session.commit()
    assert [report.id for report in shown(instance)] == [doubtful.id, plain.report_id]
    lines = custody.list_lines(instance.session, doubtful)
    assert [(line.act, line.staff_id) for line in lines[1:]] == [("verified", bela)]


def test_the_queue_can_be_asked_for_either(instance: Instance) -> None:
    plain, doubtful = instance.send(), instance.send(trapped=True)
    for unverified, receipt in ((False, plain), (True, doubtful)):
        [found] = shown(instance, Filters(unverified=unverified))
        assert found.id == receipt.report_id


def test_the_pages_of_a_queue_with_doubtful_ones_give_each_once(instance: Instance) -> None:
    sent: set[object] = set()
    for trapped in (True, False):
        for danger in ("yes", "no"):
            sent |= {instance.send(danger=danger, trapped=trapped).report_id for _ in range(2)}
    keyring, found, after = instance.keyring("Bela"), list[object](), None
    while True:
        page = queue.list_page(instance.session, keyring, QueueSlice(Filters(), after, size=3), NOW)
        found += [row.report.id for row in page.rows]
        if page.following is None:
            break
        after = page.following
    assert found == [report.id for report in shown(instance)]
    assert set(found) == sent
    assert len(found) == len(sent)


def test_whatever_is_in_doubt_gets_a_receipt_like_any_other(instance: Instance) -> None:
    kinds: list[Receipt] = [instance.send(), instance.send(trapped=True)]
    assert [receipt.repeated for receipt in kinds] == [False, False]
    assert instance.session.scalar(select(func.count()).select_from(Report)) == 2


def test_a_number_that_was_looked_for_holds_for_its_form_alone() -> None:
    number = next(str(n) for n in range(100_000) if proof_of_work.is_valid("a form", str(n)))
    assert proof_of_work.is_valid("a form", number)
    others = sum(proof_of_work.is_valid(f"form {n}", number) for n in range(50))
    assert others < 10


@given(st.text(max_size=20))
def test_any_text_is_a_proof_or_none(number: str) -> None:
    assert proof_of_work.is_valid("\udcff form", number) in (True, False)
    if not number.isdigit():
        assert not proof_of_work.is_valid("form", number)
