"""Who knows a name cannot keep its owner out: a browser that signed in before has its own tries."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from reports.roster import device
from tests.support.cast import NOW, Instance
from tests.support.desk import Browser
from tests.support.web import Clock

Browsers = Callable[[], Browser]


def lock_out(stranger: Browser, clock: Clock, name: str = "Bela") -> None:
    """Twenty wrong tries, five a minute: all that a name has in a day."""
    for _ in range(4):
        for _ in range(5):
            stranger.sign_in(name, password="no")
        clock.forward(minutes=1)
    assert stranger.sign_in(name).status_code == 429


def test_strangers_use_up_their_own_tries_and_not_those_of_a_known_browser(
    browser: Browsers, clock: Clock
) -> None:
    bela = browser().at_desk("Bela")
    bela.post("/desk/sign-out")
    lock_out(browser(), clock)
    assert browser().sign_in("Bela").status_code == 429, "a new browser has to wait"
    assert bela.sign_in("Bela").status_code == 303


def test_a_known_browser_has_no_more_tries_than_a_stranger(browser: Browsers, clock: Clock) -> None:
    bela = browser().at_desk("Bela")
    bela.post("/desk/sign-out")
    lock_out(bela, clock)
    assert browser().sign_in("Bela").status_code == 303


def test_being_known_as_one_person_says_nothing_of_another(browser: Browsers, clock: Clock) -> None:
    bela = browser().at_desk("Bela")
    bela.post("/desk/sign-out")
    lock_out(browser(), clock, "Chidi")
    assert bela.sign_in("Chidi").status_code == 429


def test_the_token_is_locked_to_the_desk_and_opens_nothing(browser: Browsers) -> None:
    answer = browser().sign_in("Bela")
    [cookie] = [each for each in answer.headers.getlist("Set-Cookie") if "__Host-d" in each]
    for part in ("Secure", "HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=7776000"):
        assert part in cookie
    visitor = browser()
    value = cookie.partition("=")[2].partition(";")[0]
    visitor.client.set_cookie("__Host-d", value, domain="site.test", secure=True)
    assert visitor.get("/desk/").status_code == 303


def test_a_forged_or_old_token_counts_as_a_stranger(app_instance: Instance) -> None:
    vault = app_instance.vault
    token = device.issue(vault, "Bela", NOW)
    assert device.choose_guess_key(vault, token, "bela ", NOW)[0] == device.KNOWN
    late = NOW + device.LIFETIME + timedelta(days=1)
    for text, name, now in (
        (token, "Dana", NOW),
        (token, "Bela", late),
        (token[:-2] + "AA", "Bela", NOW),
        ("", "Bela", NOW),
        ("é", "Bela", NOW),
        ("A" * 4_000, "Bela", NOW),
    ):
        assert device.choose_guess_key(vault, text, name, now)[0] == device.STRANGER
