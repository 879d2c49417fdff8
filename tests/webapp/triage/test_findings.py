"""Correcting facts and going through the signs, as Bela does it; no script needed."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import pytest

from reports import custody
from reports.db import begin_write
from reports.model import CustodyLine, Finding, Report
from tests.support.cast import Instance
from tests.support.desk import Browser

Browsers = Callable[[], Browser]


def columns(instance: Instance, report_id: UUID) -> tuple[str | None, str, int]:
    """Country, form and urgency, as the queue sees them."""
    instance.session.expire_all()
    report = instance.session.get_one(Report, report_id)
    found = report.country, report.form, report.urgency
    instance.session.rollback()
    return found


def test_a_correction_moves_the_route_and_keeps_the_reporter_s_word(
    app_instance: Instance, browser: Browsers
) -> None:
    report_id = app_instance.send().report_id
    bela = browser().at_desk("Bela")
    before = bela.open(report_id).text
    assert "nl-" not in before.partition('id="route"')[2].partition("</section>")[0]
    path = f"/desk/reports/{report_id}/correct"
    assert bela.post(path, country="NL", form="sexual", reason="The advert").status_code == 303
    page = bela.get(f"/desk/reports/{report_id}").text
    corrected = page.partition("Corrected by the desk")[2].partition("</dl>")[0]
    assert "<strong>Netherlands</strong> <s>Belgium</s>" in corrected
    assert "The advert" in corrected
    assert "Facts corrected" in page
    assert columns(app_instance, report_id)[:2] == ("NL", "sexual")


def test_urgency_by_hand_asks_why_and_keeps_what_was_typed(
    app_instance: Instance, browser: Browsers
) -> None:
    report_id = app_instance.send().report_id
    bela = browser().at_desk("Bela")
    bela.open(report_id)
    path = f"/desk/reports/{report_id}/correct"
    refused = bela.post(path, urgency="3", reason=" ")
    assert refused.status_code == 422
    assert "Write why you set the urgency by hand." in refused.text
    assert bela.post(path, urgency="3", reason="She called us.").status_code == 303
    assert columns(app_instance, report_id)[2] == 3
    assert bela.post(path, form="x").status_code == 422
    assert bela.post(path, urgency="99", reason="x").status_code == 422


def test_the_assessment_says_what_it_leads_to_and_why(
    app_instance: Instance, browser: Browsers
) -> None:
    report_id = app_instance.send(signs="debt locked_in").report_id
    bela = browser().at_desk("Bela")
    page = bela.open(report_id).text
    assert "Nobody has gone through the signs yet." in page
    path = f"/desk/reports/{report_id}/assessment"
    signs = bela.get(path).text
    assert signs.count("Ticked by the reporter") == 2
    answers = {"debt": "seen", "locked_in": "likely", "controlled": "likely", "injured": "unclear"}
    assert bela.post(path, text="Compare the wages.", **answers).status_code == 303
    page = bela.get(f"/desk/reports/{report_id}").text
    told = page.partition('aria-labelledby="assessment"')[2].partition("</section>")[0]
    assert "Pass it on." in told
    assert "Seen 1, Likely 2, Unclear 1" in told
    assert "4 points," in told
    assert "Practical signs" in told
    assert "Compare the wages." in told
    assert 'id="debt-seen" name="debt" value="seen" checked' in bela.get(path).text


@pytest.mark.parametrize("fields", [{"debt": "maybe"}, {"text": "x" * 5001}])
def test_an_assessment_that_is_refused_stays_on_the_page(
    app_instance: Instance, browser: Browsers, fields: dict[str, str]
) -> None:
    report_id = app_instance.send().report_id
    bela = browser().at_desk("Bela")
    bela.open(report_id)
    wanted = {"controlled": "seen", "text": "Kept."} | fields
    answer = bela.post(f"/desk/reports/{report_id}/assessment", **wanted)
    assert answer.status_code == 422
    assert 'name="controlled" value="seen" checked' in answer.text
    assert wanted["text"] in answer.text


def test_one_step_is_the_next_one(app_instance: Instance, browser: Browsers) -> None:
    report_id = app_instance.send().report_id
    bela = browser().at_desk("Bela")
    page = bela.open(report_id).text
    assert 'class="button" href' in page
    bela.post(f"/desk/reports/{report_id}/assessment", controlled="seen")
    assert 'class="button" href' not in bela.get(f"/desk/reports/{report_id}").text
    hurried = app_instance.send(danger="yes").report_id
    assert 'class="button" href' not in bela.open(hurried).text, "danger waits for no checklist"


def test_a_link_is_suggested_and_decided(app_instance: Instance, browser: Browsers) -> None:
    first = app_instance.send(plates="1-ABC-234").report_id
    second = app_instance.send(story="The van is 1-ABC-234.").report_id
    bela = browser().at_desk("Bela")
    assert "Perhaps the same people" not in bela.open(first).text
    assert f"Report {first.hex[:8]}" in bela.open(second).text
    path = f"/desk/reports/{second}/links/{first}"
    assert bela.post(path, state="confirmed").status_code == 303
    assert "The same people</strong>" in bela.get(f"/desk/reports/{first}").text
    assert bela.post(path, state="x").status_code == 422
    foreign = app_instance.send(country="NL").report_id
    assert (
        bela.post(f"/desk/reports/{second}/links/{foreign}", state="confirmed").status_code == 404
    )


@pytest.mark.parametrize("detail", ["{", "[]", "null", '{"to": 3}', "\N{BOMB}"])
def test_a_damaged_custody_line_is_said_and_hides_nothing(
    app_instance: Instance, browser: Browsers, detail: str
) -> None:
    report_id = app_instance.send().report_id
    bela = browser().at_desk("Bela")
    bela.open(report_id)
    session = app_instance.session
    begin_write(session)
    session.get_one(CustodyLine, (report_id, 3)).detail = detail
    session.commit()
    page = bela.get(f"/desk/reports/{report_id}")
    assert page.status_code == 200
    assert "line 3 does not hold" in page.text
    assert "They sleep in the kitchen." in page.text


def test_a_flipped_bit_in_a_finding_is_said(app_instance: Instance, browser: Browsers) -> None:
    report_id = app_instance.send().report_id
    bela = browser().at_desk("Bela")
    bela.open(report_id)
    bela.post(f"/desk/reports/{report_id}/correct", form="sexual")
    session = app_instance.session
    begin_write(session)
    row = session.query(Finding).one()
    row.sealed = row.sealed[:-1] + bytes([row.sealed[-1] ^ 1])
    session.commit()
    page = bela.get(f"/desk/reports/{report_id}").text
    assert "A correction or an assessment is damaged" in page
    assert "line 4 does not hold" not in page
    assert (
        custody.find_broken_line(session, app_instance.vault, session.get_one(Report, report_id))
        is None
    )
