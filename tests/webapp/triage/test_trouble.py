"""When the database cannot write or too many people sign in: nothing half-way, nothing lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import pytest
from sqlalchemy import event

from reports.errors import Busy
from reports.vault import Vault
from tests.support.cast import Instance
from tests.support.desk import Browser

Browsers = Callable[[], Browser]


@contextmanager
def no_writing(browser: Browser) -> Iterator[None]:
    """The application's database is as on a full disk: it can be read and not written."""
    engine = browser.client.application.extensions["engine"]

    def refuse(connection: object, *_rest: object) -> None:
        raw = connection.connection.dbapi_connection  # type: ignore[attr-defined]  # an event's own
        raw.execute("PRAGMA query_only = 1")

    with ExitStack() as undo:
        event.listen(engine, "begin", refuse)
        undo.callback(event.remove, engine, "begin", refuse)
        yield
    engine.dispose()


def test_a_database_that_cannot_write_keeps_the_text_on_the_page(
    app_instance: Instance, browser: Browsers
) -> None:
    report_id = app_instance.send().report_id
    bela = browser().at_desk("Bela")
    bela.open(report_id)
    with no_writing(bela):
        answer = bela.post(f"/desk/reports/{report_id}/note", text="A long and careful note.")
        assert answer.status_code == 503
        assert "Retry-After" in answer.headers
        assert "A long and careful note." in answer.text
        assert bela.get("/desk/").status_code == 200
    assert "A long and careful note." not in bela.get(f"/desk/reports/{report_id}").text


def test_too_many_people_at_the_sign_in_are_asked_to_wait(
    browser: Browsers, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*_arguments: object) -> bytes:
        raise Busy("every slot is taken")

    visitor = browser()
    monkeypatch.setattr(Vault, "password_key", busy)
    answer = visitor.sign_in("Bela")
    assert answer.status_code == 503
    assert "Retry-After" in answer.headers
