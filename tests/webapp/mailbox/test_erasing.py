"""Withdrawing in the mailbox: said before, asked twice, and done for good."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from reports.db import begin_write
from reports.delivery import outbox
from reports.intake.submit import Receipt
from reports.model import Report
from reports.settings import Settings
from tests.support.cast import NOW, Instance
from tests.support.forms import Form, opened, text
from tests.support.office import PAYOKE, Office, refer
from tests.support.web import make_room, put_services
from webapp.site.app_services import get_services

LEFT = "We sent your report to others before"


def count(instance: Instance) -> int:
    found = instance.session.scalar(select(func.count()).select_from(Report)) or 0
    instance.session.rollback()
    return found


def test_it_says_what_it_means_and_asks_before(
    client: FlaskClient, app_instance: Instance, receipt: Receipt
) -> None:
    form = opened(client, receipt)
    page = text(form.press("erase"))
    assert "Withdraw and erase everything?" in page
    assert "Nobody can get them back" in page
    assert LEFT not in page
    assert count(app_instance) == 1
    assert "Your mailbox" in text(form.press("look"))


def test_confirmed_it_is_gone_and_the_code_opens_nothing(
    client: FlaskClient, app_instance: Instance, receipt: Receipt
) -> None:
    form = opened(client, receipt)
    question = form.press("erase")
    assert "Your report is erased" in text(form.press("erased"))
    assert count(app_instance) == 0
    form.page = question
    assert "Did you erase your report?" in text(form.press("erased"))
    again = text(Form(client, "/en/6").press("open", c=receipt.code.grouped))
    assert "No report opens with this code" in again


def test_what_has_left_is_said_before_and_after(
    client: FlaskClient, app_instance: Instance, receipt: Receipt
) -> None:
    Office(PAYOKE).confirm(app_instance)
    refer(app_instance, receipt, Settings.from_environ({}), PAYOKE)
    begin_write(app_instance.session)
    [claim] = outbox.claim(app_instance.session, NOW, receipt.report_id, lease=timedelta(minutes=5))
    outbox.settle(app_instance.session, app_instance.vault, claim, NOW, "sent")
    app_instance.session.commit()
    form = opened(client, receipt)
    assert LEFT in text(form.press("erase"))
    assert LEFT in text(form.press("erased"))


def test_a_change_of_language_stays_on_the_question(
    client: FlaskClient, app_instance: Instance, receipt: Receipt
) -> None:
    form = opened(client, receipt)
    form.press("erase")
    page = form.press("stay", path="/nl/6")
    assert 'value="erased"' in text(page)
    assert count(app_instance) == 1


def test_a_visit_that_is_over_erases_nothing(
    client: FlaskClient, app_instance: Instance, receipt: Receipt
) -> None:
    page = client.post("/en/6", data={"t": "A" * 43, "b": "erased"})
    assert "We closed the mailbox" in text(page)
    assert count(app_instance) == 1


@pytest.mark.parametrize(("days", "sentence"), [("", "We cannot say when"), ("3", "within 3 days")])
def test_the_first_answer_promises_a_time_only_when_the_deployer_does(
    client: FlaskClient, app: Flask, receipt: Receipt, days: str, sentence: str
) -> None:
    config = replace(get_services(app).config, read_within_days=int(days) if days else None)
    put_services(app, config=config)
    page = text(opened(client, receipt).page)
    assert "It takes courage to tell this" in page
    assert sentence in page


def test_the_first_answer_is_read_in_the_readers_language(
    client: FlaskClient, receipt: Receipt
) -> None:
    form = opened(client, receipt)
    assert "It takes courage" not in text(form.press("stay", path="/nl/6"))


def test_the_thread_names_whom_to_call_in_the_country_of_the_report(
    client: FlaskClient, receipt: Receipt
) -> None:
    page = text(opened(client, receipt).page)
    assert 'href="tel:112"' in page
    assert 'href="/en/b0"' in page
    assert 'href="/en/n0"' not in page


def test_on_a_full_disk_a_message_is_kept_in_the_form_and_erasing_works(
    client: FlaskClient, app: Flask, app_instance: Instance, receipt: Receipt
) -> None:
    form = opened(client, receipt)
    put_services(app, room=make_room(database=49 * 1024 * 1024))
    page = form.press("send", m="Not lost")
    assert page.status_code == 503
    assert "Not lost" in text(page)
    form.press("erase")
    assert "Your report is erased" in text(form.press("erased"))
    assert count(app_instance) == 0
