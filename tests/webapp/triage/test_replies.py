"""Answering the reporter: in free words of a language, in ready words, by questions to tap."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from reports import mailbox, quick_replies
from reports.db import begin_write
from reports.intake.submit import Receipt
from reports.quick_replies import TappedAnswer
from tests.support.cast import NOW, Instance
from tests.support.desk import Browser

Browsers = Callable[[], Browser]


def tap(instance: Instance, receipt: Receipt, value: str) -> None:
    """Amina answers the one question in her mailbox."""
    visit = instance.enter(receipt.code)
    session, vault = instance.session, instance.vault
    session.expire_all()
    begin_write(session)
    opened = mailbox.resume(session, visit, NOW)
    lines = mailbox.read_thread(session, vault, opened.report, opened.private)
    [question] = [line for line in lines if line.question]
    assert question.id is not None
    quick_replies.answer(
        session, vault, visit, TappedAnswer(question.id, value), NOW + timedelta(minutes=1)
    )
    session.commit()


def test_a_tapped_answer_is_taken_over_into_the_facts(
    app_instance: Instance, browser: Browsers
) -> None:
    receipt = app_instance.send()
    bela = browser().at_desk("Bela")
    bela.open(receipt.report_id)
    place = f"/desk/reports/{receipt.report_id}"
    assert bela.post(f"{place}/ask", code="country", once="1").status_code == 303
    assert "Not answered yet." in bela.get(place).text
    tap(app_instance, receipt, "LU")
    page = bela.open(receipt.report_id).text
    assert "<strong>Luxembourg</strong>" in page
    assert "Take this over into the facts" in page
    assert bela.post(f"{place}/correct", country="LU").status_code == 303
    page = bela.get(place).text
    assert "<strong>Luxembourg</strong> <s>Belgium</s>" in page
    assert "Take this over into the facts" not in page


def test_ready_words_and_own_words_reach_the_mailbox(
    app_instance: Instance, browser: Browsers
) -> None:
    receipt = app_instance.send(language="ar")
    bela = browser().at_desk("Bela")
    page = bela.open(receipt.report_id).text
    assert '<bdi lang="ar">العربية</bdi>' in page
    place = f"/desk/reports/{receipt.report_id}"
    for _ in range(2):
        assert bela.post(f"{place}/standing", code="stay_safe", once="1").status_code == 303
    assert bela.post(f"{place}/reply", text="Hello", language="en", once="2").status_code == 303
    assert bela.post(f"{place}/reply", text="Hi", language="<b>", once="3").status_code == 303
    session = app_instance.session
    session.expire_all()
    visit = mailbox.resume(session, app_instance.enter(receipt.code), NOW)
    lines = mailbox.read_thread(session, app_instance.vault, visit.report, visit.private)
    told = sorted((line.code, line.text, line.language) for line in lines)
    assert told == [
        ("", "Hello", "en"),
        ("", "Hi", ""),
        ("first_answer", "", ""),
        ("stay_safe", "", ""),
    ]


@pytest.mark.parametrize(("act", "code"), [("ask", "x"), ("ask", ""), ("standing", "x")])
def test_nothing_to_put_there_is_said(
    app_instance: Instance, browser: Browsers, act: str, code: str
) -> None:
    receipt = app_instance.send()
    bela = browser().at_desk("Bela")
    bela.open(receipt.report_id)
    answer = bela.post(f"/desk/reports/{receipt.report_id}/{act}", code=code, once="1")
    assert answer.status_code == 422
    assert "Choose what to put into the mailbox." in answer.text
