"""Signing in: three things that belong together, one answer for whatever is wrong."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from sqlalchemy import delete, select, update

from reports.db import begin_write
from reports.model import Organisation, SigningKey
from reports.roster import signing_keys
from tests.support.cast import Instance
from tests.support.desk import Browser
from tests.support.web import Clock

Browsers = Callable[[], Browser]


def told(page: str) -> str:
    """A page without what differs each time: the token, and the name that was typed."""
    return re.sub(r'value="[^"]*"', "", page)


def test_who_signs_in_sees_the_queue(browser: Browsers) -> None:
    bela = browser()
    answer = bela.sign_in("Bela")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/desk/")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-s=")
    for part in ("Secure", "HttpOnly", "SameSite=Strict", "Path=/"):
        assert part in cookie
    assert "Max-Age" not in cookie
    assert "Expires" not in cookie
    assert "Nothing waits." in bela.get("/desk/").text


def test_names_differ_in_more_than_case_and_blanks(browser: Browsers) -> None:
    assert browser().sign_in("Bela", name="  bELA ").status_code == 303


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "Nobody"},
        {"password": "seven quiet herons under the canal"},
        {"code": "000000"},
        {"code": ""},
        {"name": "", "password": "", "code": ""},
        {"name": "\x00"},
        {"password": "x" * 100_000},
        {"code": "１２３４５６"},
    ],
)
def test_every_refusal_is_the_same(browser: Browsers, wrong: dict[str, str]) -> None:
    plain = browser().sign_in("Chidi", password="no")
    answer = browser().sign_in("Bela", **wrong)
    assert answer.status_code == plain.status_code == 403
    assert told(answer.text) == told(plain.text)
    assert "Set-Cookie" not in answer.headers


def test_a_code_works_once(browser: Browsers, clock: Clock) -> None:
    assert browser().sign_in("Bela").status_code == 303
    again = browser()
    assert again.sign_in("Bela").status_code == 403
    clock.forward(seconds=30)
    assert again.sign_in("Bela").status_code == 303


@pytest.mark.parametrize("name", ["Bela", "Nobody"])
def test_the_sixth_try_in_a_minute_is_refused_and_others_are_not(
    browser: Browsers, clock: Clock, name: str
) -> None:
    visitor = browser()
    for _ in range(5):
        assert visitor.sign_in("Bela", name=name, password="no").status_code == 403
    sixth = visitor.sign_in("Bela", name=name)
    assert sixth.status_code == 429
    assert "Retry-After" in sixth.headers
    assert visitor.sign_in("Chidi").status_code == 303
    clock.forward(minutes=1)
    assert browser().sign_in("Bela").status_code == 303


def test_signing_in_again_gives_a_new_cookie_and_ends_the_old(
    browser: Browsers, clock: Clock
) -> None:
    bela, other = browser().at_desk("Bela"), browser()
    old = bela.cookie
    assert old is not None
    clock.forward(seconds=30)
    bela.sign_in("Bela")
    assert bela.cookie not in (None, old)
    other.client.set_cookie("__Host-s", old, domain="site.test", secure=True)
    assert other.get("/desk/").status_code == 303


def test_signing_out_ends_the_session(browser: Browsers) -> None:
    bela, thief = browser().at_desk("Bela"), browser()
    thief.client.set_cookie("__Host-s", bela.cookie or "", domain="site.test", secure=True)
    answer = bela.post("/desk/sign-out")
    assert answer.headers["Location"] == "/desk/sign-in?after=out"
    assert bela.cookie is None
    assert thief.get("/desk/").status_code == 303


def test_all_sessions_of_a_person_end_together(browser: Browsers, clock: Clock) -> None:
    here, there = browser().at_desk("Bela"), browser()
    clock.forward(seconds=30)
    there.at_desk("Bela")
    here.post("/desk/sign-out", all="1")
    assert there.get("/desk/").status_code == 303


def test_the_cookie_stands_in_no_page_and_no_address(browser: Browsers) -> None:
    bela = browser().at_desk("Bela")
    assert bela.cookie
    for path in ("/desk/", "/desk/account", "/desk/contacts"):
        assert bela.cookie not in bela.get(path).text


def test_a_page_that_lay_open_for_a_day_says_so(browser: Browsers, clock: Clock) -> None:
    bela = browser()
    bela.get("/desk/sign-in")
    clock.forward(hours=25)
    answer = bela.post("/desk/sign-in", name="Bela", password="x", code="1")
    assert answer.status_code == 400
    assert "open for too long" in answer.text


def test_signing_begins_when_an_administrator_of_an_older_instance_signs_in(
    app_instance: Instance, browser: Browsers
) -> None:
    """Nobody else can: the key that certifies is sealed to administrators."""
    session, vault = app_instance.session, app_instance.vault
    begin_write(session)
    session.execute(delete(SigningKey))
    session.execute(update(Organisation).values(signing_day=None, signing_signature=None))
    session.commit()
    (vault.key_folder.path / "signing").unlink()
    browser().at_desk("Bela")
    assert not signing_keys.has_begun(session, vault)
    session.rollback()
    browser().at_desk("Dana")
    assert signing_keys.is_on_record(session, vault)
    holders = set(session.scalars(select(SigningKey.staff_id)))
    assert holders == {member.id for member in app_instance.members.values()}
    assert signing_keys.sign(session, vault, app_instance.keyring("Bela"), b"told")
