"""One report at the desk: opened on record, read, answered, noted, closed; never by a stranger."""

from __future__ import annotations

import re
from collections.abc import Callable
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from reports import custody, mailbox
from reports.db import begin_write
from reports.model import Message, Note, Report, ReportBody
from tests.support.cast import NOW, Instance
from tests.support.desk import Browser
from tests.support.web import Clock

Browsers = Callable[[], Browser]


def acts(instance: Instance, report_id: UUID) -> list[str]:
    """What the report's custody says."""
    instance.session.expire_all()
    report = instance.session.get_one(Report, report_id)
    found = [line.act for line in custody.list_lines(instance.session, report)]
    instance.session.rollback()
    return found


def status_of(instance: Instance, report_id: UUID) -> str:
    instance.session.expire_all()
    found = instance.session.get_one(Report, report_id).status
    instance.session.rollback()
    return found


def test_opening_is_on_record_before_anything_is_read(
    app_instance: Instance, browser: Browsers
) -> None:
    report_id = app_instance.send(place="Rue Neuve").report_id
    bela = browser().at_desk("Bela")
    cover = bela.get(f"/desk/reports/{report_id}").text
    assert "Open the report" in cover
    assert "kitchen" not in cover
    assert acts(app_instance, report_id) == ["received"]
    page = bela.open(report_id).text
    assert "They sleep in the kitchen." in page
    assert "Rue Neuve" in page
    assert acts(app_instance, report_id) == ["received", "opened", "moved"]


def test_the_first_to_act_takes_it_on_and_not_who_looks(
    app_instance: Instance, browser: Browsers
) -> None:
    report_id = app_instance.send().report_id
    bela, dana = browser().at_desk("Bela"), browser().at_desk("Dana")
    assert "Take it on" in bela.open(report_id).text
    report = app_instance.session.get_one(Report, report_id)
    assert (report.status, report.assignee_id, report.turn) == ("in_triage", None, "new")
    app_instance.session.rollback()
    bela.post(f"/desk/reports/{report_id}/note", text="A careful note.")
    app_instance.session.refresh(report)
    assert report.assignee_id == app_instance.members["Bela"].id
    app_instance.session.rollback()
    assert "Take it over" in dana.open(report_id).text
    dana.post(f"/desk/reports/{report_id}/take")
    assert acts(app_instance, report_id)[-1] == "assigned"


def test_opening_twice_in_a_session_is_one_line(app_instance: Instance, browser: Browsers) -> None:
    report_id = app_instance.send().report_id
    bela = browser().at_desk("Bela")
    bela.open(report_id)
    bela.open(report_id)
    assert acts(app_instance, report_id).count("opened") == 1


def test_a_new_session_opens_it_anew(
    app_instance: Instance, browser: Browsers, clock: Clock
) -> None:
    report_id = app_instance.send().report_id
    browser().at_desk("Bela").open(report_id)
    clock.forward(minutes=1)
    again = browser().at_desk("Bela")
    assert "kitchen" not in again.get(f"/desk/reports/{report_id}").text
    assert "kitchen" in again.open(report_id).text
    assert acts(app_instance, report_id).count("opened") == 2


@pytest.mark.parametrize("country", ["BE", "LU", "unknown"])
def test_another_desk_s_report_does_not_exist(
    app: Flask, app_instance: Instance, browser: Browsers, country: str
) -> None:
    report_id = app_instance.send(country=country).report_id
    chidi = browser().at_desk("Chidi")
    before = acts(app_instance, report_id)
    for rule in app.url_map.iter_rules():
        if "report_id" in rule.arguments:
            for real in (report_id, uuid4()):
                values = {name: uuid4() for name in rule.arguments} | {"report_id": real}
                _, path = rule.build(values) or ("", "")
                ask = chidi.get if "GET" in (rule.methods or ()) else chidi.post
                assert ask(path).status_code == 404, path
    assert acts(app_instance, report_id) == before


def test_without_opening_nothing_can_be_written(app_instance: Instance, browser: Browsers) -> None:
    report_id = app_instance.send().report_id
    bela = browser().at_desk("Bela")
    for act in ("reply", "note", "close", "route", "refer"):
        answer = bela.post(f"/desk/reports/{report_id}/{act}", text="x", reason="x")
        assert answer.headers["Location"] == f"/desk/reports/{report_id}"
    assert acts(app_instance, report_id) == ["received"]


def test_the_reporter_reads_the_answer(app_instance: Instance, browser: Browsers) -> None:
    receipt = app_instance.send()
    bela = browser().at_desk("Bela")
    page = bela.open(receipt.report_id).text
    once = re.search(r'name="once" value="([^"]+)"', page)
    assert once
    path = f"/desk/reports/{receipt.report_id}/reply"
    for _ in range(2):
        assert bela.post(path, text="Are they safe?", once=once.group(1)).status_code == 303
    session = app_instance.session
    session.expire_all()
    visit = mailbox.resume(session, app_instance.enter(receipt.code), NOW)
    thread = mailbox.read_thread(session, app_instance.vault, visit.report, visit.private)
    assert [(line.author, line.text) for line in thread[1:]] == [("desk", "Are they safe?")]


