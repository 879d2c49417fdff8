"""Setting up an account from a one-time link, and coming back without the password."""

from __future__ import annotations

import re
from collections.abc import Callable

import pyotp
import pytest

from reports.model import Staff
from reports.roster import invitation
from reports.roster.invitation import NewMember
from tests.support.cast import NOW, PASSWORD, Instance, Member
from tests.support.desk import Browser
from tests.support.web import Clock

Browsers = Callable[[], Browser]
CHOSEN = "nine slow barges pass the old mill"


def begun(browser: Browser, link: str) -> str:
    """The link used, the form on the screen; the second factor's secret."""
    browser.get("/desk/setup")
    page = browser.post("/desk/setup", link=link)
    assert page.status_code == 200
    found = re.search(r'<p class="secret"><bdi dir="ltr">([A-Z2-7 ]+)<', page.text)
    assert found
    return found.group(1).replace(" ", "")


def finish(browser: Browser, link: str, secret: str, **typed: str) -> object:
    right = {
        "link": link,
        "name": "Eva",
        "password": CHOSEN,
        "again": CHOSEN,
        "code": pyotp.TOTP(secret).at(browser.clock.now),
    }
    return browser.post("/desk/setup/finish", **(right | typed))


def test_a_link_makes_an_account_that_can_sign_in(
    app_instance: Instance, browser: Browsers, clock: Clock
) -> None:
    link, eva = app_instance.invite("Eva", "triager", "BE"), browser()
    secret = begun(eva, f"https://site.test/desk/setup#{link}")
    page = finish(eva, link, secret)
    assert page.status_code == 200
    assert "recovery code" in page.text
    clock.forward(seconds=30)
    app_instance.members["Eva"] = Member(None, "Eva", secret, "", CHOSEN)
    eva.at_desk("Eva")


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"password": "short", "again": "short"}, "at least 15 characters"),
        ({"password": "x" * 15, "again": "x" * 15}, "easy to guess"),
        ({"password": "é" * 200, "again": "é" * 200}, "too long"),
        ({"again": "another"}, "not the same"),
        ({"code": "000000"}, "does not fit"),
        ({"name": ""}, "Write a name"),
        ({"name": "x" * 81}, "shorter name"),
        ({"name": " bela"}, "has this name already"),
    ],
)
def test_a_mistake_is_named_and_nothing_but_the_password_is_lost(
    app_instance: Instance, browser: Browsers, wrong: dict[str, str], sentence: str
) -> None:
    link, eva = app_instance.invite("Eva", "triager", "BE"), browser()
    secret = begun(eva, link)
    page = finish(eva, link, secret, **wrong)
    assert page.status_code == 422
    assert sentence in page.text
    assert secret[:4] in page.text
    assert CHOSEN not in page.text
    assert finish(eva, link, secret).status_code == 200


def test_a_link_works_once_and_for_three_days(
    app_instance: Instance, browser: Browsers, clock: Clock
) -> None:
    used, late = (app_instance.invite(name, "triager", "BE") for name in ("Eva", "Finn"))
    eva = browser()
    secret = begun(eva, used)
    finish(eva, used, secret)
    clock.forward(hours=73)
    eva.get("/desk/setup")
    for link in (used, late, "", "é", "#", "A" * 43, "x" * 5000):
        for path in ("/desk/setup", "/desk/setup/finish"):
            page = eva.post(path, link=link, name="Eva", code="1")
            assert page.status_code == 422
            assert "does not work" in page.text


def test_the_link_s_token_stands_in_no_address(app_instance: Instance, browser: Browsers) -> None:
    link, eva = app_instance.invite("Eva", "triager", "BE"), browser()
    page = eva.get("/desk/setup")
    assert 'action="/desk/setup"' in page.text
    finished = finish(eva, link, begun(eva, link))
    assert link not in finished.text


