"""Quick questions in the mailbox: answered with one press, without script, in any language."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from reports import quick_replies
from reports.db import begin_write
from reports.intake.submit import Receipt
from reports.model import Report
from reports.triage.reply import ask, reply, send_standing_message
from tests.support.cast import Instance
from tests.support.forms import opened, text
from webapp.wording import canned_replies as words

_TAP = re.compile(r'name="a" value="([0-9a-f]{32}\.\w+)"')


def the_desk_asks(instance: Instance, receipt: Receipt, *codes: str) -> None:
    begin_write(instance.session)
    report = instance.report(receipt)
    ask(instance.act("Bela"), report, codes, once=b"1")
    instance.session.commit()


def taps(page: str, value: str) -> list[str]:
    """What the page's buttons of this answer send."""
    return [found for found in _TAP.findall(page) if found.endswith(f".{value}")]


def test_one_press_answers_and_can_be_changed(
    client: FlaskClient, app_instance: Instance, receipt: Receipt
) -> None:
    the_desk_asks(app_instance, receipt, "ongoing")
    form = opened(client, receipt)
    assert "Does it still happen?" in text(form.page)
    [yes], [no] = (taps(form.page.text, value) for value in ("yes", "no"))
    page = text(form.press("", a=yes, m="Typed and not sent."))
    assert "Thank you. We have your answer." in page
    assert "You said: Yes" in page
    assert "Typed and not sent." in page
    assert "You said: No" in text(form.press("", a=no))
    assert "You said: No" in text(opened(client, receipt).page)


def test_a_yes_to_danger_shows_whom_to_call_and_rings_at_the_desk(
    client: FlaskClient, app_instance: Instance, receipt: Receipt
) -> None:
    the_desk_asks(app_instance, receipt, "danger")
    form = opened(client, receipt)
    page = form.press("", a=taps(form.page.text, "yes")[0])
    alert = page.text.partition('role="alert"')[2].partition('<article class="said')[0]
    assert "112" in alert
    app_instance.session.expire_all()
    report = app_instance.session.get_one(Report, receipt.report_id)
    assert (report.urgency, report.turn) == (3, "danger")


@pytest.mark.parametrize("tap", ["x", "0" * 32 + ".yes", ".", "\ufffd.yes", "%s.accepted"])
def test_what_was_not_asked_is_not_answered(
    client: FlaskClient, app_instance: Instance, receipt: Receipt, tap: str
) -> None:
    the_desk_asks(app_instance, receipt, "help")
    form = opened(client, receipt)
    real = taps(form.page.text, "yes")[0].partition(".")[0]
    page = text(form.press("", a=tap.replace("%s", real), m="Still here."))
    assert "We could not keep your answer." in page
    assert "Still here." in page


def test_a_standing_answer_is_read_in_the_language_of_the_page(
    client: FlaskClient, app_instance: Instance, receipt: Receipt
) -> None:
    begin_write(app_instance.session)
    session, report = app_instance.session, app_instance.report(receipt)
    send_standing_message(app_instance.act("Bela"), report, "stay_safe", once=b"1")
    reply(app_instance.act("Bela"), report, "Guten Tag", once=b"2", language="de")
    session.commit()
    page = opened(client, receipt).page
    assert "Your safety comes first." in text(page)
    assert 'lang="de">Guten Tag</p>' in page.text
    assert "This answer is in another language:" in text(page)


def test_everything_the_desk_can_ask_or_say_has_words() -> None:
    assert set(words.STANDING) == set(quick_replies.ANSWERS)
    assert set(words.QUESTIONS) == set(quick_replies.QUESTIONS)
    for question in quick_replies.QUESTIONS.values():
        for answer in question.answers:
            assert words.find_answer(question.code, answer) is not answer
