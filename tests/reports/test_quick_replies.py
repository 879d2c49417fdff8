"""Quick questions: put by the desk, answered by tapping, the last answer counts."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from reports import custody, mailbox, quick_replies
from reports.errors import QuestionRefused
from reports.intake.question import ChoiceField
from reports.intake.questions import FIELDS
from reports.intake.submit import Receipt
from reports.mailbox import OpenMessage
from reports.model import Message
from reports.quick_replies import TappedAnswer
from reports.triage.findings import corrections
from reports.triage.reply import ask, send_standing_message
from tests.support.cast import NOW, Instance


@pytest.fixture
def receipt(instance: Instance) -> Receipt:
    return instance.send()


def put(instance: Instance, receipt: Receipt, *codes: str, once: bytes = b"1") -> None:
    """Bela asks."""
    report = instance.report(receipt)
    ask(instance.act("Bela"), report, codes, once=once)
    instance.session.commit()


def lines(instance: Instance, visit: str) -> list[OpenMessage]:
    opened = mailbox.resume(instance.session, visit, NOW)
    found = mailbox.read_thread(instance.session, instance.vault, opened.report, opened.private)
    return [line for line in found if not line.code]


def tap(
    instance: Instance, visit: str, question_id: UUID | None, value: str, second: int = 1
) -> None:
    """Amina taps."""
    assert question_id is not None
    now = NOW + timedelta(seconds=second)
    quick_replies.answer(
        instance.session, instance.vault, visit, TappedAnswer(question_id, value), now
    )
    instance.session.commit()


def test_the_last_answer_to_a_question_counts(instance: Instance, receipt: Receipt) -> None:
    put(instance, receipt, "ongoing")
    visit = instance.enter(receipt.code)
    [question] = lines(instance, visit)
    assert (question.author, question.question, question.text) == ("desk", "ongoing", "")
    for second, value in enumerate(("yes", "yes", "no", "yes"), start=1):
        tap(instance, visit, question.id, value, second)
    told = lines(instance, visit)
    assert [line.answer for line in told] == ["", "yes", "no", "yes"]
    assert question.id is not None
    assert mailbox.find_answers(told)[question.id].answer == "yes"
    report = instance.report(receipt)
    assert (report.turn, report.urgency) == ("reporter_wrote", 1)
    acts = [line.act for line in custody.list_lines(instance.session, report)]
    assert acts == ["received", "asked", *["reporter_wrote"] * 3]


def test_a_yes_to_danger_lifts_the_report_at_once(instance: Instance, receipt: Receipt) -> None:
    put(instance, receipt, "danger")
    visit = instance.enter(receipt.code)
    tap(instance, visit, lines(instance, visit)[0].id, "yes")
    assert instance.report(receipt).urgency == 3


def test_sending_the_same_form_twice_asks_once(instance: Instance, receipt: Receipt) -> None:
    put(instance, receipt, "danger", "help")
    put(instance, receipt, "danger", "help")
    assert len(lines(instance, instance.enter(receipt.code))) == 2


@pytest.mark.parametrize("codes", [(), ("nothing",), ("danger", "x")])
def test_what_is_no_question_is_not_asked(
    instance: Instance, receipt: Receipt, codes: tuple[str, ...]
) -> None:
    with pytest.raises(QuestionRefused):
        put(instance, receipt, *codes)


def test_only_what_was_asked_here_can_be_answered(instance: Instance, receipt: Receipt) -> None:
    other = instance.send()
    put(instance, other, "danger")
    put(instance, receipt, "help")
    elsewhere = lines(instance, instance.enter(other.code))[0].id
    visit = instance.enter(receipt.code)
    here = lines(instance, visit)[0].id
    for id, value in ((elsewhere, "yes"), (uuid4(), "yes"), (here, "accepted"), (here, "")):
        with pytest.raises(QuestionRefused):
            tap(instance, visit, id, value)
        instance.session.rollback()


def test_an_answer_shows_no_code_in_its_row(instance: Instance, receipt: Receipt) -> None:
    put(instance, receipt, "police")
    visit = instance.enter(receipt.code)
    tap(instance, visit, lines(instance, visit)[0].id, "refused")
    for row in instance.session.scalars(select(Message)):
        assert b"police" not in row.sealed
        assert b"refused" not in row.sealed


def test_a_standing_answer_is_a_code_and_no_text(instance: Instance, receipt: Receipt) -> None:
    report = instance.report(receipt)
    for code in quick_replies.ANSWERS:
        send_standing_message(instance.act("Bela"), report, code, once=b"1")
    with pytest.raises(QuestionRefused):
        send_standing_message(instance.act("Bela"), report, "x", once=b"1")
    instance.session.commit()
    opened = mailbox.resume(instance.session, instance.enter(receipt.code), NOW)
    found = mailbox.read_thread(instance.session, instance.vault, opened.report, opened.private)
    assert {line.code for line in found} == {mailbox.FIRST_ANSWER, *quick_replies.ANSWERS}
    assert mailbox.filter_written(found) == ()


def test_an_answer_can_become_a_fact() -> None:
    for question in quick_replies.QUESTIONS.values():
        field = FIELDS.get(question.field)
        if question.field:
            assert isinstance(field, ChoiceField)
            assert set(question.answers) <= set(field.values)
            assert set(question.answers) <= set(corrections.list_allowed()[question.field])
