"""Working together on the screen: claims, colleagues, other desks, next for me, saved views."""

from __future__ import annotations

from collections.abc import Callable

from reports.model import Report
from tests.support.cast import Instance
from tests.support.desk import Browser
from tests.support.web import Clock
from tests.webapp.triage.test_queue import shown

Browsers = Callable[[], Browser]


def test_acting_on_a_colleagues_report_is_refused_and_loses_nothing(
    app_instance: Instance, browser: Browsers, clock: Clock
) -> None:
    report_id = app_instance.send().report_id
    bela, dana = browser().at_desk("Bela"), browser().at_desk("Dana")
    place = f"/desk/reports/{report_id}"
    bela.open(report_id)
    page = dana.open(report_id).text
    assert "Bela works on this report now" in page
    assert "Bela, now" in dana.get("/desk/").text
    dana.get(place)
    answer = dana.post(f"{place}/note", text="A careful note.")
    assert answer.status_code == 409
    assert "Bela works on this report now. Nothing was done." in answer.text
    assert "A careful note." in answer.text
    assert dana.post(f"{place}/take").status_code == 303
    assert dana.post(f"{place}/note", text="A careful note.").status_code == 303
    assert bela.post(f"{place}/note", text="Mine").status_code == 409
    clock.forward(minutes=21)
    bela = browser().at_desk("Bela")
    bela.open(report_id)
    assert bela.post(f"{place}/note", text="Mine").status_code == 303


def test_a_report_is_put_back_or_given_to_a_colleague(
    app_instance: Instance, browser: Browsers
) -> None:
    report_id = app_instance.send().report_id
    bela, place = browser().at_desk("Bela"), f"/desk/reports/{report_id}"
    bela.open(report_id)
    assert "done=released" in bela.post(f"{place}/release").headers["Location"]
    assert app_instance.session.get_one(Report, report_id).assignee_id is None
    app_instance.session.rollback()
    bela.open(report_id)
    assert "Choose a person." in bela.post(f"{place}/assign", person="x").text
    dana_id = app_instance.keyring("Dana").staff.id
    app_instance.session.rollback()
    assert "done=assigned" in bela.post(f"{place}/assign", person=dana_id).headers["Location"]
    assert shown(browser().at_desk("Dana").get("/desk/?who=me").text) == [str(report_id)]


def test_a_report_is_handed_over_to_another_desk(app_instance: Instance, browser: Browsers) -> None:
    report_id = app_instance.send().report_id
    bela, place = browser().at_desk("Bela"), f"/desk/reports/{report_id}"
    bela.open(report_id)
    page = bela.get(f"{place}/hand-over").text
    assert 'value="nl"' in page
    assert 'value="be"' not in page
    assert "Choose a desk." in bela.post(f"{place}/hand-over", reason="It is there.").text
    no_reason = bela.post(f"{place}/hand-over", desk="nl", reason=" ")
    assert (no_reason.status_code, "Write why." in no_reason.text) == (422, True)
    sent = bela.post(f"{place}/hand-over", desk="nl", reason="It is there.")
    assert "done=handed_over" in sent.headers["Location"]
    assert bela.get(place).status_code == 404
    opened = browser().at_desk("Chidi").open(report_id).text
    assert "They sleep in the kitchen." in opened
    assert "It is there." in opened
    assert "Handed over to another desk" in opened


def test_next_for_me_opens_what_is_most_urgent(app_instance: Instance, browser: Browsers) -> None:
    app_instance.send()
    urgent = app_instance.send(danger="yes").report_id
    bela = browser().at_desk("Bela")
    answer = bela.post("/desk/next")
    assert answer.headers["Location"] == f"/desk/reports/{urgent}"
    assert "They sleep in the kitchen." in bela.get(answer.headers["Location"]).text
    chidi = browser().at_desk("Chidi")
    nothing = chidi.post("/desk/next").headers["Location"]
    assert "Nothing waits for you." in chidi.get(nothing).text


def test_a_row_is_taken_on_from_the_queue_without_losing_the_place(
    app_instance: Instance, browser: Browsers
) -> None:
    report_id = app_instance.send().report_id
    bela = browser().at_desk("Bela")
    assert 'name="query" value="form=labour"' in bela.get("/desk/?form=labour").text
    answer = bela.post(f"/desk/reports/{report_id}/take", query="form=labour&evil=1")
    assert answer.headers["Location"] == f"/desk/?form=labour&done=taken#r{report_id.hex}"
    assert "Bela, now" in bela.get("/desk/").text


def test_a_view_is_saved_shown_and_removed(app_instance: Instance, browser: Browsers) -> None:
    app_instance.send(danger="yes")
    bela = browser().at_desk("Bela")
    bela.get("/desk/?urgency=3&files=1")
    assert "Write a name" in bela.post("/desk/views", name="", query="urgency=3").text
    sent = bela.post("/desk/views", name="Night <shift>", query="urgency=3&form=zzz")
    page = bela.get(sent.headers["Location"]).text
    assert '<a href="/desk/?urgency=3" aria-current="true">Night &lt;shift&gt;</a>' in page
    assert "Night" not in browser().at_desk("Dana").get("/desk/").text
    place = page.partition('action="/desk/views/')[2].partition('"')[0]
    bela.post(f"/desk/views/{place}")
    assert "Night" not in bela.get("/desk/").text


def test_the_sum_behind_the_urgency_is_on_the_report(
    app_instance: Instance, browser: Browsers
) -> None:
    report_id = app_instance.send(danger="yes", age="minor").report_id
    page = browser().at_desk("Bela").open(report_id).text
    assert "Why this urgency: 240 points" in page
    assert "Somebody is in danger now" in page
