"""Guessing: the sixth guess at one locator is refused, others go on, and time tells nothing.

The same over wrong codes with slow keys made cheap is in tests/webapp/mailbox/test_timing.py.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

from flask.testing import FlaskClient

from reports import codes
from reports.codes import ReceiptCode
from tests.attack.conftest import Target
from tests.support.cast import PASSWORD, Instance
from tests.support.desk import token_in
from tests.support.served import Answer
from tests.support.timing import no_difference
from tests.support.web import Clock

SAMPLES = 240
REAL_SAMPLES = 60


def with_secret(code: ReceiptCode, secret: str) -> str:
    return ReceiptCode(code.locator, secret).grouped


def test_the_sixth_guess_at_one_locator_is_refused_and_others_are_not(target: Target) -> None:
    known = codes.parse(target.codes[2])
    unknown = ReceiptCode("0918273", known.secret)
    for code in (known, unknown):
        wait_for_a_fresh_minute()
        secrets = [f"{number:016d}" for number in range(6)]
        answers = [guess(target, with_secret(code, secret)) for secret in secrets]
        assert [answer.status for answer in answers] == [200] * 5 + [429]
        assert answers[-1].headers["Retry-After"] == "60"
        assert guess(target, code.grouped).status == 429, "the right code has to wait as well"
        other = guess(target, target.codes[3])
        assert other.status == 200
        assert "Your mailbox" in other.text


def guess(target: Target, typed: str) -> Answer:
    return target.site.post("/en/6", {"c": typed, "b": "open"})


def wait_for_a_fresh_minute() -> None:
    """Guesses are counted by the minute of the clock."""
    time.sleep(60.1 - time.time() % 60)


def test_an_unknown_name_takes_as_long_as_a_wrong_password(
    client: FlaskClient, app_instance: Instance, clock: Clock
) -> None:
    app_instance.session.close()

    def ask(name: str) -> float:
        clock.forward(hours=1)
        token = token_in(client.get("/desk/sign-in").text)
        told = {"form_token": token, "name": name, "password": PASSWORD + "x", "code": "123456"}
        began = time.perf_counter()
        page = client.post("/desk/sign-in", data=told)
        took = time.perf_counter() - began
        assert page.status_code == 403
        return took

    no_difference(lambda: ask("Bela"), lambda: ask("Bela2"), SAMPLES)


def test_with_the_real_cost_a_locator_cannot_be_told_either(target: Target) -> None:
    used = {codes.parse(code).locator for code in target.codes}
    rows = target.query("SELECT DISTINCT locator FROM report")
    there = [row[0] for row in rows if row[0] not in used]
    nowhere = [f"{(int(locator) + 1) % 10**7:07d}" for locator in there]
    assert not set(there) & set(nowhere)
    turn = dict.fromkeys(("there", "nowhere"), 0)

    def ask(kind: str, locators: Sequence[str]) -> float:
        # Another locator each time: five guesses a minute are let through for each.
        turn[kind] += 1
        typed = ReceiptCode(locators[turn[kind] % len(locators)], f"{turn[kind]:016d}").grouped
        began = time.perf_counter()
        answer = guess(target, typed)
        took = time.perf_counter() - began
        assert answer.status == 200
        return took

    no_difference(lambda: ask("there", there), lambda: ask("nowhere", nowhere), REAL_SAMPLES)
