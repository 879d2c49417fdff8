"""A flood of forms that nobody sends evicts itself; who writes quietly beside it gets through."""

from __future__ import annotations

import base64
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from reports import unsent_room
from reports.eviction import UNIT
from reports.model import Attachment, Base, Draft, Message, Report
from reports.room import MEGABYTE
from tests.support.cast import Instance
from tests.support.forms import (
    ANSWERS,
    REVIEW_PAGE,
    Form,
    carried,
    code_on,
    multipart,
    opened,
    text,
)
from tests.support.web import AtSite, Clock, make_room, put_services
from webapp.site.clock import now
from webapp.site.rate_limit import find_network_tag

AMINA, FLOOD, OTHER = "203.0.114.7", "198.51.101.9", "198.51.101.77"
"""The last two are of one network."""
UNITS = 64
"""Of the one megabyte that all together may have here."""
GONE_WORDS, GONE_FILE = "We could not keep your earlier answers", "let go of a file of yours"


@pytest.fixture
def app(make_app: Callable[..., Flask]) -> Flask:
    return make_app(WAYSIDE_UNSENT_ROOM="1", WAYSIDE_UNSENT_FORM="1")


@pytest.fixture
def session(app_instance: Instance) -> Session:
    return app_instance.session


def person(app: Flask, address: str, path: str = "/en/5") -> Form:
    app.test_client_class = AtSite
    client = app.test_client()
    client.environ_base["REMOTE_ADDR"] = address
    return Form(client, path)


def begin(app: Flask, address: str) -> Form:
    form = person(app, address)
    form.press(f5="witness")
    return form


def go_on(form: Form, number: int) -> None:
    """From the second page to the one with this number."""
    for answers in ANSWERS[1 : number - 1]:
        form.press(**answers)


def flood(app: Flask, count: int = UNITS) -> list[Form]:
    return [begin(app, FLOOD) for _ in range(count)]


def announce(form: Form, units: int) -> int:
    """Begin a file in parts; the status of the answer."""
    told = {
        "Tus-Resumable": "1.0.0",
        "X-T": carried(form.page)["t"],
        "Upload-Length": str(units * UNIT),
        "Upload-Metadata": f"filename {base64.b64encode(b'a.bin').decode()}",
    }
    return form.client.post("/en/57", headers=told).status_code


def add_file(form: Form, name: str = "a.bin") -> str:
    kind, data = multipart({**carried(form.page), "b": "add"}, {name: b"some words"})
    form.page = form.client.post("/en/57", data=data, content_type=kind)
    return text(form.page)


def count(session: Session, kind: type[Base]) -> int:
    found = session.scalar(select(func.count()).select_from(kind)) or 0
    session.rollback()
    return found


def let_go(app: Flask, session: Session, kind: type[Draft] | type[Attachment]) -> None:
    """Everything of this kind has to make room."""
    other = Attachment if kind is Draft else Draft
    session.execute(update(other).values(units=0))
    with app.app_context():
        unsent_room.keep_within(session, 0, now())
    session.commit()


def test_a_flood_of_forms_lets_amina_write_and_send(app: Flask, session: Session) -> None:
    amina = begin(app, AMINA)
    flood(app)
    go_on(amina, REVIEW_PAGE)
    flood(app, 20)
    assert count(session, Draft) <= UNITS
    assert code_on(amina.press("send")) is not None
    assert count(session, Report) == 1


def test_a_flood_of_files_lets_aminas_file_stay(app: Flask, session: Session) -> None:
    amina = begin(app, AMINA)
    go_on(amina, 7)
    assert "a.bin" in add_file(amina)
    taken = [announce(form, 10) for form in flood(app, 12)]
    assert taken.count(201) >= 4
    assert set(taken) == {201, 413}
    review = amina.press("end", "/en/57")
    assert GONE_WORDS not in text(review)
    assert "a.bin" in text(review)
    assert code_on(amina.press("send")) is not None
    assert session.scalars(select(Report.has_attachments)).one()


