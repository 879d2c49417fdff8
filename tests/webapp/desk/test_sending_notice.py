"""The head of the desk's pages says that nothing leaves, and nothing while all is well."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import event, update
from sqlalchemy.exc import OperationalError
from werkzeug.test import TestResponse

from reports.db import begin_write
from reports.delivery.standstill import STILL_AFTER, record_turn
from reports.model import Delivery, Staff
from reports.settings import Settings
from tests.support.cast import NOW, Instance
from tests.support.desk import Browser
from tests.support.office import PAYOKE, Office, refer
from tests.support.web import Clock
from webapp.desk import sending_notice
from webapp.site.app_services import get_services

Browsers = Callable[[], Browser]

STANDS = "Sending stands still since 11:00. Call urgent contact points by phone."
NO_WORKER = "No worker finishes its work."
NO_MAIL = "The worker runs, and no mail leaves."
COUNTRIES = re.compile(r"\b(BE|NL|LU|Belgium|Netherlands|Luxembourg|be|nl|lu)\b")


@pytest.fixture(autouse=True)
def _a_long_session(monkeypatch: pytest.MonkeyPatch) -> None:
    """Longer than a standstill takes to be said: these tests are not about idle people."""
    monkeypatch.setattr("reports.roster.sign_in.IDLE", timedelta(hours=7))


def finish(instance: Instance, now: datetime) -> None:
    begin_write(instance.session)
    record_turn(instance.session, "deliver", now)
    instance.session.commit()


def put(instance: Instance) -> None:
    """A delivery that is due at `NOW`, 11:00 on the clock of the staff."""
    Office(PAYOKE).confirm(instance)
    refer(instance, instance.send(), Settings.from_environ({}), PAYOKE)
    # On SQLite an open reader keeps every writer from committing.
    instance.session.rollback()


def head_of(page: TestResponse) -> str:
    """What the region says, without its markup; empty while all is well."""
    region = r'<div class="sending" id="sending" role="status">(.*?)</div>'
    found = re.search(region, page.text, re.DOTALL)
    assert found
    return " ".join(re.sub("<[^>]+>", " ", found[1]).split())


def test_nothing_is_said_while_the_worker_is_well(
    browser: Browsers, app_instance: Instance, clock: Clock
) -> None:
    finish(app_instance, NOW)
    bela = browser().at_desk("Bela")
    assert head_of(bela.get("/desk/")) == ""
    clock.now += STILL_AFTER
    assert head_of(bela.get("/desk/search")) == ""


def test_a_triager_reads_what_to_do_and_an_administrator_what_to_look_at(
    browser: Browsers, app_instance: Instance, clock: Clock
) -> None:
    finish(app_instance, NOW)
    bela, dana = browser().at_desk("Bela"), browser().at_desk("Dana")
    clock.forward(minutes=21)
    for path in ("/desk/", "/desk/search", "/desk/contacts", "/desk/account"):
        assert head_of(bela.get(path)) == STANDS, path
    assert head_of(dana.get("/desk/staff")).startswith(f"{STANDS} {NO_WORKER}")


def test_a_stuck_outbox_is_said_from_its_oldest_delivery_on(
    browser: Browsers, app_instance: Instance, clock: Clock
) -> None:
    put(app_instance)
    bela, dana = browser().at_desk("Bela"), browser().at_desk("Dana")
    clock.forward(minutes=21)
    finish(app_instance, clock.now)
    assert head_of(bela.get("/desk/")) == STANDS
    assert head_of(dana.get("/desk/")).startswith(f"{STANDS} {NO_MAIL}")
    begin_write(app_instance.session)
    app_instance.session.execute(update(Delivery).values(state="sent", attempts=1))
    app_instance.session.commit()
    assert head_of(bela.get("/desk/")) == ""


def test_a_worker_that_never_ran_is_missed_after_a_while(browser: Browsers, clock: Clock) -> None:
    bela = browser().at_desk("Bela")
    assert head_of(bela.get("/desk/")) == ""
    clock.forward(minutes=21)
    said = "Sending stands still. Call urgent contact points by phone."
    assert head_of(bela.get("/desk/")) == said


def test_a_standstill_of_another_day_says_which(
    browser: Browsers, app_instance: Instance, clock: Clock
) -> None:
    finish(app_instance, NOW)
    clock.forward(days=1)
    assert "since 10 Mar 2027, 11:00." in head_of(browser().at_desk("Bela").get("/desk/"))


def test_neither_a_liaison_nor_a_stranger_reads_it(
    browser: Browsers, app_instance: Instance, clock: Clock
) -> None:
    finish(app_instance, NOW)
    clock.forward(minutes=21)
    app_instance.accept(
        app_instance.invite("Fatou", "liaison", None, clock.now, contact_id=PAYOKE),
        "Fatou",
        clock.now,
    )
    fatou = browser()
    assert 'id="sending"' not in fatou.get("/desk/sign-in").text
    assert fatou.sign_in("Fatou").status_code == 303
    assert 'id="sending"' not in fatou.get("/desk/portal").text


@pytest.mark.parametrize(
    ("language", "words"),
    [("nl", "staat stil sinds 11:00"), ("fr", "depuis 11:00"), ("de", "seit 11:00 still")],
)
def test_it_speaks_the_language_of_the_reader_and_names_no_country(
    browser: Browsers, app_instance: Instance, clock: Clock, language: str, words: str
) -> None:
    finish(app_instance, NOW)
    begin_write(app_instance.session)
    app_instance.session.execute(update(Staff).values(language=language))
    app_instance.session.commit()
    dana = browser().at_desk("Dana")
    clock.forward(minutes=21)
    said = head_of(dana.get("/desk/"))
    assert words in said
    assert not COUNTRIES.search(said)


def test_it_costs_one_statement(
    app: Flask, browser: Browsers, app_instance: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(app_instance)
    bela = browser().at_desk("Bela")
    said: list[str] = []

    def hear(_connection: object, _cursor: object, words: str, *_: object) -> None:
        said.append(words)

    event.listen(get_services(app).engine, "before_cursor_execute", hear)
    bela.get("/desk/account")
    with_it = list(said)
    said.clear()
    monkeypatch.setitem(app.jinja_env.globals, "sending_notice", lambda: None)
    bela.get("/desk/account")
    event.remove(get_services(app).engine, "before_cursor_execute", hear)
    assert len(with_it) == len(said) + 1
    assert sum("worker_turn" in words for words in with_it) == 1


def test_a_database_that_fails_here_takes_no_page_away(
    browser: Browsers, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise OperationalError("SELECT", {}, Exception("zx10.0.0.7"))

    monkeypatch.setattr(sending_notice, "find_standstill", fail)
    assert head_of(browser().at_desk("Bela").get("/desk/")) == ""
    assert "event=trouble kind=OperationalError" in caplog.text
    assert "zx10" not in caplog.text


def test_a_queue_that_stays_open_hears_of_a_change_and_of_nothing_else(
    browser: Browsers, app_instance: Instance, clock: Clock
) -> None:
    """What has not changed is not sent again: a screen reader would read it every time."""
    finish(app_instance, NOW)
    bela = browser().at_desk("Bela")

    def refresh(still: str = "") -> str:
        query = {"still": still} if still else {}
        return bela.get("/desk/", headers={"HX-Request": "true"}, query_string=query).text

    assert 'id="sending"' not in refresh()
    clock.forward(minutes=21)
    changed = refresh()
    assert '<div id="sending" hx-swap-oob="innerHTML">' in changed
    assert STANDS in changed
    found = re.search(r'name="still" value="([^"]+)"', changed)
    assert found
    assert 'id="sending"' not in refresh(found[1])
    finish(app_instance, clock.now)
    well = refresh(found[1])
    assert '<div id="sending" hx-swap-oob="innerHTML">' in well
    assert STANDS not in well
