"""A passkey stands in wherever the desk asks for the password again, and for its person alone."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from reports.db import begin_write
from tests.support.authenticator import PRESENT, Authenticator
from tests.support.cast import Instance
from tests.support.desk import Browser
from tests.support.web import Clock

Browsers = Callable[[], Browser]
TEMPLATES = Path(__file__).resolve().parents[3] / "webapp/templates"
PLACE = "/desk/account/spare"


def give(instance: Instance, name: str, key: Authenticator) -> None:
    begin_write(instance.session)
    instance.session.add(key.make_row(instance.keyring(name)))
    instance.session.commit()


def ask(visitor: Browser) -> str:
    """The challenge of a page that asks for the password."""
    found = re.search(r'name="proof_asked" value="([^"]+)"', visitor.get(PLACE).text)
    assert found
    return found.group(1)


def test_a_passkey_stands_in_for_the_password_once(
    app_instance: Instance, browser: Browsers
) -> None:
    key = Authenticator()
    give(app_instance, "Bela", key)
    bela = browser().at_desk("Bela")
    asked = ask(bela)
    proof = key.answer(asked)
    done = bela.post(PLACE, proof=proof, proof_asked=asked)
    assert (done.status_code, "your password" in done.text) == (200, False)
    again = bela.post(PLACE, proof=proof, proof_asked=asked)
    assert again.status_code == 422
    assert "The passkey did not answer for you. Nothing was done." in again.text


@pytest.mark.parametrize(
    "key",
    [
        Authenticator(flags=PRESENT),
        Authenticator(origin="https://evil.test"),
        Authenticator(host="evil.test"),
    ],
    ids=["a person that it did not verify", "another origin", "another host"],
)
def test_an_answer_that_proves_less_is_refused(
    app_instance: Instance, browser: Browsers, key: Authenticator
) -> None:
    give(app_instance, "Bela", key)
    bela = browser().at_desk("Bela")
    asked = ask(bela)
    answer = bela.post(PLACE, proof=key.answer(asked), proof_asked=asked)
    assert answer.status_code == 422


def test_the_passkey_of_another_person_and_an_old_page_are_refused(
    app_instance: Instance, browser: Browsers, clock: Clock
) -> None:
    key, other = Authenticator(), Authenticator()
    give(app_instance, "Bela", key)
    give(app_instance, "Chidi", other)
    bela = browser().at_desk("Bela")
    asked = ask(bela)
    assert bela.post(PLACE, proof=other.answer(asked), proof_asked=asked).status_code == 422
    assert bela.post(PLACE, proof=key.answer("made up"), proof_asked="made up").status_code == 422
    clock.forward(minutes=11)
    assert bela.post(PLACE, proof=key.answer(asked), proof_asked=asked).status_code == 422


def test_refused_answers_count_as_tries_of_the_password(
    app_instance: Instance, browser: Browsers
) -> None:
    give(app_instance, "Bela", Authenticator())
    bela = browser().at_desk("Bela")
    asked = ask(bela)
    told = [bela.post(PLACE, proof="{}", proof_asked=asked).text for _ in range(6)]
    assert "did not answer for you" in told[4]
    assert "Too many tries" in told[5]


def test_who_has_no_passkey_is_not_asked_for_one(browser: Browsers) -> None:
    assert "proof_asked" not in browser().at_desk("Bela").get(PLACE).text


def test_every_form_that_asks_for_the_password_again_takes_a_passkey() -> None:
    """But the change of the password itself, which asks for the one that goes."""
    apart = {"account/sign_in.html", "account/account.html", "desk/form.html"}
    for file in TEMPLATES.rglob("*.html"):
        text = file.read_text("utf-8")
        if str(file.relative_to(TEMPLATES)) not in apart:
            assert text.count('"current-password"') == text.count("{{ passkey_again() }}"), file
    form = (TEMPLATES / "desk/form.html").read_text("utf-8")
    assert "{{ passkey_again() }}" in form.partition("{% macro password_again")[2]
