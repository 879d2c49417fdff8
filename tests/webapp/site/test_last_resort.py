"""Whatever gets out of the application is a page with the exit, and no word of it in any log."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterable
from typing import NoReturn

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from tests.support.cast import Instance
from tests.support.desk import Browser
from tests.support.forms import REVIEW_PAGE, STORY, STORY_PAGE, Form, carried, code_on, opened, text
from webapp.report import views
from webapp.site import error_pages, last_resort
from webapp.site.failure_log import WordlessFormatter
from webapp.site.last_resort import GuardedBody
from webapp.site.page_sizes import FORM

pytestmark = pytest.mark.usefixtures("app_instance")
SECRET = "Fish market 7"
KILLED = OperationalError("ROLLBACK", {}, psycopg.OperationalError(SECRET))
Failure = OperationalError | psycopg.OperationalError | ZeroDivisionError
RAW, FAULT = psycopg.OperationalError(SECRET), ZeroDivisionError(SECRET)
FAILURES = [(KILLED, 503), (RAW, 503), (FAULT, 500)]


@pytest.fixture(autouse=True)
def served(app: Flask) -> None:
    """The application as it is served: what fails inside is answered."""
    app.config.update(TESTING=False, PROPAGATE_EXCEPTIONS=False)


def fail_with(problem: Exception) -> Callable[..., NoReturn]:
    def fail(*_: object, **__: object) -> NoReturn:
        raise problem.with_traceback(None)

    return fail


def kinds(caplog: pytest.LogCaptureFixture) -> list[str]:
    assert SECRET not in caplog.text
    return [each.getMessage().split(" at=")[0] for each in caplog.records]


def test_a_receipt_is_given_also_when_the_session_cannot_be_closed(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    form = Form(client)
    form.to_step(REVIEW_PAGE)
    with monkeypatch.context() as patch:
        patch.setattr(Session, "close", fail_with(KILLED))
        code_on(form.press("send"))
    assert kinds(caplog) == ["event=trouble kind=OperationalError"]


@pytest.mark.parametrize(("problem", "_status"), FAILURES)
def test_an_answer_that_was_made_is_given_whatever_fails_behind_it(
    client: FlaskClient,
    app: Flask,
    caplog: pytest.LogCaptureFixture,
    problem: Failure,
    _status: int,
) -> None:
    form = Form(client)
    form.to_step(REVIEW_PAGE)
    app.teardown_request_funcs.setdefault(None, []).append(fail_with(problem))
    code_on(form.press("send"))
    assert len(kinds(caplog)) == 1


@pytest.mark.parametrize(("problem", "status"), FAILURES)
def test_a_failure_outside_of_flask_hands_the_form_back(
    client: FlaskClient,
    app: Flask,
    monkeypatch: pytest.MonkeyPatch,
    problem: Failure,
    status: int,
) -> None:
    form = Form(client)
    form.to_step(STORY_PAGE)
    token = carried(form.page)["t"]
    with monkeypatch.context() as patch:
        patch.setattr(views, "_page", fail_with(RuntimeError(SECRET)))
        patch.setattr(app, "handle_exception", fail_with(problem))
        page = form.press(f8=STORY)
    assert page.status_code == status
    assert STORY in text(page)
    assert carried(page)["t"] == token
    assert "data-exit" in text(page)
    assert 'href="tel:112"' in text(page)
    assert len(page.data) == FORM


@pytest.mark.parametrize("fault", [KILLED, ZeroDivisionError(SECRET)])
def test_a_failure_that_nobody_expected_keeps_a_message_of_the_mailbox(
    client: FlaskClient, app_instance: Instance, monkeypatch: pytest.MonkeyPatch, fault: Exception
) -> None:
    form = opened(client, app_instance.send())
    monkeypatch.setattr("reports.mailbox.write", fail_with(fault))
    page = form.press("send", m="I am at home.")
    assert page.status_code in (500, 503)
    assert "I am at home." in text(page)
    assert 'href="tel:112"' in text(page)


def test_a_failure_that_nobody_expected_keeps_what_staff_wrote(
    app_instance: Instance, browser: Callable[[], Browser], monkeypatch: pytest.MonkeyPatch
) -> None:
    receipt, bela = app_instance.send(), browser().at_desk("Bela")
    bela.open(receipt.report_id)
    monkeypatch.setattr("webapp.triage.report_act.acting_on", fail_with(ZeroDivisionError(SECRET)))
    answer = bela.post(f"/desk/reports/{receipt.report_id}/reply", text="Are you safe?", once="1")
    assert answer.status_code == 500
    assert "Are you safe?" in answer.text


@pytest.mark.parametrize("path", ["/en/5", "/nl/b1", "/ar/6"])
def test_when_no_page_can_be_made_one_of_the_start_is_given_in_the_language_of_the_address(
    client: FlaskClient, app: Flask, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    last_resort.prepare(app)
    monkeypatch.setattr(app, "handle_exception", fail_with(KILLED))
    monkeypatch.setattr(app, "finalize_request", fail_with(ZeroDivisionError(SECRET)))
    page = client.get(path)
    assert page.status_code == 503
    assert f'<html lang="{path[1:3]}"' in text(page)
    assert 'href="tel:112"' in text(page)


def test_a_form_that_cannot_be_shown_again_gives_the_plain_page(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    form = Form(client)
    monkeypatch.setattr(views, "_page", fail_with(ZeroDivisionError(SECRET)))
    monkeypatch.setattr(views, "_unkept", fail_with(ZeroDivisionError(SECRET)))
    page = form.press(f5="witness")
    assert page.status_code == 500
    assert str(error_pages.WORDS[500][0]) in text(page)


def test_an_answer_that_breaks_off_says_no_word(
    client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    def broken() -> Iterable[bytes]:
        yield b"x"
        raise ZeroDivisionError(SECRET)

    body = GuardedBody(broken())
    assert next(body) == b"x"
    with pytest.raises(ConnectionAbortedError) as told:
        next(body)
    assert told.value.__context__ is None
    assert kinds(caplog) == ["event=fault kind=ZeroDivisionError"]


def test_the_web_servers_own_lines_hold_no_word() -> None:
    try:
        fail_with(ZeroDivisionError(SECRET))()
    except ZeroDivisionError:
        caught = sys.exc_info()
    foreign = logging.LogRecord(
        "gunicorn.error",
        logging.ERROR,
        __file__,
        1,
        f"Exception while serving {SECRET}",
        (),
        caught,
    )
    plain = logging.LogRecord(
        "gunicorn.error", logging.INFO, __file__, 1, SECRET, (), None, "service"
    )
    ours = logging.LogRecord("wayside.web", logging.ERROR, __file__, 1, "event=%s", ("x",), None)
    told = [WordlessFormatter().format(each) for each in (foreign, plain, ours)]
    assert told[0].startswith("ERROR gunicorn.error: event=fault kind=ZeroDivisionError at=")
    assert told[1:] == [
        "INFO gunicorn.error: event=said at=service:1",
        "ERROR wayside.web: event=x",
    ]
    assert not any(SECRET in line for line in told)
