"""What a second person decides: a referral by the person affected, and a legal hold."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from reports import custody, retention
from reports.db import begin_write
from reports.model import ContactSetting, Delivery, LegalHold, Proposal, Referral, Report
from tests.support.cast import PASSWORD, Instance
from tests.support.desk import Browser
from tests.support.office import PAG_ASA, Office, document_in, text_in
from tests.support.rows import rows

Browsers = Callable[[], Browser]
STORY = "Jan de Wit brought us. JAN DE  WIT has our papers."
Desk = tuple[Browser, Browser, str]


@pytest.fixture
def office(app_instance: Instance) -> Office:
    made = Office(PAG_ASA)
    made.confirm(app_instance)
    return made


@pytest.fixture
def desk(app_instance: Instance, browser: Browsers, office: Office) -> Desk:
    """Bela and Emil of the same desk have both opened a report by the person affected."""
    app_instance.accept(app_instance.invite("Emil", "supervisor", "BE"), "Emil")
    report_id = app_instance.send(
        kind="self", form="labour", region="brussels", police="refused", story=STORY
    ).report_id
    bela, emil = browser().at_desk("Bela"), browser().at_desk("Emil")
    for person in (bela, emil):
        person.open(report_id)
    return bela, emil, f"/desk/reports/{report_id}"


def value_of(name: str, page: str) -> str:
    found = re.search(rf'name="{name}" value="([0-9a-f-]+)"', page)
    assert found, f"no {name} on the page"
    return found.group(1)


def propose(bela: Browser, path: str, **choice: str) -> TestResponse:
    """Bela takes a name out, keeps the country, and proposes what the page then shows."""
    chosen = {"chosen": "1", "field": ["kind", "form", "story"], "passages": "jan de wit"}
    chosen |= {"to": PAG_ASA, "note": "Please be careful.", **choice}
    page = bela.post(f"{path}/route", **chosen)
    assert "<del>Jan de Wit</del>" in page.text
    assert "They do not want the police." in page.text
    assert "A second person of the desk must agree" in page.text
    seen = value_of("seen", page.text)
    return bela.post(f"{path}/refer", seen=seen, password=PASSWORD, **chosen)


def agree(emil: Browser, path: str) -> TestResponse:
    """Emil looks at the proposal and agrees to it."""
    page = emil.get(f"{path}/proposal").text
    return emil.post(
        f"{path}/proposal/agree", proposal=value_of("proposal", page), password=PASSWORD
    )


def test_a_second_person_sends_exactly_what_the_first_chose(
    app_instance: Instance, desk: Desk, office: Office
) -> None:
    bela, emil, path = desk
    assert propose(bela, path).status_code == 303
    assert rows(app_instance, Delivery) == []
    [waiting] = rows(app_instance, Proposal)
    assert b"careful" not in waiting.sealed
    page = emil.get(f"{path}/proposal").text
    assert "Bela proposes to pass this report on." in page
    assert "<del>Jan de Wit</del>" in page
    assert agree(emil, path).status_code == 303
    [delivery] = rows(app_instance, Delivery)
    inner = office.read(delivery.packet or b"")
    assert "Please be careful." in text_in(inner)
    told = document_in(inner)
    assert told["answers"]["story"] == "█████ brought us. █████ has our papers."
    assert (told["redacted"], "country" in told["left_out"]) == (True, True)
    assert b"Wit" not in inner.as_bytes()
    [referral] = rows(app_instance, Referral)
    assert referral.staff_id == app_instance.keyring("Bela").staff.id
    assert referral.second_id == app_instance.keyring("Emil").staff.id
    report = app_instance.session.get_one(Report, referral.report_id)
    acts = [line.act for line in custody.list_lines(app_instance.session, report)]
    assert acts[-4:] == ["proposed", "agreed", "moved", "referred"]
    assert rows(app_instance, Proposal) == []


def test_a_yes_to_what_is_no_longer_there_is_a_sentence_whatever_the_password(desk: Desk) -> None:
    _, emil, path = desk
    for password in (PASSWORD, "not this one", "\x00"):
        answer = emil.post(f"{path}/proposal/agree", proposal="", password=password)
        assert answer.status_code == 422


def test_nobody_agrees_to_the_own_proposal(app_instance: Instance, desk: Desk) -> None:
    bela, _, path = desk
    propose(bela, path)
    page = bela.get(f"{path}/proposal").text
    assert "Somebody else of the desk must agree." in page
    answer = bela.post(
        f"{path}/proposal/agree", proposal=value_of("proposal", page), password=PASSWORD
    )
    assert answer.status_code == 422
    assert rows(app_instance, Delivery) == []


def test_a_key_that_changed_since_stops_the_proposal(app_instance: Instance, desk: Desk) -> None:
    bela, emil, path = desk
    propose(bela, path)
    old = value_of("proposal", emil.get(f"{path}/proposal").text)
    Office(PAG_ASA).confirm(app_instance)
    page = emil.get(f"{path}/proposal").text
    assert "Something has changed since you looked" in page
    assert "Agree, and send" not in page
    answer = emil.post(f"{path}/proposal/agree", proposal=old, password=PASSWORD)
    assert answer.status_code == 422
    assert rows(app_instance, Delivery) == []
    assert emil.post(f"{path}/proposal/end", proposal=old).status_code == 303
    assert rows(app_instance, Proposal) == []


def test_a_contact_point_that_lost_its_setting_stops_the_proposal(
    app_instance: Instance, desk: Desk
) -> None:
    bela, emil, path = desk
    propose(bela, path)
    begin_write(app_instance.session)
    app_instance.session.delete(app_instance.session.get_one(ContactSetting, PAG_ASA))
    app_instance.session.commit()
    page = emil.get(f"{path}/proposal").text
    assert "This proposal can no longer be agreed to." in page


def test_words_that_stand_nowhere_are_never_thought_to_be_taken_out(
    app_instance: Instance, desk: Desk
) -> None:
    bela, _, path = desk
    page = bela.post(
        f"{path}/route", chosen="1", field=["kind", "story"], passages="Piet", to=PAG_ASA
    )
    assert page.status_code == 422
    assert "These words stand nowhere in what goes: “Piet”." in page.text
    assert ">\nPiet</textarea>" in page.text


def test_a_form_that_was_changed_since_it_was_looked_at_sends_nothing(
    app_instance: Instance, desk: Desk
) -> None:
    bela, _, path = desk
    chosen = {"chosen": "1", "field": ["kind", "story"], "passages": "Jan de Wit", "to": PAG_ASA}
    seen = value_of("seen", bela.post(f"{path}/route", **chosen).text)
    for different in ({"passages": ""}, {"note": "More."}, {"seen": "0" * 64}, {"field": "story"}):
        sent = {"seen": seen, **chosen, **different}
        answer = bela.post(f"{path}/refer", password=PASSWORD, **sent)
        assert answer.status_code == 422, different
        assert "Nothing was sent. Look again." in answer.text
    assert rows(app_instance, Proposal) == rows(app_instance, Delivery) == []


def test_trying_another_fact_shows_its_route_and_keeps_nothing(
    app_instance: Instance, desk: Desk
) -> None:
    bela, _, path = desk
    before = rows(app_instance, Report)[0].updated_day
    page = bela.post(f"{path}/what-if", country="LU", region="unknown", age="minor").text
    assert "In Luxembourg whoever learns of a minor must tell the police." in page
    assert "Cellule protection des victimes" in page
    assert rows(app_instance, Report)[0].updated_day == before
    assert "Cellule protection des victimes" not in bela.get(path).text


def test_a_legal_hold_takes_two_people_and_keeps_the_report_until_two_lift_it(
    app_instance: Instance, desk: Desk
) -> None:
    bela, emil, path = desk
    session, vault = app_instance.session, app_instance.vault

    def turn(person: Browser, **fields: str) -> int:
        person.get(path)
        return person.post(f"{path}/hold", password=PASSWORD, **fields).status_code

    def purged() -> int:
        begin_write(session)
        report = session.scalars(select(Report)).one()
        report.status, report.retention_day = "closed", report.received_day
        count = len(retention.purge_due(session, vault, over))
        session.rollback()
        return count

    over = emil.clock.now + timedelta(days=2)
    assert turn(bela, text="") == 422
    assert turn(bela, text="A court asked for it.") == 303
    assert purged() == 1, "a hold that one person asked for keeps nothing"
    assert turn(bela, step="agree") == 422
    assert turn(emil, step="agree") == 303
    assert purged() == 0
    assert turn(emil, step="lift") == 303
    assert purged() == 0
    assert turn(bela, step="agree") == 303
    assert rows(app_instance, LegalHold) == []
    assert purged() == 1
