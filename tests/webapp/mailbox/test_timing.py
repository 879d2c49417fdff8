"""Every wrong code gets the same words in the same time."""

from __future__ import annotations

import random
import time
from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from reports.codes import ReceiptCode
from tests.support.cast import Instance
from tests.support.length import LONG
from tests.support.timing import SEED, no_difference
from tests.support.web import Clock

SAMPLES, LEAST = (240, 0.1) if LONG else (60, 0.2)
"""How often each is asked, and the share of the time that is then noticed for sure."""


def test_a_difference_that_is_there_is_noticed() -> None:
    chance = random.Random(SEED)
    with pytest.raises(AssertionError, match="told apart"):
        no_difference(
            lambda: chance.gauss(10 + 10 * LEAST, 2), lambda: chance.gauss(10, 2), SAMPLES
        )
    no_difference(lambda: chance.gauss(10, 2), lambda: chance.gauss(10, 2), SAMPLES)


def test_a_wrong_secret_takes_as_long_as_a_locator_that_is_nobodys(
    client: FlaskClient, app_instance: Instance, clock: Clock
) -> None:
    """The slow key made cheap, so that it hides nothing of what comes before and after it."""
    known = app_instance.send().code
    unknown = replace(known, locator=f"{(int(known.locator) + 1) % 10**7:07d}")
    app_instance.session.close()
    chance = random.Random(SEED)
    pages: set[str] = set()

    def ask(code: ReceiptCode) -> float:
        # Twelve guesses a day: under both limits.
        clock.forward(hours=2)
        typed = replace(code, secret=f"{chance.randrange(10**16):016d}").grouped
        began = time.perf_counter()
        page = client.post("/en/6", data={"c": typed, "b": "open"})
        took = time.perf_counter() - began
        pages.add(page.get_data(as_text=True).replace(typed, "").rpartition("<!--")[0])
        return took

    no_difference(lambda: ask(known), lambda: ask(unknown), SAMPLES)
    assert len(pages) == 1
    assert "No report opens with this code" in pages.pop()
