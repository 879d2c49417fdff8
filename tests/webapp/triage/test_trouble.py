"""When the database cannot write or too many people sign in: nothing half-way, nothing lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import pytest
from sqlalchemy import event

from reports.errors import Busy
from reports.vault import Vault
from tests.support.cast import PASSWORD, Instance
from tests.support.desk import Browser
from tests.support.web import Clock
from webapp.site.app_services import get_services

Browsers = Callable[[], Browser]
ODD = "nine quiet\N{NO-BREAK SPACE}lanterns over ice"


@contextmanager
def no_writing(browser: Browser) -> Iterator[None]:
    """The application's database is as on a full disk: it can be read and not written."""
    engine = get_services(browser.client.application).engine

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
    with monkeypatch.context() as patch:
        patch.setattr(Vault, "derive_password_key", busy)
        for _ in range(6):
            answer = visitor.sign_in("Bela")
            assert answer.status_code == 503
            assert "Retry-After" in answer.headers
    assert visitor.sign_in("Bela").status_code == 303  # what was not tried did not count


def test_who_is_signed_in_can_go_on_while_others_guess_their_password(
    browser: Browsers, clock: Clock
) -> None:
    bela, stranger = browser().at_desk("Bela"), browser()
    for _ in range(6):
        refused = stranger.sign_in("Bela", password="no")
    assert refused.status_code == 429
    bela.get("/desk/account")
    new = {"password": "nine tired lanterns under ice", "again": "nine tired lanterns under ice"}
    assert bela.post("/desk/password", old=PASSWORD, **new).status_code == 303


def test_a_password_with_an_odd_blank_in_it_works_everywhere(
    browser: Browsers, clock: Clock
) -> None:
    dana = browser().at_desk("Dana")
    dana.get("/desk/account")
    assert dana.post("/desk/password", old=PASSWORD, password=ODD, again=ODD).status_code == 303
    clock.forward(minutes=1)
    assert dana.sign_in("Dana", password=ODD).status_code == 303
    dana.get("/desk/staff/invite")
    made = dana.post("/desk/staff/invite", name="Eve", role="triager", desk="be", password=ODD)
    assert made.status_code == 200