def test_who_was_invited_from_the_command_line_waits(
    app_instance: Instance, browser: Browsers, clock: Clock
) -> None:
    session = app_instance.session
    dana = app_instance.keyring("Dana")
    desks = [desk.id for desk in dana.list_desks(session) if desk.country == "BE"]
    link = invitation.invite(
        session, app_instance.vault, NewMember("Eva", "triager", tuple(desks)), NOW
    )
    session.commit()
    eva = browser()
    secret = begun(eva, link)
    assert "An administrator must confirm you" in finish(eva, link, secret).text
    clock.forward(seconds=30)
    app_instance.members["Eva"] = Member(None, "Eva", secret, "", CHOSEN)
    assert eva.sign_in("Eva").status_code == 403


def test_the_recovery_code_sets_a_new_password(
    app_instance: Instance, browser: Browsers, clock: Clock
) -> None:
    bela, open_session = app_instance.members["Bela"], browser().at_desk("Bela")
    lost = browser()
    lost.get("/desk/recover")
    answer = lost.post(
        "/desk/recover",
        name="Bela",
        recovery=bela.recovery_code.lower(),
        password=CHOSEN,
        again=CHOSEN,
    )
    assert answer.headers["Location"] == "/desk/sign-in?after=recovered"
    assert open_session.get("/desk/").status_code == 303
    clock.forward(seconds=30)
    assert lost.sign_in("Bela").status_code == 403
    assert lost.sign_in("Bela", password=CHOSEN).status_code == 303


@pytest.mark.parametrize(
    "wrong", [{"name": "Nobody"}, {"recovery": "AAAA-BBBB"}, {"recovery": ""}, {"recovery": "é"}]
)
def test_a_wrong_recovery_code_is_refused_alike(
    app_instance: Instance, browser: Browsers, wrong: dict[str, str]
) -> None:
    lost = browser()
    lost.get("/desk/recover")
    right = {"name": "Bela", "recovery": app_instance.members["Bela"].recovery_code}
    page = lost.post("/desk/recover", **(right | wrong), password=CHOSEN, again=CHOSEN)
    assert page.status_code == 422
    assert "do not fit together" in page.text
    assert CHOSEN not in page.text


def test_a_long_recovery_code_need_not_be_typed_twice(browser: Browsers) -> None:
    lost = browser()
    lost.get("/desk/recover")
    code = "AAAA-BBBB-CCCC"
    page = lost.post("/desk/recover", name="Bela", recovery=code, password=CHOSEN, again="other")
    assert "not the same" in page.text
    assert f'value="{code}"' in page.text


def test_the_password_is_changed_by_who_knows_it(browser: Browsers, clock: Clock) -> None:
    bela = browser().at_desk("Bela")
    bela.get("/desk/account")
    wrong = bela.post("/desk/password", old="no", password=CHOSEN, again=CHOSEN)
    assert wrong.status_code == 422
    assert "This is not your password" in wrong.text
    common = bela.post("/desk/password", old=PASSWORD, password="p" * 20, again="p" * 20)
    assert "easy to guess" in common.text
    done = bela.post("/desk/password", old=PASSWORD, password=CHOSEN, again=CHOSEN)
    assert done.headers["Location"] == "/desk/sign-in?after=password"
    clock.forward(seconds=30)
    assert bela.sign_in("Bela", password=CHOSEN).status_code == 303


def test_guessing_the_password_in_an_open_session_is_limited(browser: Browsers) -> None:
    bela = browser().at_desk("Bela")
    for _ in range(5):
        page = bela.post("/desk/password", old="no", password=CHOSEN, again=CHOSEN)
        assert "This is not your password" in page.text
    page = bela.post("/desk/password", old=PASSWORD, password=CHOSEN, again=CHOSEN)
    assert "Too many tries" in page.text


def test_the_language_is_kept_with_the_person(app_instance: Instance, browser: Browsers) -> None:
    bela = browser().at_desk("Bela")
    assert bela.post("/desk/language", language="ar").status_code == 422
    assert bela.post("/desk/language", language="fr").status_code == 303
    assert '<html lang="fr"' in bela.get("/desk/").text
    assert app_instance.session.get_one(Staff, app_instance.members["Bela"].id).language == "fr"
