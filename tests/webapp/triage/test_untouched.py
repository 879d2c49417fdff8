"""Each form of the desk as the page itself sends it: untouched, or with one thing done to it.

Forms put together by hand hide what a page really sends, and what it leaves out.
"""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import pytest
from sqlalchemy import select

from reports import custody
from reports.db import begin_write
from reports.model import ContactChange, LegalHold, Proposal, Report, ReportLink
from tests.support.cast import PASSWORD, Instance
from tests.support.desk import Browser
from tests.support.office import PAYOKE, Office
from tests.support.untouched import buttons, untouched

Browsers = Callable[[], Browser]


@pytest.fixture
def report_id(app_instance: Instance) -> UUID:
    return app_instance.send(form="sexual", region="flanders").report_id


def press(visitor: Browser, page: str, at: str, /, **touched: object) -> int:
    """Send the form of a page whose address ends with `at`, with what was `touched`."""
    action, _, _ = at.partition("#")
    return visitor.post(action, **(untouched(page, at) | touched)).status_code


def acts(instance: Instance, report_id: UUID) -> list[str]:
    instance.session.expire_all()
    report = instance.session.get_one(Report, report_id)
    found = [line.act for line in custody.list_lines(instance.session, report)]
    instance.session.rollback()
    return found


def facts(instance: Instance, report_id: UUID) -> tuple[str | None, str, int]:
    instance.session.expire_all()
    report = instance.session.get_one(Report, report_id)
    found = report.country, report.form, report.urgency
    instance.session.rollback()
    return found


def test_corrections_change_what_was_touched_alone(
    app_instance: Instance, browser: Browsers, report_id: UUID
) -> None:
    bela, path = browser().at_desk("Bela"), f"/desk/reports/{report_id}"
    bela.open(report_id)
    bela.post(f"{path}/take")
    page, before = bela.get(path).text, acts(app_instance, report_id)
    assert press(bela, page, f"{path}/correct#facts") == 303
    assert acts(app_instance, report_id) == before, "untouched corrects nothing"
    assert press(bela, page, f"{path}/correct#facts", danger="yes") == 303
    assert facts(app_instance, report_id) == ("BE", "sexual", 3), "the urgency followed"


def test_a_form_that_lay_open_brings_no_older_fact_back(
    app_instance: Instance, browser: Browsers, report_id: UUID
) -> None:
    bela, dana = browser().at_desk("Bela"), browser().at_desk("Dana")
    path = f"/desk/reports/{report_id}"
    old = bela.open(report_id).text
    dana.open(report_id)
    dana.post(f"{path}/take")
    assert press(dana, dana.get(path).text, f"{path}/correct#facts", danger="yes") == 303
    bela.post(f"{path}/take")
    assert press(bela, old, f"{path}/correct#facts", country="LU", reason="Seen") == 303
    assert facts(app_instance, report_id) == ("LU", "sexual", 3)


def test_refused_corrections_keep_what_was_chosen(browser: Browsers, report_id: UUID) -> None:
    bela, at = browser().at_desk("Bela"), f"/desk/reports/{report_id}/correct#facts"
    page = bela.open(report_id).text
    again = bela.post(
        at.partition("#")[0], **(untouched(page, at) | {"urgency": "3", "age": "minor"})
    )
    assert again.status_code == 422
    form = untouched(again.text, at)
    assert (form["urgency"], form["age"]) == (["3"], ["minor"])
    assert press(bela, again.text, at, reason="She called.") == 303


def test_the_assessment_as_it_stands(
    app_instance: Instance, browser: Browsers, report_id: UUID
) -> None:
    bela, path = browser().at_desk("Bela"), f"/desk/reports/{report_id}/assessment"
    bela.open(report_id)
    assert press(bela, bela.get(path).text, path, debt="seen", text="Wages.\r\n\r\nTwo.") == 303
    kept = acts(app_instance, report_id)
    page = bela.get(path).text
    assert untouched(page, path)["debt"] == ["seen"]
    assert press(bela, page, path) == 303
    assert acts(app_instance, report_id) == kept, "the same once more is nothing new"


