"""What stands in the log when something fails: its kind and its places, never its words."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from reports.db import begin_write
from reports.model import Desk, DeskKey, Report
from reports.vault import make_pair
from tests.support.cast import Instance
from tests.support.desk import Browser
from tests.support.forms import REVIEW_PAGE, Form, code_on, opened, text
from tests.support.web import AtSite

Browsers = Callable[[], Browser]


def rewrite(instance: Instance, statement: object) -> None:
    begin_write(instance.session)
    instance.session.execute(statement)  # type: ignore[call-overload]  # any statement
    instance.session.commit()
    instance.session.expire_all()


def lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [each.getMessage() for each in caplog.records if each.name == "wayside.web"]


def test_a_desk_key_that_was_swapped_refuses_the_report_and_rings(
    client: FlaskClient, app_instance: Instance, caplog: pytest.LogCaptureFixture
) -> None:
    form = Form(client)
    form.to_step(REVIEW_PAGE)
    [key] = app_instance.session.scalars(select(DeskKey.public).join(Desk).filter_by(country="BE"))
    rewrite(app_instance, update(DeskKey).values(public=make_pair().public))
    assert form.press("send").status_code == 503
    assert [line.split(" at=")[0] for line in lines(caplog)] == ["event=alarm kind=RosterBroken"]
    rewrite(app_instance, update(DeskKey).values(public=key))
    code_on(form.press("send"))


def test_a_report_key_that_was_swapped_takes_no_message_and_loses_none(
    client: FlaskClient, app_instance: Instance, browser: Browsers, caplog: pytest.LogCaptureFixture
) -> None:
    receipt = app_instance.send()
    form, bela = opened(client, receipt), browser().at_desk("Bela")
    bela.open(receipt.report_id)
    rewrite(app_instance, update(Report).values(public=make_pair().public))
    page = form.press("send", m="I am at home.")
    assert page.status_code == 503
    assert "I am at home." in text(page)
    answer = bela.post(f"/desk/reports/{receipt.report_id}/reply", text="Are you safe?", once="1")
    assert answer.status_code == 422
    assert "Are you safe?" in answer.text
    assert ["event=alarm" in line for line in lines(caplog)] == [True, True]


def test_the_words_of_an_exception_are_in_no_log(
    make_app: Callable[..., Flask], caplog: pytest.LogCaptureFixture
) -> None:
    app = make_app()
    app.config.update(TESTING=False, PROPAGATE_EXCEPTIONS=False)
    app.test_client_class = AtSite

    @app.get("/en/f1")
    def fail() -> str:
        raise ZeroDivisionError("Amina, Fish market 7")

    @app.get("/en/f2")
    def refuse() -> str:
        raise IntegrityError("INSERT", {}, Exception("Key (locator)=(1234567) already exists."))

    assert app.test_client().get("/en/f1").status_code == 500
    assert app.test_client().get("/en/f2").status_code == 503
    told = lines(caplog)
    assert [line.split(" at=")[0] for line in told] == [
        "event=fault kind=ZeroDivisionError",
        "event=trouble kind=IntegrityError",
    ]
    assert "fail:" in told[0]
    assert not any(word in caplog.text for word in ("Amina", "Fish", "1234567"))