def test_a_note_is_read_by_the_desk_and_not_with_the_receipt_code(
    app_instance: Instance, browser: Browsers
) -> None:
    receipt = app_instance.send()
    bela = browser().at_desk("Bela")
    bela.open(receipt.report_id)
    bela.post(f"/desk/reports/{receipt.report_id}/note", text="Compare with last week.")
    assert "Compare with last week." in browser().at_desk("Dana").open(receipt.report_id).text
    session = app_instance.session
    session.expire_all()
    visit = mailbox.resume(session, app_instance.enter(receipt.code), NOW)
    thread = mailbox.read_thread(session, app_instance.vault, visit.report, visit.private)
    assert mailbox.filter_written(thread) == ()


@pytest.mark.parametrize(("act", "field"), [("reply", "text"), ("note", "text")])
def test_a_refused_text_stays_on_the_page(
    app_instance: Instance, browser: Browsers, act: str, field: str
) -> None:
    report_id = app_instance.send().report_id
    bela = browser().at_desk("Bela")
    bela.open(report_id)
    path = f"/desk/reports/{report_id}/{act}"
    empty = bela.post(path, **{field: " \n"})
    assert empty.status_code == 422
    assert "Write something first." in empty.text
    long = bela.post(path, **{field: "é<b>" * 2000})
    assert long.status_code == 422
    assert "This text has 8000 characters. At most 5000 fit." in long.text
    assert "é&lt;b&gt;" * 2000 in long.text


def test_closing_without_a_referral_needs_a_reason(
    app_instance: Instance, browser: Browsers
) -> None:
    report_id = app_instance.send().report_id
    bela = browser().at_desk("Bela")
    bela.open(report_id)
    path = f"/desk/reports/{report_id}/close"
    assert "Write why it ends here." in bela.post(path, reason="  ").text
    assert status_of(app_instance, report_id) == "in_triage"
    assert bela.post(path, reason="It was a play.").status_code == 303
    assert status_of(app_instance, report_id) == "closed"
    page = bela.get(f"/desk/reports/{report_id}").text
    assert "It was a play." in page
    assert "Everything is erased on 8 Jun 2027." in page
    again = bela.post(path, reason="Twice.")
    assert "Somebody has changed this report meanwhile" in again.text


@pytest.mark.parametrize("table", [ReportBody, Message, Note])
def test_a_damaged_part_is_named_and_the_rest_works(
    app_instance: Instance, browser: Browsers, table: type[ReportBody | Message | Note]
) -> None:
    report_id = app_instance.send().report_id
    bela = browser().at_desk("Bela")
    bela.open(report_id)
    bela.post(f"/desk/reports/{report_id}/reply", text="An answer.", once="1")
    bela.post(f"/desk/reports/{report_id}/note", text="A note.")
    session = app_instance.session
    begin_write(session)
    row = session.scalars(select(table)).all()[0]
    row.sealed = row.sealed[:-1] + bytes([row.sealed[-1] ^ 1])
    session.commit()
    page = bela.get(f"/desk/reports/{report_id}")
    assert page.status_code == 200
    assert "damaged and cannot be read. The rest works." in page.text
    texts = {ReportBody: "They sleep in the kitchen.", Message: "An answer.", Note: "A note."}
    for kind, text in texts.items():
        assert (text in page.text) == (kind is not table)


def test_a_damaged_case_key_leaves_a_page_and_no_error(
    app_instance: Instance, browser: Browsers
) -> None:
    report_id = app_instance.send().report_id
    bela = browser().at_desk("Bela")
    bela.open(report_id)
    session = app_instance.session
    begin_write(session)
    session.get_one(Report, report_id).private_by_desk = b"\x02" + b"\0" * 40
    session.commit()
    for page in (
        bela.get(f"/desk/reports/{report_id}"),
        bela.post(f"/desk/reports/{report_id}/route", to="be-djsoc"),
        bela.post(f"/desk/reports/{report_id}/note", text="It is damaged."),
    ):
        assert page.status_code in (200, 303, 422)
    # Without the case key nothing of the report opens, notes neither: it goes with it for good.
    page = bela.get(f"/desk/reports/{report_id}")
    assert "This note is damaged and cannot be read. The rest works." in page.text


def test_markup_in_a_story_stays_text(app_instance: Instance, browser: Browsers) -> None:
    report_id = app_instance.send(story="<script>x</script> %(name)s {{ 7*7 }}").report_id
    page = browser().at_desk("Bela").open(report_id).text
    assert "&lt;script&gt;x&lt;/script&gt; %(name)s {{ 7*7 }}" in page
