"""Whose turn it is, as the pages of the desk and of the portal say it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from reports import mailbox
from reports.db import begin_write
from reports.triage import status
from tests.support.cast import NOW, Instance
from tests.support.desk import Browser
from tests.support.web import Clock

Browsers = Callable[[], Browser]


def test_a_report_that_is_passed_over_leads_to_the_next_one(
    app_instance: Instance, browser: Browsers
) -> None:
    urgent = app_instance.send(danger="yes").report_id
    calm = app_instance.send().report_id
    bela = browser().at_desk("Bela")
    assert bela.post("/desk/next").headers["Location"] == f"/desk/reports/{urgent}"
    assert "Pass over, to the next one" in bela.get(f"/desk/reports/{urgent}").text
    answer = bela.post(f"/desk/reports/{urgent}/skip")
    assert answer.headers["Location"] == f"/desk/reports/{calm}?done=skipped"
    assert "until something happens" in bela.get(answer.headers["Location"]).text
    answer = bela.post(f"/desk/reports/{calm}/skip")
    assert "done=nothing" in answer.headers["Location"]
    dana = browser().at_desk("Dana")
    assert dana.post("/desk/next").headers["Location"] == f"/desk/reports/{urgent}"


def test_a_report_that_is_put_off_says_until_when(
    app_instance: Instance, browser: Browsers, clock: Clock
) -> None:
    report_id = app_instance.send().report_id
    bela, place = browser().at_desk("Bela"), f"/desk/reports/{report_id}"
    bela.open(report_id)
    day = (NOW + timedelta(days=2)).date()
    answer = bela.post(f"{place}/later", day=day.isoformat())
    assert "done=put_off" in answer.headers["Location"]
    assert "Put off until a day" in bela.get(place).text
    assert "waits until 12 Mar 2027" in bela.get("/desk/").text
    assert "done=nothing" in bela.post("/desk/next").headers["Location"]
    clock.forward(days=2)
    bela = browser().at_desk("Bela")
    assert "Look again" in bela.get("/desk/?turn=later").text
    assert bela.post("/desk/next").headers["Location"] == place


@pytest.mark.parametrize("day", ["", "yesterday", "2027-03-10", "2020-01-01", "9999-12-31"])
def test_a_day_that_cannot_be_is_refused_beside_its_field(
    app_instance: Instance, browser: Browsers, day: str
) -> None:
    report_id = app_instance.send().report_id
    bela = browser().at_desk("Bela")
    bela.open(report_id)
    page = bela.post(f"/desk/reports/{report_id}/later", day=day)
    assert page.status_code == 422
    assert "Choose a day to come" in page.text
    assert f'name="day" value="{day}"' in page.text


def test_a_message_to_a_closed_report_is_seen_at_once(
    app_instance: Instance, browser: Browsers
) -> None:
    receipt = app_instance.send()
    status.close(app_instance.act("Bela"), app_instance.report(receipt), "It is over.")
    app_instance.session.commit()
    bela = browser().at_desk("Bela")
    assert receipt.report_id.hex not in bela.get("/desk/").text
    visit = app_instance.enter(receipt.code)
    begin_write(app_instance.session)
    mailbox.write(app_instance.session, app_instance.vault, visit, "They found me.", NOW)
    app_instance.session.commit()
    row = bela.get("/desk/?turn=reporter_wrote").text
    assert receipt.report_id.hex in row
    assert (
        'id="count-reporter_wrote" aria-current="true"'
        in bela.get("/desk/?turn=reporter_wrote&doubt=no").text
    )
    assert "Open again: Being read" in bela.open(receipt.report_id).text


def test_no_count_of_the_queue_is_without_words(app_instance: Instance, browser: Browsers) -> None:
    app_instance.send(danger="yes")
    page = browser().at_desk("Bela").get("/desk/").text
    for words in ("Danger now", "Waits for you to agree", "The reporter wrote", "Not decided yet"):
        assert words in page
