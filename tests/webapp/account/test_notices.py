"""Notices on the account page: where they go, and what is no address."""

from __future__ import annotations

from collections.abc import Callable

from reports import notices
from reports.model import Staff
from tests.support.cast import Instance
from tests.support.desk import Browser
from webapp.commands.worker import make_notice_writer

Browsers = Callable[[], Browser]


def address_of(instance: Instance, name: str) -> str:
    instance.session.rollback()
    staff = instance.session.get_one(Staff, instance.members[name].id)
    found = notices.find_address(instance.session, staff)
    instance.session.rollback()
    return found


def test_an_address_is_kept_shown_and_taken_away(app_instance: Instance, browser: Browsers) -> None:
    bela = browser().at_desk("Bela")
    page = bela.get("/desk/account").text
    assert "08:00, 13:00, 17:30" in page
    assert "no mail server" in page
    assert bela.post("/desk/account/notices", address="bela@office.test").status_code == 303
    assert address_of(app_instance, "Bela") == "bela@office.test"
    assert 'value="bela@office.test"' in bela.get("/desk/account").text
    bela.post("/desk/account/notices", address="")
    assert address_of(app_instance, "Bela") == ""


def test_what_is_no_address_gets_a_sentence_and_stands_there_again(
    app_instance: Instance, browser: Browsers
) -> None:
    bela = browser().at_desk("Bela")
    bela.get("/desk/account")
    answer = bela.post("/desk/account/notices", address="bela at office")
    assert answer.status_code == 422
    assert "This is not an address such as name@example.org." in answer.text
    assert 'value="bela at office"' in answer.text
    assert address_of(app_instance, "Bela") == ""


def test_the_worker_words_a_notice_in_its_readers_language(browser: Browsers) -> None:
    bela = browser().at_desk("Bela")
    with bela.client.application.app_context():
        say = make_notice_writer(_Proxy(bela.client.application))
    assert say("en", "danger") == "Please look at the desk now."


class _Proxy:
    """Stands for `current_app` of a running command."""

    def __init__(self, app: object) -> None:
        self._get_current_object = lambda: app
