"""Trouble in the mailbox: a database that fails, a busy machine, a damaged message."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, func, select
from sqlalchemy.exc import OperationalError
from werkzeug.test import TestResponse

from reports import mailbox
from reports.db import begin_write
from reports.errors import Busy
from reports.intake.submit import Receipt
from reports.mailbox import NewMessage
from reports.model import Message, Report
from tests.support.cast import Instance
from tests.support.forms import carried, opened, text
from webapp.site.app_services import get_services


def fail(app: Flask, failing: bool) -> None:
    change = event.listen if failing else event.remove
    change(get_services(app).engine, "before_cursor_execute", refuse)


def refuse(*_: object) -> None:
    raise OperationalError("refused", {}, Exception("disk full"))


def test_a_database_that_fails_keeps_code_and_message(
    client: FlaskClient, app: Flask, receipt: Receipt
) -> None:
    form = opened(client, receipt)
    visit = carried(form.page)["t"]
    fail(app, True)
    page = form.press("send", m="Not lost")
    assert page.status_code == 503
    assert page.headers["Retry-After"]
    assert carried(page)["t"] == visit
    assert "Not lost" in text(page)
    asked = client.post("/en/6", data={"c": receipt.code.digits})
    assert asked.status_code == 503
    assert receipt.code.digits in text(asked)
    assert all('href="tel:112"' in text(each) for each in (page, asked))
    fail(app, False)
    assert "We have your message" in text(form.press("send", m="Not lost"))


def test_a_busy_machine_counts_no_guess(
    client: FlaskClient, app: Flask, receipt: Receipt, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*_: object) -> bytes:
        raise Busy("every slot is taken")

    with monkeypatch.context() as patch:
        patch.setattr(get_services(app).vault, "derive_receipt_key", busy)
        for _ in range(7):
            page: TestResponse = client.post("/en/6", data={"c": receipt.code.digits})
            assert page.status_code == 503
    opened(client, receipt)


def test_a_damaged_message_is_said_openly_and_the_rest_works(
    client: FlaskClient, app_instance: Instance, receipt: Receipt
) -> None:
    begin_write(app_instance.session)
    report = app_instance.report(receipt)
    mailbox.say(app_instance.act("Bela"), report, NewMessage.from_text("desk", "Hello?", b"1"))
    app_instance.session.flush()
    message = app_instance.session.scalars(select(Message)).first()
    assert message is not None
    message.sealed = message.sealed[:-1] + bytes([message.sealed[-1] ^ 1])
    app_instance.session.commit()
    form = opened(client, receipt)
    assert "We cannot show the messages" in text(form.page)
    assert "We have your message" in text(form.press("send", m="Hello"))
    assert app_instance.session.scalar(select(func.count()).select_from(Report)) == 1
