"""From the proposed route to the outbox: only what was shown, only to whom was confirmed."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from reports.db import begin_write
from reports.delivery import answer_code, outbox
from reports.model import ContactSetting, Delivery, Referral, Report
from tests.support.cast import PASSWORD, Instance
from tests.support.desk import Browser
from tests.support.office import Office, document_in, text_in
from tests.support.untouched import untouched
from tests.support.web import Clock

Browsers = Callable[[], Browser]
DJSOC = "be-djsoc"
LATER = "(volgt bij het versturen)"
"""Said in the language of the recipient."""


def ready(instance: Instance, browser: Browsers, *offices: str, **answers: str) -> Browser:
    """Bela has opened a report, and these contact points can be written to."""
    for contact_id in offices:
        Office(contact_id).confirm(instance)
    bela = browser().at_desk("Bela")
    bela.open(instance.send(form="sexual", **answers).report_id)
    return bela


def only_report(instance: Instance) -> UUID:
    found = instance.session.scalars(select(Report.id)).one()
    instance.session.rollback()
    return found


def send(
    bela: Browser, path: str, *to: str, password: str = PASSWORD, **gates: str
) -> TestResponse:
    """Look at what would leave, and send exactly that, with answers to what stands in the way."""
    page = bela.post(f"{path}/route", to=list(to)).text
    return bela.post(f"{path}/refer", to=list(to), seen=seen_in(page), password=password, **gates)


def seen_in(page: str) -> str:
    """The fingerprint of what a page shows."""
    found = re.search(r'name="seen" value="([0-9a-f]+)"', page)
    return found.group(1) if found else ""


def deliveries(instance: Instance) -> list[Delivery]:
    instance.session.expire_all()
    found = list(instance.session.scalars(select(Delivery)))
    instance.session.expunge_all()
    instance.session.rollback()
    return found


def fail(instance: Instance, clock: Clock) -> None:
    """A worker learns that the mail server will never take it."""
    begin_write(instance.session)
    owner = uuid4()
    [claim] = outbox.claim(instance.session, clock.now, owner, lease=timedelta(minutes=5))
    outbox.fail(instance.session, instance.vault, claim, clock.now, "smtp_550")
    instance.session.commit()


def test_the_whole_way_into_the_outbox(app_instance: Instance, browser: Browsers) -> None:
    office = Office(DJSOC)
    office.confirm(app_instance)
    bela = ready(app_instance, browser, region="flanders")
    path = f"/desk/reports/{only_report(app_instance)}"
    page = bela.get(path).text
    assert f'value="{DJSOC}" id="to-{DJSOC}" checked' in page
    confirm = bela.post(f"{path}/route", to=DJSOC)
    assert confirm.status_code == 200
    assert office.email in confirm.text
    assert "They sleep in the kitchen." in confirm.text
    assert deliveries(app_instance) == []
    seen = seen_in(confirm.text)
    done = bela.post(f"{path}/refer", to=DJSOC, seen=seen, password=PASSWORD)
    assert done.status_code == 303
    [delivery] = deliveries(app_instance)
    assert (delivery.state, delivery.recipient) == ("due", office.email)
    inner = office.read(delivery.packet or b"")
    assert "They sleep in the kitchen." in text_in(inner)
    assert document_in(inner)["rule"] == "be-refer-police"
    shown = text_in(inner).replace(str(delivery.id), LATER)
    shown = shown.replace(answer_code.issue(app_instance.vault, delivery.id), LATER)
    for line in filter(None, shown.replace("\r\n", "\n").split("\n")):
        assert line.replace("'", "&#39;") in confirm.text
    after = bela.get(path).text
    assert "Passed on" in after
    assert "Waiting to be sent." in after
    assert "Has it already" in after


def test_the_page_itself_sends_what_it_showed(app_instance: Instance, browser: Browsers) -> None:
    office = Office(DJSOC)
    office.confirm(app_instance)
    bela = ready(app_instance, browser, region="flanders", minor="unknown", since="")
    path = f"/desk/reports/{only_report(app_instance)}"
    form = untouched(bela.post(f"{path}/route", to=DJSOC).text, "/refer")
    sent = bela.post(f"{path}/refer", **form | {"password": PASSWORD})
    assert sent.status_code == 303
    [delivery] = deliveries(app_instance)
    assert delivery.packet


def test_a_wrong_password_sends_nothing(app_instance: Instance, browser: Browsers) -> None:
    bela = ready(app_instance, browser, DJSOC)
    path = f"/desk/reports/{only_report(app_instance)}"
    bela.post(f"{path}/route", to=DJSOC)
    page = bela.post(f"{path}/refer", to=DJSOC, password="no")
    assert page.status_code == 422
    assert "This is not your password. Nothing was done." in page.text
    assert f'name="to" value="{DJSOC}"' in page.text
    assert deliveries(app_instance) == []


@pytest.mark.parametrize("chosen", [[], ["be-payoke"], ["nonsense"], ["be-police-101"], ["\x00"]])
def test_nobody_gets_it_who_cannot_be_written_to(
    app_instance: Instance, browser: Browsers, chosen: list[str]
) -> None:
    bela = ready(app_instance, browser, DJSOC)
    path = f"/desk/reports/{only_report(app_instance)}"
    for act in ("route", "refer"):
        page = bela.post(f"{path}/{act}", to=chosen, password=PASSWORD)
        assert page.status_code == 422
        assert "Nothing was sent" in page.text or "Choose at least one" in page.text
    assert deliveries(app_instance) == []


def test_a_contact_point_that_lost_its_key_meanwhile_stops_everything(
    app_instance: Instance, browser: Browsers
) -> None:
    bela = ready(app_instance, browser, DJSOC, "be-nsso")
    path = f"/desk/reports/{only_report(app_instance)}"
    bela.post(f"{path}/route", to=[DJSOC, "be-nsso"])
    session = app_instance.session
    begin_write(session)
    session.get_one(ContactSetting, DJSOC).email = "thief@example.org"
    session.commit()
    page = bela.post(f"{path}/refer", to=[DJSOC, "be-nsso"], password=PASSWORD)
    assert page.status_code == 422
    assert "no confirmed address and key any more. Nothing was sent." in page.text
    assert deliveries(app_instance) == []


def test_sending_the_same_form_twice_sends_once(app_instance: Instance, browser: Browsers) -> None:
    bela = ready(app_instance, browser, DJSOC)
    path = f"/desk/reports/{only_report(app_instance)}"
    assert send(bela, path, DJSOC).status_code == 303
    assert send(bela, path, DJSOC).status_code == 422
    assert len(deliveries(app_instance)) == 1


def test_a_person_affected_is_not_taken_to_the_police_by_silence(
    app_instance: Instance, browser: Browsers
) -> None:
    bela = ready(app_instance, browser, DJSOC, "be-pag-asa", kind="self", region="brussels")
    page = bela.get(f"/desk/reports/{only_report(app_instance)}").text
    assert "Nobody said yes to the police." in page
    assert 'id="to-be-pag-asa" checked' in page
    assert f'id="to-{DJSOC}">' in page
    assert "Ask the reporter before you choose one." in page


def test_a_call_to_make_is_shown_with_its_number(app_instance: Instance, browser: Browsers) -> None:
    bela = ready(app_instance, browser, danger="yes")
    page = bela.get(f"/desk/reports/{only_report(app_instance)}").text
    assert "Call the emergency numbers first." in page
    assert '<bdi dir="ltr" class="number">101</bdi>' in page
    assert "Nothing is sent to them." in page
    assert "See what would be sent" not in page


def test_a_failed_delivery_is_seen_in_the_queue_and_can_be_tried_again(
    app_instance: Instance, browser: Browsers, clock: Clock
) -> None:
    bela = ready(app_instance, browser, DJSOC)
    path = f"/desk/reports/{only_report(app_instance)}"
    send(bela, path, DJSOC)
    fail(app_instance, clock)
    assert "Sending failed" in bela.get("/desk/").text
    page = bela.get(path).text
    assert "It could not be sent. Nobody has received it." in page
    assert "The mail server answered with code 550." in page
    [delivery] = deliveries(app_instance)
    assert bela.post(f"{path}/again/{delivery.id}").status_code == 303
    assert "Waiting to be sent." in bela.get(path).text
    assert bela.post(f"{path}/again/{uuid4()}").status_code == 404


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("folder", "Delivered to a folder on this machine, nobody has received it."),
        ("sent", "A mail server took it."),
        ("claimed", "It is being sent now."),
    ],
)
def test_what_became_of_it_is_said_in_words(
    app_instance: Instance, browser: Browsers, state: str, words: str
) -> None:
    bela = ready(app_instance, browser, DJSOC)
    path = f"/desk/reports/{only_report(app_instance)}"
    send(bela, path, DJSOC)
    session = app_instance.session
    begin_write(session)
    session.scalars(select(Delivery)).one().state = state
    session.commit()
    assert words in bela.get(path).text


def test_in_production_without_mail_server_it_waits_and_says_so(
    make_app: Callable[..., Flask], app_instance: Instance, browser: Browsers, clock: Clock
) -> None:
    bela = ready(app_instance, browser, DJSOC)
    path = f"/desk/reports/{only_report(app_instance)}"
    send(bela, path, DJSOC)
    app = make_app(WAYSIDE_ENV="production", WAYSIDE_MAIL_FROM="desk@example.org")
    clock.forward(seconds=30)
    bela = Browser(app, app_instance, clock).at_desk("Bela")
    bela.open(only_report(app_instance))
    assert "Waiting: no mail server is configured." in bela.get(path).text


def test_a_closed_report_is_not_sent(app_instance: Instance, browser: Browsers) -> None:
    bela = ready(app_instance, browser, DJSOC)
    path = f"/desk/reports/{only_report(app_instance)}"
    bela.post(f"{path}/close", reason="It was a play.")
    for act in ("route", "refer"):
        page = bela.post(f"{path}/{act}", to=DJSOC, password=PASSWORD)
        assert page.status_code == 422
    assert list(app_instance.session.scalars(select(Referral))) == []
    app_instance.session.rollback()
