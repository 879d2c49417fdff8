"""Writing: one after another on SQLite, and whoever waits too long is told so."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import insert, select

from reports.errors import Busy
from reports.model import Guess
from tests.support.cast import NOW
from webapp.site import db
from webapp.site.db import get_session, transaction

PATIENCE = 60.0


class Writer(threading.Thread):
    """Somebody who writes one row, and holds the database until told to let go."""

    def __init__(self, app: Flask, key: bytes) -> None:
        super().__init__()
        self.app, self.key = app, key
        self.writes, self.may_end = threading.Event(), threading.Event()
        self.problem: Busy | None = None

    def run(self) -> None:
        with self.app.app_context():
            try:
                with transaction() as session:
                    row = {"key": self.key, "minute": 0, "in_minute": 0, "in_day": 0}
                    session.execute(insert(Guess).values(**row, day=NOW.date()))
                    self.writes.set()
                    assert self.may_end.wait(PATIENCE)
            except Busy as problem:
                self.problem = problem

    def end(self) -> None:
        self.may_end.set()
        self.join(PATIENCE)


@pytest.fixture
def writers(app: Flask) -> Iterator[list[Writer]]:
    people = [Writer(app, b"one"), Writer(app, b"other")]
    yield people
    for person in people:
        if person.is_alive():
            person.end()


def written(app: Flask) -> set[bytes]:
    with app.app_context():
        return set(get_session().scalars(select(Guess.key)))


def test_two_who_write_at_once_do_so_one_after_the_other(app: Flask, writers: list[Writer]) -> None:
    first, second = writers
    first.start()
    assert first.writes.wait(PATIENCE)
    second.may_end.set()
    second.start()
    assert not second.writes.is_set()
    assert written(app) == set()
    first.end()
    second.join(PATIENCE)
    assert second.problem is None
    assert written(app) == {b"one", b"other"}


def test_who_waits_too_long_is_told_so_and_has_changed_nothing(
    app: Flask, writers: list[Writer], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(db, "PATIENCE", 0.01)
    first, second = writers
    first.start()
    assert first.writes.wait(PATIENCE)
    second.start()
    second.join(PATIENCE)
    assert second.problem is not None
    first.end()
    assert written(app) == {b"one"}


def test_a_failure_gives_the_turn_back(app: Flask) -> None:
    for _ in range(2):
        with app.app_context(), pytest.raises(ZeroDivisionError), transaction():
            _nothing = 1 / 0
