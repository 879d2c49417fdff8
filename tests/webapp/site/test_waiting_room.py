"""Seats for those who wait for the database or the bucket; others hear that all are taken."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, text
from sqlalchemy.exc import OperationalError

from reports.blobs.bucket import Bucket
from reports.errors import Busy, StoreFailed
from tests.support.forms import STORY, STORY_PAGE, Form, code_on
from tests.support.forms import text as words
from tests.support.web import put_services
from webapp import serve
from webapp.site import waiting_room
from webapp.site.app_services import get_services
from webapp.site.db import get_session, transaction
from webapp.site.waiting_room import SEATS, SeatedStore, WaitingRoom

PATIENCE = 60.0


class Sitting(threading.Thread):
    """Somebody who takes a seat and keeps it until told to leave."""

    def __init__(self, room: WaitingRoom) -> None:
        super().__init__()
        self.room = room
        self.sits, self.may_go = threading.Event(), threading.Event()
        self.start()
        assert self.sits.wait(PATIENCE)

    def run(self) -> None:
        with self.room.take_seat():
            self.sits.set()
            assert self.may_go.wait(PATIENCE)

    def go(self) -> None:
        self.may_go.set()
        self.join(PATIENCE)


@pytest.fixture
def fill() -> Iterator[Callable[[WaitingRoom, int], list[Sitting]]]:
    """Let so many sit down: `fill(room, 6)`."""
    with ExitStack() as stack:

        def sit(room: WaitingRoom, count: int) -> list[Sitting]:
            people = [Sitting(room) for _ in range(count)]
            for person in people:
                stack.callback(person.go)
            return people

        yield sit


Fill = Callable[[WaitingRoom, int], list[Sitting]]


def test_two_threads_are_left_when_every_seat_is_taken() -> None:
    assert serve.THREADS - SEATS == 2


def test_who_comes_when_a_seat_is_freed_gets_it(fill: Fill) -> None:
    room = WaitingRoom(1)
    [first] = fill(room, 1)
    second: list[bool] = []
    waiting = threading.Thread(target=lambda: second.append(sits_at_once(room)))
    waiting.start()
    first.go()
    waiting.join(PATIENCE)
    assert second == [True]


def sits_at_once(room: WaitingRoom) -> bool:
    try:
        with room.take_seat():
            return True
    except Busy:
        return False


def test_once_somebody_waited_in_vain_the_next_hear_at_once(
    fill: Fill, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting_room, "PATIENCE", 0.01)
    room = WaitingRoom(1)
    [first] = fill(room, 1)
    assert not sits_at_once(room)
    monkeypatch.setattr(waiting_room, "PATIENCE", PATIENCE * 1000)
    assert not sits_at_once(room)
    first.go()
    assert sits_at_once(room)


def test_a_thread_has_one_seat_however_often_it_asks() -> None:
    room = WaitingRoom(1)
    with room.take_seat(), room.take_seat():
        pass
    assert sits_at_once(room)


def test_a_seat_that_was_never_left_is_free_when_the_request_ends(app: Flask) -> None:
    room = WaitingRoom(1)
    put_services(app, waiting_room=room)
    with app.app_context():
        get_session()
        room.enter()
        room.enter()
    assert [sits_at_once(room) for _ in range(2)] == [True, True]


def test_every_transaction_has_a_seat_and_gives_it_back(app: Flask, fill: Fill) -> None:
    room = get_services(app).waiting_room
    fill(room, SEATS - 1)
    with app.app_context():
        get_session().execute(text("SELECT 1"))
        get_session().rollback()
        with transaction() as session:
            session.execute(text("SELECT 1"))
        fill(room, 1)
        with pytest.raises(Busy):
            get_session().execute(text("SELECT 1"))
        with pytest.raises(Busy), transaction():
            pass


@pytest.mark.usefixtures("app_instance")
def test_a_database_that_fails_while_it_is_left_costs_no_seat(
    app: Flask, client: FlaskClient
) -> None:
    room = get_services(app).waiting_room

    def break_off(*_: object) -> None:
        raise OperationalError("ROLLBACK", {}, Exception("gone"))

    form = Form(client)
    form.to_step(STORY_PAGE)
    event.listen(get_services(app).engine, "before_cursor_execute", break_off)
    event.listen(get_services(app).engine, "rollback", break_off)
    for _ in range(SEATS + 1):
        assert form.press(f8=STORY).status_code == 503
    event.remove(get_services(app).engine, "before_cursor_execute", break_off)
    event.remove(get_services(app).engine, "rollback", break_off)
    assert room._free == SEATS
    form.press(f8=STORY)
    form.press("end")
    code_on(form.press("send"))


@pytest.mark.usefixtures("app_instance")
def test_with_every_seat_taken_forms_are_kept_and_pages_are_read(
    app: Flask, client: FlaskClient, fill: Fill, monkeypatch: pytest.MonkeyPatch
) -> None:
    form = Form(client)
    form.to_step(STORY_PAGE)
    monkeypatch.setattr(waiting_room, "PATIENCE", 0.01)
    sitting = fill(get_services(app).waiting_room, SEATS)
    page = form.press(f8=STORY)
    assert page.status_code == 503
    assert page.headers["Retry-After"]
    assert STORY in words(page)
    assert client.get("/up").status_code == 204
    for path in ("/en/1", "/en/b1", "/en/5", "/en/6"):
        assert client.get(path).status_code == 200
    for person in sitting:
        person.go()
    form.press(f8=STORY)
    form.press("end")
    code_on(form.press("send"))


def test_a_bucket_has_seats_of_the_same_room(fill: Fill, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting_room, "PATIENCE", 0.01)
    room = WaitingRoom(1)
    store = SeatedStore(Bucket.from_url("memory:///"), room)
    store.put("ab", [b"x"])
    pieces = store.get("ab")
    assert next(pieces) == b"x"
    fill(room, 1)
    with pytest.raises(Busy):
        next(pieces)
    for act in (lambda: store.put("ab", [b"x"]), store.list_names, lambda: store.delete(["ab"])):
        with pytest.raises(Busy):
            act()


def test_a_failure_of_the_store_frees_the_seat() -> None:
    room = WaitingRoom(1)
    store = SeatedStore(Bucket.from_url("memory:///"), room)
    with pytest.raises(StoreFailed):
        list(store.get("never"))
    assert sits_at_once(room)
