"""The mailbox: the code opens it, both sides write, a visit ends by itself."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select, update

from reports import codes, custody, guess_limit, mailbox, outer_layer
from reports.codes import ReceiptCode
from reports.db import begin_write
from reports.errors import (
    CodeRefused,
    MailboxClosed,
    SealBroken,
    TextEmpty,
    TextTooLong,
    TooManyGuesses,
)
from reports.intake.questions import MESSAGE_LIMIT
from reports.intake.submit import Receipt
from reports.mailbox import NewMessage
from reports.model import Message, ReporterSession
from tests.support.cast import NOW, Instance


def later(minutes: float) -> datetime:
    return NOW + timedelta(minutes=minutes)


def write(instance: Instance, visit: str, text: str, now: datetime = NOW) -> None:
    begin_write(instance.session)
    mailbox.write(instance.session, instance.vault, visit, text, now)
    instance.session.commit()


def answer(instance: Instance, receipt: Receipt, text: str, now: datetime) -> None:
    report = instance.report(receipt)
    begin_write(instance.session)
    message = NewMessage.from_text("desk", text, text.encode())
    mailbox.say(instance.act("Bela", now), report, message)
    instance.session.commit()


def test_both_sides_read_the_thread_in_the_order_it_was_written(instance: Instance) -> None:
    receipt = instance.send()
    answer(instance, receipt, "Is she safe now?", later(3))
    visit = instance.enter(receipt.code, later(5))
    write(instance, visit, "Yes, she is.", later(6))
    opened = mailbox.resume(instance.session, visit, later(7))
    lines = mailbox.read_thread(instance.session, instance.vault, opened.report, opened.private)
    told = [(line.author, line.text) for line in mailbox.filter_written(lines) or ()]
    assert told == [("desk", "Is she safe now?"), ("reporter", "Yes, she is.")]
    by_desk = instance.keyring("Bela").open_case_key(instance.session, opened.report)
    assert len(mailbox.read_thread(instance.session, instance.vault, opened.report, by_desk)) == 3
    assert opened.report.turn == "reporter_wrote"


def test_the_same_message_sent_twice_is_one_message(instance: Instance) -> None:
    receipt = instance.send()
    visit = instance.enter(receipt.code)
    write(instance, visit, "Please read this.")
    write(instance, visit, "Please read this.")
    by_reporter = select(func.count()).where(Message.author == "reporter")
    assert instance.session.scalar(by_reporter) == 1
    acts = [line.act for line in custody.list_lines(instance.session, instance.report(receipt))]
    assert acts == ["received", "reporter_wrote"]


@pytest.mark.parametrize("minutes", [10.1, 25.0])
def test_an_idle_visit_is_over(instance: Instance, minutes: float) -> None:
    visit = instance.enter(instance.send().code)
    with pytest.raises(MailboxClosed):
        mailbox.resume(instance.session, visit, later(minutes))


def test_a_busy_visit_is_over_after_half_an_hour(instance: Instance) -> None:
    visit = instance.enter(instance.send().code)
    for minutes in (8, 16, 24, 30):
        write(instance, visit, f"still here at {minutes}", later(minutes))
    with pytest.raises(MailboxClosed):
        mailbox.resume(instance.session, visit, later(30.1))


def test_an_open_visit_says_neither_whose_it_is_nor_its_minute(instance: Instance) -> None:
    receipt = instance.send()
    visit = instance.enter(receipt.code, later(3))
    row = instance.session.scalars(select(ReporterSession)).one()
    assert row.expires_at == later(20)
    shown = b"".join(value for value in (row.id_hash, row.sealed))
    assert receipt.report_id.bytes not in shown
    begin_write(instance.session)
    assert mailbox.resume(instance.session, visit, later(9)).report.id == receipt.report_id
    instance.session.commit()
    assert row.expires_at == later(20)


def test_leaving_and_purging_end_a_visit_for_good(instance: Instance) -> None:
    receipt = instance.send()
    first, second = instance.enter(receipt.code), instance.enter(receipt.code)
    begin_write(instance.session)
    mailbox.leave(instance.session, first)
    instance.session.commit()
    with pytest.raises(MailboxClosed):
        mailbox.resume(instance.session, first, NOW)
    mailbox.resume(instance.session, second, NOW)
    begin_write(instance.session)
    mailbox.purge(instance.session, later(20.1))
    instance.session.commit()
    assert instance.session.scalar(select(func.count()).select_from(ReporterSession)) == 0


@pytest.mark.parametrize("text", ["", "nothing", "é" * 50, "A" * 43, "A" * 44], ids=repr)
def test_what_is_no_visit_is_refused_by_name(instance: Instance, text: str) -> None:
    with pytest.raises(MailboxClosed):
        mailbox.resume(instance.session, text, NOW)


def test_wrong_codes_are_refused_alike(instance: Instance) -> None:
    known = instance.send().code
    wrong_secret = ReceiptCode(known.locator, "0" * 16)
    unknown = codes.derive_code(b"elsewhere")
    words = set()
    for code in (wrong_secret, unknown):
        with pytest.raises(CodeRefused) as told:
            instance.enter(code)
        instance.session.rollback()
        words.add(str(told.value))
    assert len(words) == 1


def test_two_reports_of_one_locator_open_with_their_own_codes(instance: Instance) -> None:
    first, second = instance.send(), instance.send()
    begin_write(instance.session)
    # As chance would have it once in ten million: the same seven digits for both.
    shared = ReceiptCode(first.code.locator, second.code.secret)
    key = instance.vault.derive_receipt_key(shared.locator, shared.secret)
    report = instance.report(second)
    private = instance.keyring("Bela").open_case_key(instance.session, report)
    from_code = mailbox.wrap(key, private, kind="case key", id=report.id.bytes)
    report.locator = shared.locator
    report.private_by_code = outer_layer.cover(
        instance.vault.outer_keys, report.outer_slot, report.id, from_code, outer_layer.BY_CODE
    )
    instance.session.commit()
    for code, receipt in ((first.code, first), (shared, second)):
        visit = instance.enter(code)
        opened = mailbox.resume(instance.session, visit, NOW)
        assert opened.report.id == receipt.report_id


def guess(instance: Instance, locator: str, now: datetime) -> None:
    begin_write(instance.session)
    guess_limit.count(instance.session, instance.vault, "code", locator, now)
    instance.session.commit()


def test_the_sixth_guess_in_a_minute_is_refused_and_others_are_not(instance: Instance) -> None:
    for _ in range(5):
        guess(instance, "1234567", NOW)
    with pytest.raises(TooManyGuesses):
        guess(instance, "1234567", NOW)
    guess(instance, "7654321", NOW)
    guess(instance, "1234567", later(1))


def test_the_twenty_first_guess_of_a_day_is_refused_until_tomorrow(instance: Instance) -> None:
    for number in range(20):
        guess(instance, "1234567", later(number))
    with pytest.raises(TooManyGuesses):
        guess(instance, "1234567", later(30))
    guess(instance, "1234567", NOW + timedelta(days=1))


def test_no_locator_stands_in_the_table_of_guesses(instance: Instance) -> None:
    guess(instance, "1234567", NOW)
    keys = instance.session.scalars(select(guess_limit.Guess.key)).all()
    assert [b"1234567" in key for key in keys] == [False]
    begin_write(instance.session)
    guess_limit.purge(instance.session, NOW + timedelta(days=2))
    instance.session.commit()
    assert instance.session.scalars(select(guess_limit.Guess.key)).all() == []


def test_empty_and_endless_messages_are_told_apart(instance: Instance) -> None:
    visit = instance.enter(instance.send().code)
    with pytest.raises(TextEmpty):
        write(instance, visit, " \n ")
    with pytest.raises(TextTooLong) as told:
        write(instance, visit, "x" * (MESSAGE_LIMIT + 1))
    assert (told.value.limit, told.value.length) == (MESSAGE_LIMIT, MESSAGE_LIMIT + 1)


def test_a_message_given_another_author_does_not_open(instance: Instance) -> None:
    receipt = instance.send()
    visit = instance.enter(receipt.code)
    write(instance, visit, "I wrote this.")
    begin_write(instance.session)
    instance.session.execute(update(Message).values(author="desk"))
    instance.session.commit()
    instance.session.expire_all()
    opened = mailbox.resume(instance.session, visit, NOW)
    with pytest.raises(SealBroken):
        mailbox.read_thread(instance.session, instance.vault, opened.report, opened.private)


def test_the_desk_answers_at_once_by_a_code_that_each_reader_gets_in_words(
    instance: Instance,
) -> None:
    receipt = instance.send()
    opened = mailbox.resume(instance.session, instance.enter(receipt.code), NOW)
    [line] = mailbox.read_thread(instance.session, instance.vault, opened.report, opened.private)
    assert (line.author, line.text, line.code) == ("desk", "", mailbox.FIRST_ANSWER)
    assert line.at == NOW
    assert mailbox.filter_written([line]) == ()
    assert mailbox.filter_written(None) is None
    [row] = instance.session.scalars(select(Message))
    assert mailbox.FIRST_ANSWER.encode() not in row.sealed