def test_answers_to_the_reporter(
    app_instance: Instance, browser: Browsers, report_id: UUID
) -> None:
    bela, path = browser().at_desk("Bela"), f"/desk/reports/{report_id}"
    page = bela.open(report_id).text
    for at in ("reply", "standing", "ask"):
        assert press(bela, page, f"{path}/{at}#thread") == 422, "an empty answer is none"
    assert press(bela, page, f"{path}/reply#thread", text="Are they safe?") == 303
    assert press(bela, page, f"{path}/standing#thread", code="stay_safe") == 303
    assert press(bela, page, f"{path}/ask#thread", code=["danger", "country"]) == 303
    assert acts(app_instance, report_id)[-3:] == ["replied", "replied", "asked"]
    assert press(bela, page, f"{path}/reply#thread", text="Are they safe?") == 303
    assert acts(app_instance, report_id)[-1] == "asked", "the same form twice is one answer"


def test_notes_people_and_desks(app_instance: Instance, browser: Browsers, report_id: UUID) -> None:
    bela, path = browser().at_desk("Bela"), f"/desk/reports/{report_id}"
    page = bela.open(report_id).text
    assert press(bela, page, f"{path}/note#notes") == 422
    assert press(bela, page, f"{path}/note#notes", text="Compare.") == 303
    assert press(bela, page, f"{path}/assign") == 422
    assert press(bela, bela.get(path).text, f"{path}/release") == 303
    assert press(bela, bela.get(path).text, f"{path}/take") == 303
    page = bela.get(f"{path}/hand-over").text
    assert press(bela, page, f"{path}/hand-over") == 422
    assert press(bela, page, f"{path}/hand-over", desk="nl", reason="It is there.") == 303
    assert browser().at_desk("Chidi").open(report_id).status_code == 200


def test_closing(app_instance: Instance, browser: Browsers, report_id: UUID) -> None:
    bela, path = browser().at_desk("Bela"), f"/desk/reports/{report_id}/close"
    page = bela.open(report_id).text
    first = {name: values[0] for name, values in untouched(page, path).items()}
    again = bela.post(path, **(first | {"sex": "female"}))
    assert again.status_code == 422
    assert "This report was not passed on. Write why it ends here." in again.text
    assert press(bela, again.text, path, reason="It was a play.") == 303
    assert press(bela, again.text, path, reason="It was a play.") == 422, "once is enough"


def test_a_hold_is_agreed_to_as_it_was_seen(
    app_instance: Instance, browser: Browsers, report_id: UUID
) -> None:
    app_instance.accept(app_instance.invite("Emil", "supervisor", "BE"), "Emil")
    people = {name: browser().at_desk(name) for name in ("Bela", "Emil", "Dana")}
    path, at = f"/desk/reports/{report_id}", f"/desk/reports/{report_id}/hold"
    bela, emil, dana = people.values()
    page = bela.open(report_id).text
    assert press(bela, page, at, password=PASSWORD) == 422
    assert press(bela, page, at, password=PASSWORD, text="A court asks.") == 303
    old = emil.open(report_id).text
    assert ("step", "agree") in buttons(old, "/hold")
    assert press(dana, dana.open(report_id).text, at, password=PASSWORD, step="agree") == 303
    assert press(bela, bela.get(path).text, at, password=PASSWORD, step="lift") == 303
    assert press(emil, old, at, password=PASSWORD, step="agree") == 422, "that was the hold"
    assert app_instance.session.scalars(select(LegalHold.state)).one() == "lifting"
    app_instance.session.rollback()
    assert press(emil, emil.get(path).text, at, password=PASSWORD, step="agree") == 303


