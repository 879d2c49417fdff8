"""The mailbox: the code opens it, the reporter reads and writes, and a mistake loses nothing."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from reports import codes, mailbox
from reports.db import begin_write
from reports.intake.questions import MESSAGE_LIMIT
from reports.intake.submit import Receipt
from reports.mailbox import NewMessage
from reports.model import Message
from tests.support.cast import Instance
from tests.support.forms import Form, opened, text
from tests.support.web import Clock
from webapp.site.app_services import get_services

ANSWER = "Are they still there?"


def wrong(receipt: Receipt) -> str:
    """A code with the same locator and another secret, its check digit right."""
    secret = str((int(receipt.code.secret) + 1) % 10**codes.SECRET).zfill(codes.SECRET)
    return codes.ReceiptCode(receipt.code.locator, secret).grouped


def nowhere() -> str:
    """A code whose locator does not exist."""
    return codes.ReceiptCode("0000000", "1234567890123456").grouped


def the_desk_answers(instance: Instance, receipt: Receipt) -> None:
    begin_write(instance.session)
    report = instance.report(receipt)
    mailbox.say(instance.act("Bela"), report, NewMessage.from_text("desk", ANSWER, b"1"))
    instance.session.commit()


def test_the_code_opens_the_mailbox_and_says_where_the_report_is(
    client: FlaskClient, receipt: Receipt
) -> None:
    page = text(opened(client, receipt).page)
    assert "A person has not read it yet" in page
    assert receipt.code.grouped not in page
    assert receipt.code.digits not in page


@pytest.mark.parametrize("status", ["received", "in_triage", "ready", "referred", "closed"])
def test_every_status_has_words(
    client: FlaskClient, app_instance: Instance, receipt: Receipt, status: str
) -> None:
    begin_write(app_instance.session)
    app_instance.report(receipt).status = status
    app_instance.session.commit()
    assert "<strong>" in text(opened(client, receipt).page)


@pytest.mark.parametrize("zero", ["٠", "۰", "०", "0"])
def test_a_code_may_be_typed_in_any_digits(
    client: FlaskClient, receipt: Receipt, zero: str
) -> None:
    typed = "".join(chr(ord(zero) + int(digit)) for digit in receipt.code.digits)
    page = Form(client, "/en/6").press("open", c="-".join(re.findall("....", typed)))
    assert "Your mailbox" in text(page)


@pytest.mark.parametrize("typed", ["", "1234", "x" * 300, "abcd", "\u0000", "%00"])
def test_a_typing_mistake_is_found_before_anything_else(
    client: FlaskClient, receipt: Receipt, typed: str
) -> None:
    page = text(Form(client, "/en/6").press("open", c=typed))
    assert "has a typing mistake" in page
    assert "24 digits" in page


def test_one_wrong_digit_is_found_and_the_code_stays_in_the_field(
    client: FlaskClient, receipt: Receipt
) -> None:
    last = (int(receipt.code.digits[-1]) + 1) % 10
    typed = receipt.code.digits[:-1] + str(last)
    page = text(Form(client, "/en/6").press("open", c=typed))
    assert "has a typing mistake" in page
    assert "All 24 digits are there" in page
    assert f'value="{typed}"' in page


def test_the_page_says_how_many_digits_were_found(client: FlaskClient, receipt: Receipt) -> None:
    typed = f"Code: {receipt.code.grouped[:-3]}"
    page = text(Form(client, "/en/6").press("open", c=typed))
    assert "Digits that we found: 21." in page
    assert f'value="{typed}"' in page


def test_a_code_that_was_kept_as_the_receipt_advises_opens_the_mailbox(
    client: FlaskClient, receipt: Receipt
) -> None:
    groups = receipt.code.grouped.split(" ")
    names = ["Anna", "Bruno", "Carlo", "Dora", "Emma", "Fritz"]
    lines = [
        f"{n}. {name} +{group}"
        for n, (name, group) in enumerate(zip(names, groups, strict=True), start=1)
    ]
    assert "Your mailbox" in text(Form(client, "/en/6").press("open", c="\n".join(lines)))


def test_every_wrong_code_gets_the_same_answer(client: FlaskClient, receipt: Receipt) -> None:
    def answer(code: str) -> tuple[int, str]:
        page = Form(client, "/en/6").press("open", c=code)
        return page.status_code, text(page).replace(code, "")

    assert answer(wrong(receipt)) == answer(nowhere())
    assert "No report opens with this code" in answer(nowhere())[1]


def test_the_slow_key_is_derived_whether_the_locator_exists_or_not(
    client: FlaskClient, app: Flask, receipt: Receipt, monkeypatch: pytest.MonkeyPatch
) -> None:
    derived: list[str] = []
    derive = get_services(app).vault.derive_receipt_key
    monkeypatch.setattr(
        get_services(app).vault,
        "derive_receipt_key",
        lambda locator, secret: derived.append(locator) or derive(locator, secret),
    )
    for code in (wrong(receipt), nowhere()):
        Form(client, "/en/6").press("open", c=code)
    assert derived == [receipt.code.locator, "0000000"]


def test_the_sixth_guess_in_a_minute_is_refused_and_others_are_not(
    client: FlaskClient, app_instance: Instance, receipt: Receipt, clock: Clock
) -> None:
    for _ in range(5):
        assert Form(client, "/en/6").press("open", c=wrong(receipt)).status_code == 200
    refused = Form(client, "/en/6").press("open", c=receipt.code.grouped)
    assert refused.status_code == 429
    assert refused.headers["Retry-After"] == "60"
    assert "tried too often" in text(refused)
    opened(client, app_instance.send())
    clock.forward(minutes=1)
    opened(client, receipt)


def test_a_right_code_never_uses_up_the_guesses(client: FlaskClient, receipt: Receipt) -> None:
    for _ in range(8):
        opened(client, receipt)


def test_the_reporter_reads_the_answer_and_writes_again(
    client: FlaskClient, app_instance: Instance, receipt: Receipt
) -> None:
    the_desk_answers(app_instance, receipt)
    form = opened(client, receipt)
    assert ANSWER in text(form.page)
    page = text(form.press("send", m="Yes.\nStill there."))
    assert "We have your message" in page
    assert "Yes.\nStill there." in page
    assert form.page.get_data(as_text=True).count("said own") == 1
    app_instance.session.expire_all()
    assert app_instance.report(receipt).turn == "reporter_wrote"


def test_the_same_message_sent_twice_is_there_once(
    client: FlaskClient, app_instance: Instance, receipt: Receipt
) -> None:
    form = opened(client, receipt)
    before = form.page
    form.press("send", m="Hello")
    form.page = before
    form.press("send", m="Hello")
    by_reporter = select(func.count()).where(Message.author == "reporter")
    assert app_instance.session.scalar(by_reporter) == 1


@pytest.mark.parametrize(
    ("message", "sentence"),
    [
        ("", "There is no message yet"),
        ("x" * (MESSAGE_LIMIT + 1), "5001 characters"),
        ("kitchen \ufffd", "We could not read some letters"),
    ],
)
def test_a_message_that_cannot_be_taken_is_kept_with_a_sentence(
    client: FlaskClient, receipt: Receipt, message: str, sentence: str
) -> None:
    page = text(opened(client, receipt).press("send", m=message))
    assert sentence in page
    assert message in page


def test_looking_for_an_answer_keeps_what_was_typed(
    client: FlaskClient, app_instance: Instance, receipt: Receipt
) -> None:
    form = opened(client, receipt)
    the_desk_answers(app_instance, receipt)
    page = text(form.press("look", m="Half a sen"))
    assert ANSWER in page
    assert "Half a sen" in page


def test_ten_minutes_without_a_click_close_it_and_the_message_is_kept(
    client: FlaskClient, receipt: Receipt, clock: Clock
) -> None:
    form = opened(client, receipt)
    clock.forward(minutes=9)
    form.press("look")
    clock.forward(minutes=11)
    page = text(form.press("send", m="Not lost"))
    assert "We closed the mailbox" in page
    assert "It is not sent yet" in page
    page = text(form.press("open", c=receipt.code.digits, m="Not lost"))
    assert "Your mailbox" in page
    assert "Not lost" in page
    assert "said own" not in page


def test_after_half_an_hour_it_closes_whatever_happens(
    client: FlaskClient, receipt: Receipt, clock: Clock
) -> None:
    form = opened(client, receipt)
    for _ in range(3):
        clock.forward(minutes=9)
        assert "Your mailbox" in text(form.press("look"))
    clock.forward(minutes=9)
    assert "We closed the mailbox" in text(form.press("look"))


def test_leaving_closes_it_at_once(client: FlaskClient, receipt: Receipt) -> None:
    form = opened(client, receipt)
    thread = form.page
    assert "You left the mailbox" in text(form.press("leave"))
    form.page = thread
    assert "We closed the mailbox" in text(form.press("look"))


@pytest.mark.parametrize("token", ["x", "é", "A" * 43, "A" * 5_000])
def test_a_forged_visit_asks_for_the_code_and_keeps_the_message(
    client: FlaskClient, receipt: Receipt, token: str
) -> None:
    page = client.post("/en/6", data={"t": token, "m": "Not lost", "b": "send"})
    assert "We closed the mailbox" in text(page)
    assert "Not lost" in text(page)


def test_the_code_field_asks_for_digits_and_remembers_nothing(client: FlaskClient) -> None:
    page = text(client.get("/en/6"))
    [field] = re.findall(r'<input type="text"[^>]*>', page)
    for attribute in ('inputmode="numeric"', 'autocomplete="off"', 'dir="ltr"'):
        assert attribute in field
