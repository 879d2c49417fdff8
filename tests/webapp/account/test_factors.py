"""Second factors of one's own: spare codes, another app; and the list of sessions."""

from __future__ import annotations

import re
from collections.abc import Callable

import pyotp
import pytest
from sqlalchemy import select

from reports.model import SpareCode
from tests.support.cast import PASSWORD, Instance
from tests.support.desk import Browser
from tests.support.web import Clock

Browsers = Callable[[], Browser]


def spare_codes(visitor: Browser) -> list[str]:
    visitor.get("/desk/account/spare")
    page = visitor.post("/desk/account/spare", password=PASSWORD).text
    return re.findall(r">((?:[A-Z2-7]{4}-){3}[A-Z2-7]{4})<", page)


def test_a_spare_code_stands_in_for_the_phone_once(
    app_instance: Instance, browser: Browsers
) -> None:
    bela = browser().at_desk("Bela")
    codes = spare_codes(bela)
    assert len(set(codes)) == 8
    kept = app_instance.session.scalars(select(SpareCode.hash)).all()
    app_instance.session.rollback()
    assert not [code for code in codes if code.replace("-", "").encode() in b"".join(kept)]
    assert "8 spare codes" in bela.get("/desk/account").text
    assert browser().sign_in("Bela", code=codes[0].lower()).status_code == 303
    assert browser().sign_in("Bela", code=codes[0]).status_code == 403
    assert browser().sign_in("Chidi", code=codes[1]).status_code == 403
    assert "7 spare codes" in bela.get("/desk/account").text


def test_new_spare_codes_take_the_place_of_the_old(browser: Browsers) -> None:
    bela = browser().at_desk("Bela")
    old, new = spare_codes(bela), spare_codes(bela)
    assert browser().sign_in("Bela", code=old[0]).status_code == 403
    assert browser().sign_in("Bela", code=new[0]).status_code == 303


def test_another_app_takes_over_when_it_shows_a_code(
    app_instance: Instance, browser: Browsers, clock: Clock
) -> None:
    bela = browser().at_desk("Bela")
    page = bela.get("/desk/account/app").text
    found = re.search(r'name="secret" value="([A-Z2-7]+)"', page)
    assert found
    secret = found.group(1)
    sent = {"secret": secret, "password": PASSWORD}
    wrong = bela.post("/desk/account/app", **sent, code="000000")
    assert wrong.status_code == 422
    assert secret in wrong.text, "the app that was just set up goes on counting"
    code = pyotp.TOTP(secret).at(clock.now)
    assert bela.post("/desk/account/app", **sent, code=code).status_code == 303
    clock.forward(seconds=60)
    assert browser().sign_in("Bela").status_code == 403
    app_instance.members["Bela"].totp_secret = secret
    assert browser().sign_in("Bela").status_code == 303


@pytest.mark.parametrize("path", ["spare", "app", "passkey"])
def test_no_second_factor_changes_without_the_password(browser: Browsers, path: str) -> None:
    bela = browser().at_desk("Bela")
    bela.get(f"/desk/account/{path}")
    answer = bela.post(f"/desk/account/{path}", password="no", label="Key", code="1", secret="A")
    assert answer.status_code == 422
    assert "This is not your password." in answer.text


def test_what_is_no_passkey_is_refused(browser: Browsers) -> None:
    bela = browser().at_desk("Bela")
    page = bela.get("/desk/account/passkey").text
    asked = re.search(r'name="asked" value="([^"]+)"', page)
    assert asked
    for said in ("", "{}", "no", '{"id":"x","rawId":"x","type":"public-key","response":{}}'):
        answer = bela.post(
            "/desk/account/passkey",
            password=PASSWORD,
            label="Key",
            asked=asked.group(1),
            passkey=said,
        )
        assert answer.status_code == 422
        assert "made no passkey" in answer.text
    too_late = bela.post(
        "/desk/account/passkey", password=PASSWORD, label="Key", asked="x", passkey="{}"
    )
    assert "open for too long" in too_late.text


@pytest.mark.parametrize("said", ["{}", "no", "[]", '{"id": 1}', "x" * 20_000])
def test_a_made_up_answer_of_a_passkey_signs_nobody_in(browser: Browsers, said: str) -> None:
    visitor = browser()
    page = visitor.get("/desk/sign-in").text
    asked = re.search(r'name="asked" value="([^"]+)"', page)
    assert asked
    assert visitor.sign_in("Bela", passkey=said, asked=asked.group(1)).status_code == 403


def test_one_session_ends_from_another(browser: Browsers, clock: Clock) -> None:
    here, there = browser().at_desk("Bela"), browser()
    clock.forward(seconds=30)
    there.at_desk("Bela")
    page = here.get("/desk/account").text
    assert page.count('name="session"') == 2
    assert page.count("(this one)") == 1
    for other in re.findall(r'name="session" value="([0-9a-f]+)"', page):
        assert other not in (here.cookie or "")
    rows = re.findall(r"<li>.*?</li>", page, re.DOTALL)
    [row] = [row for row in rows if 'name="session"' in row and "(this one)" not in row]
    name = re.search(r'value="([0-9a-f]+)"', row)
    assert name
    chidi = browser().at_desk("Chidi")
    chidi.post("/desk/account/session", session=name.group(1))
    assert there.get("/desk/").status_code == 200, "nobody ends the session of another"
    here.post("/desk/account/session", session=name.group(1))
    assert there.get("/desk/").status_code == 303
    assert here.get("/desk/").status_code == 200