def test_a_proposal_and_its_second_person(app_instance: Instance, browser: Browsers) -> None:
    Office("be-pag-asa").confirm(app_instance)
    app_instance.accept(app_instance.invite("Emil", "supervisor", "BE"), "Emil")
    report_id = app_instance.send(kind="self", region="brussels").report_id
    bela, emil = browser().at_desk("Bela"), browser().at_desk("Emil")
    path = f"/desk/reports/{report_id}"
    chosen = untouched(bela.open(report_id).text, f"{path}/route")
    assert chosen["to"] == ["be-pag-asa"], "what the route proposes is ticked"
    page = bela.post(f"{path}/route", **chosen).text
    note = "Be careful.\r\n\r\nPlease."
    page = bela.post(f"{path}/route", **(untouched(page, "/refer") | {"note": note})).text
    assert press(bela, page, f"{path}/refer", password=PASSWORD) == 303
    emil.open(report_id)
    page = emil.get(f"{path}/proposal").text
    assert press(emil, page, f"{path}/proposal/end") == 303
    page = bela.post(f"{path}/route", **chosen).text
    assert press(bela, page, f"{path}/refer", password=PASSWORD) == 303
    page = emil.get(f"{path}/proposal").text
    assert press(emil, page, f"{path}/proposal/agree", password=PASSWORD) == 303
    assert acts(app_instance, report_id)[-2:] == ["moved", "referred"]
    assert app_instance.session.scalars(select(Proposal)).all() == []


def test_links_and_what_if(app_instance: Instance, browser: Browsers) -> None:
    first, second = (app_instance.send(plates="1-ABC-234").report_id for _ in range(2))
    bela = browser().at_desk("Bela")
    bela.open(first)
    page = bela.open(second).text
    at = f"/desk/reports/{second}/links/{first}"
    for name, state in buttons(page, f"{first}#links"):
        assert press(bela, page, f"{at}#links", **{name: state}) == 303
    assert app_instance.session.scalars(select(ReportLink.state)).one() == "dismissed"
    app_instance.session.rollback()
    tried = untouched(page, "/what-if")
    assert tried["country"] == ["BE"]
    assert press(bela, page, f"/desk/reports/{second}/what-if", country="LU") == 200


def test_a_contact_point_s_change(app_instance: Instance, browser: Browsers) -> None:
    place, office = f"/desk/contacts/{PAYOKE}", Office()
    office.confirm(app_instance)
    app_instance.accept(app_instance.invite("Eva", "administrator", "BE"), "Eva")
    dana, eva = browser().at_desk("Dana"), browser().at_desk("Eva")
    page = dana.get(place).text
    form = untouched(page, place)
    assert (form["channel"], form["email"]) == (["openpgp"], [office.email])
    assert press(dana, page, place, password=PASSWORD) == 422, "a key is never taken as read"
    key = str(office._key.extract_certificate())
    assert press(dana, page, place, password=PASSWORD, certificate=key) == 303
    page = eva.get(f"{place}/confirm").text
    assert press(eva, page, f"{place}/confirm", password=PASSWORD, decision="confirm") == 303
    begin_write(app_instance.session)
    assert app_instance.session.scalars(select(ContactChange)).all() == []
    app_instance.session.rollback()
    assert press(dana, dana.get(place).text, f"{place}/checked", password=PASSWORD) == 303


def test_traces_that_staff_add_and_take_away(app_instance: Instance, browser: Browsers) -> None:
    first = app_instance.send(phones="+32 470 12 34 56").report_id
    second = app_instance.send().report_id
    bela, path = browser().at_desk("Bela"), f"/desk/reports/{second}"
    bela.open(first)
    page = bela.open(second).text
    assert "Perhaps the same people" not in page
    assert press(bela, page, f"{path}/traces#facts") == 303
    refused = bela.post(f"{path}/traces", phone="nobody", name="Mirko Petrovic")
    assert "There is no such value. Nothing was changed." in refused.text
    assert untouched(refused.text, "/traces#facts")["name"] == ["Mirko Petrovic"]
    assert press(bela, refused.text, f"{path}/traces#facts", phone="0470123456") == 303
    page = bela.get(path).text
    assert "Perhaps the same people" in page
    assert "Mirko Petrovic" in page
    kept = page.partition('aria-label="Remove “0470123456”"')[0].rpartition('action="')[2]
    assert press(bela, page, kept.partition('"')[0]) == 303
    page = bela.get(path).text
    assert "Perhaps the same people" not in page
    assert "Mirko Petrovic" in page
    assert acts(app_instance, second)[-2:] == ["trace_added", "trace_removed"]
