"""The queue on the screen: whose reports, in which order, and what it says when it is empty."""

from __future__ import annotations

import re
from collections.abc import Callable
from uuid import UUID

import pytest

from reports import mailbox
from reports.db import begin_write
from reports.triage.queue import queue
from tests.support.cast import NOW, Instance
from tests.support.desk import Browser
from tests.support.web import Clock

Browsers = Callable[[], Browser]


def shown(page: str) -> list[str]:
    """The reports on a page, in order."""
    return [str(UUID(found)) for found in re.findall(r'id="r([0-9a-f]{32})"', page)]


def test_the_most_urgent_comes_first_then_the_longest_waiting(
    app_instance: Instance, browser: Browsers, clock: Clock
) -> None:
    first = app_instance.send(clock.now).report_id
    clock.forward(days=1)
    second = app_instance.send(clock.now).report_id
    danger = app_instance.send(clock.now, danger="yes").report_id
    minor = app_instance.send(clock.now, age="minor").report_id
    page = browser().at_desk("Bela").get("/desk/").text
    assert shown(page) == [str(each) for each in (danger, minor, first, second)]
    assert "1 day" in page
    assert "today" in page


def test_each_desk_sees_its_own_reports_alone(app_instance: Instance, browser: Browsers) -> None:
    belgian = app_instance.send(country="BE").report_id
    dutch = app_instance.send(country="NL").report_id
    unknown = app_instance.send(country="unknown").report_id
    assert shown(browser().at_desk("Bela").get("/desk/").text) == [str(belgian)]
    assert shown(browser().at_desk("Chidi").get("/desk/").text) == [str(dutch)]
    everything = {str(each) for each in (belgian, dutch, unknown)}
    assert set(shown(browser().at_desk("Dana").get("/desk/").text)) == everything


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("status=received", 3),
        ("status=closed", 0),
        ("urgency=3", 1),
        ("form=labour", 2),
        ("form=organs", 1),
        ("country=BE", 3),
        ("country=NL", 0),
        ("country=elsewhere", 0),
        ("who=me", 0),
        ("who=nobody", 3),
        ("files=1", 0),
        ("turn=danger", 1),
        ("turn=new", 2),
        ("turn=agree", 0),
        ("turn=packet", 3),
        ("overdue=1", 1),
        ("who=zzz", 3),
        ("status=nonsense&urgency=9&form=%00&country=%ff&after=x.y.z", 3),
        ("urgency=3&form=organs", 0),
    ],
)
def test_filters_narrow_the_queue_and_nonsense_does_not(
    app_instance: Instance, browser: Browsers, query: str, count: int
) -> None:
    app_instance.send(danger="yes")
    app_instance.send()
    app_instance.send(form="organs")
    page = browser().at_desk("Bela").get(f"/desk/?{query}")
    assert page.status_code == 200
    assert len(shown(page.text)) == count
    if not count:
        assert "No report fits these filters" in page.text


def test_pages_follow_each_other_without_loss(
    app_instance: Instance, browser: Browsers, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = {str(app_instance.send().report_id) for _ in range(5)}
    monkeypatch.setattr(queue.list_page, "__defaults__", (None, 2))
    bela, seen, path = browser().at_desk("Bela"), [], "/desk/?form=labour"
    while path:
        page = bela.get(path).text
        seen += shown(page)
        following = re.search(r'<a href="([^"]+)" rel="next"', page)
        path = following.group(1).replace("&amp;", "&") if following else ""
    assert len(seen) == 5
    assert set(seen) == sent


def test_htmx_gets_the_rows_alone(app_instance: Instance, browser: Browsers) -> None:
    report_id = app_instance.send().report_id
    bela = browser().at_desk("Bela")
    whole = bela.get("/desk/?form=labour").text
    assert 'hx-get="/desk/?form=labour"' in whole
    assert 'hx-trigger="every 20s"' in whole
    part = bela.get("/desk/?form=labour", headers={"HX-Request": "true"}).text
    assert "<html" not in part
    assert shown(part) == [str(report_id)]


def test_a_new_message_stays_until_somebody_acts_and_not_looks(
    app_instance: Instance, browser: Browsers
) -> None:
    receipt = app_instance.send()
    bela, wrote = browser().at_desk("Bela"), "/desk/?turn=reporter_wrote"
    place = f"/desk/reports/{receipt.report_id}"
    bela.open(receipt.report_id)
    assert shown(bela.get(wrote).text) == []
    visit = app_instance.enter(receipt.code)
    session = app_instance.session
    begin_write(session)
    mailbox.write(session, app_instance.vault, visit, "They left by van.", NOW)
    session.commit()
    assert shown(bela.get(wrote).text) == [str(receipt.report_id)]
    assert "They left by van." in bela.open(receipt.report_id).text
    assert shown(bela.get(wrote).text) == [str(receipt.report_id)]
    bela.post(f"{place}/reply", text="We read it.", once="1")
    assert shown(bela.get(wrote).text) == []
    assert "waits until" in bela.get("/desk/").text
