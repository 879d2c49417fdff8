"""What goes wrong at the desk says what happened and what to do, and changes nothing half-way."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import pytest

from reports.model import Delivery, Message, Proposal
from tests.support.cast import PASSWORD, Instance
from tests.support.desk import Browser, opened
from tests.support.office import DJSOC, Office, text_in
from tests.support.rows import damage, rows
from tests.support.untouched import untouched

Browsers = Callable[[], Browser]


def test_a_damaged_message_does_not_keep_the_report_here(
    app_instance: Instance, browser: Browsers, office: Office
) -> None:
    bela = browser().at_desk("Bela")
    path = opened(bela)
    bela.post(f"{path}/reply", text="An answer.", once="1")
    damage(app_instance, Message)
    form = untouched(bela.post(f"{path}/route", to=DJSOC).text, "/refer")
    assert bela.post(f"{path}/refer", **form | {"password": PASSWORD}).status_code == 303
    [delivery] = rows(app_instance, Delivery)
    assert "They sleep in the kitchen." in text_in(office.read(delivery.packet or b""))


def test_a_damaged_proposal_says_so_and_can_be_ended(
    app_instance: Instance, browser: Browsers, office: Office
) -> None:
    bela, dana = browser().at_desk("Bela"), browser().at_desk("Dana")
    path = opened(bela, kind="self", police="accepted")
    form = untouched(bela.post(f"{path}/route", to=DJSOC).text, "/refer")
    bela.post(f"{path}/refer", **form | {"password": PASSWORD})
    damage(app_instance, Proposal)
    dana.open(UUID(path.rpartition("/")[2]))
    page = dana.get(f"{path}/proposal").text
    assert "This proposal can no longer be agreed to." in page
    assert "Agree, and send" not in page
    assert dana.post(f"{path}/proposal/end", **untouched(page, "/end")).status_code == 303
    assert rows(app_instance, Proposal) == rows(app_instance, Delivery) == []


@pytest.mark.parametrize("act", ["again", "bounced"])
def test_what_is_no_longer_so_is_not_done(
    app_instance: Instance, browser: Browsers, office: Office, act: str
) -> None:
    bela = browser().at_desk("Bela")
    path = opened(bela)
    form = untouched(bela.post(f"{path}/route", to=DJSOC).text, "/refer")
    bela.post(f"{path}/refer", **form | {"password": PASSWORD})
    [delivery] = rows(app_instance, Delivery)
    answer = bela.post(f"{path}/{act}/{delivery.id}")
    assert answer.status_code == 422
    assert "Somebody has changed this report meanwhile." in answer.text
    assert rows(app_instance, Delivery)[0].state == "due"