def test_who_lost_the_answers_is_told_and_loses_nothing_else(app: Flask, session: Session) -> None:
    amina = begin(app, AMINA)
    go_on(amina, 7)
    add_file(amina)
    amina.press("back", "/en/57")
    let_go(app, session, Draft)
    told = text(amina.press(f8="They lock the door at night."))
    assert GONE_WORDS in told
    assert "They lock the door at night." in told
    assert count(session, Attachment) == 1
    further = text(amina.press(f8="They lock the door at night."))
    assert GONE_WORDS not in further
    assert "a.bin" in further


def test_who_sends_after_the_answers_went_is_told_so(app: Flask, session: Session) -> None:
    amina = begin(app, AMINA)
    go_on(amina, REVIEW_PAGE)
    let_go(app, session, Draft)
    assert GONE_WORDS in text(amina.press("send"))
    assert count(session, Report) == 0


def test_nothing_is_sent_without_a_file_that_went_before_amina_knows(
    app: Flask, session: Session
) -> None:
    amina = begin(app, AMINA)
    go_on(amina, 7)
    add_file(amina)
    amina.press("end", "/en/57")
    let_go(app, session, Attachment)
    assert GONE_FILE in text(amina.press("send"))
    assert count(session, Report) == 0
    amina.press("end", "/en/57")
    assert code_on(amina.press("send")) is not None


def test_in_the_mailbox_nothing_is_sent_without_a_file_that_went(
    app: Flask, app_instance: Instance, session: Session
) -> None:
    form = opened(person(app, AMINA).client, app_instance.send())
    form.press("files", "/en/67", m="Here it is.")
    kind, data = multipart({**carried(form.page), "b": "add"}, {"a.bin": b"words"})
    form.page = form.client.post("/en/67", data=data, content_type=kind)
    let_go(app, session, Attachment)
    before = count(session, Message)
    kind, data = multipart({**carried(form.page), "b": "send", "m": "Here it is."}, {})
    page = form.client.post("/en/67", data=data, content_type=kind)
    assert GONE_FILE in text(page)
    assert "Here it is." in text(page)
    assert count(session, Message) == before


def test_one_form_has_its_share_alone(app: Flask, session: Session) -> None:
    amina = begin(app, AMINA)
    assert announce(amina, 40) == 201
    assert announce(amina, 40) == 413
    assert count(session, Attachment) == 1


def test_what_was_begun_is_sent_with_the_budget_full_and_the_disk_nearly(
    app: Flask, app_instance: Instance, session: Session
) -> None:
    receipt = app_instance.send()
    amina = begin(app, AMINA)
    flood(app)
    put_services(app, room=make_room(database=499 * MEGABYTE))
    fresh = person(app, OTHER)
    assert fresh.press(f5="witness").status_code == 503
    go_on(amina, REVIEW_PAGE)
    assert code_on(amina.press("send")) is not None
    mailbox = opened(person(app, AMINA).client, receipt)
    mailbox.press("send", m="They took her away.")
    assert "They took her away." in text(mailbox.page)
    assert count(session, Report) == 2


def test_below_the_reserve_nothing_is_taken_and_what_was_typed_stays(app: Flask) -> None:
    app_form = begin(app, AMINA)
    put_services(app, room=make_room(database=49 * MEGABYTE))
    page = app_form.press(f3="Fish market")
    assert page.status_code == 503
    assert "Fish market" in text(page)


def test_a_tag_stands_for_a_network_today_and_for_nobody_who_cannot_be_told(
    app: Flask, clock: Clock
) -> None:
    def tag(address: str) -> int | None:
        with app.test_request_context("/en/5", environ_base={"REMOTE_ADDR": address}):
            return find_network_tag()

    assert tag(FLOOD) == tag(OTHER) != tag(AMINA)
    assert tag("127.0.0.1") is None
    today = [tag(f"8.8.{number}.1") for number in range(8)]
    clock.forward(days=1)
    assert today != [tag(f"8.8.{number}.1") for number in range(8)]


def test_no_row_of_a_form_holds_an_address_or_more_than_a_rounded_tag(
    app: Flask, session: Session
) -> None:
    begin(app, AMINA)
    row = session.execute(select(Draft.__table__)).mappings().one()
    assert row["network"] in range(4096)
    assert not any("203.0.114" in str(value) for value in row.values())
