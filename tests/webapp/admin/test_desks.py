"""The desks' page: keys renewed, people added and taken away, each time with the password."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import pytest
from sqlalchemy import select

from reports import custody
from reports.model import Desk, DeskKey, Organisation
from reports.roster import desks
from tests.support.cast import PASSWORD, Instance
from tests.support.desk import Browser
from tests.support.web import Clock

Browsers = Callable[[], Browser]


def desk_id(instance: Instance, name: str = "be") -> UUID:
    found = instance.session.scalars(select(Desk.id).where(Desk.name == name)).one()
    instance.session.rollback()
    return found


def epoch(instance: Instance, name: str = "be") -> int:
    instance.session.expire_all()
    query = select(DeskKey).join(Desk, Desk.id == DeskKey.desk_id).where(Desk.name == name)
    found = max(key.epoch for key in instance.session.scalars(query))
    instance.session.rollback()
    return found


def last_act(instance: Instance) -> tuple[str, object]:
    """What the instance's custody says last, and of whom."""
    instance.session.expire_all()
    organisation = instance.session.get_one(Organisation, 1)
    line = custody.list_lines(instance.session, organisation)[-1]
    told = line.act, line.staff_id
    instance.session.rollback()
    return told


def test_each_desk_shows_its_key_and_its_people(
    app_instance: Instance, browser: Browsers, clock: Clock
) -> None:
    page = browser().at_desk("Dana").get("/desk/desks").text
    assert page.count('<section class="card"') == 4
    assert "Key number 1, made today." in page
    assert "older than a year" not in page
    clock.forward(days=100)
    assert "Key number 1, 3 months old." in browser().at_desk("Dana").get("/desk/desks").text
    clock.forward(days=300)
    assert "older than a year" in browser().at_desk("Dana").get("/desk/desks").text
    assert desks.RENEWAL.days == 365


def test_a_key_is_renewed_and_everything_can_still_be_read(
    app_instance: Instance, browser: Browsers
) -> None:
    report_id, dana = app_instance.send().report_id, browser().at_desk("Dana")
    path = f"/desk/desks/{desk_id(app_instance)}/renew"
    assert "Renew the key of Belgium" in dana.get(path).text
    wrong = dana.post(path, password="no")
    assert (wrong.status_code, epoch(app_instance)) == (422, 1)
    assert "This is not your password" in wrong.text
    assert dana.post(path, password=PASSWORD).headers["Location"] == "/desk/desks?done=renewed"
    assert epoch(app_instance) == 2
    assert last_act(app_instance) == ("desk_key_renewed", app_instance.members["Dana"].id)
    assert "The desk has a new key" in dana.get("/desk/desks?done=renewed").text
    assert "kitchen" in browser().at_desk("Bela").open(report_id).text


def test_somebody_is_added_and_taken_away_again(app_instance: Instance, browser: Browsers) -> None:
    report_id, dana = app_instance.send().report_id, browser().at_desk("Dana")
    chidi = browser().at_desk("Chidi")
    be, person = f"/desk/desks/{desk_id(app_instance)}", app_instance.members["Chidi"].id
    assert "Chidi (Triager)" in dana.get(f"{be}/add").text
    assert dana.post(f"{be}/add", person=str(person), password="no").status_code == 422
    assert chidi.open(report_id).status_code == 404
    added = dana.post(f"{be}/add", person=str(person), password=PASSWORD)
    assert added.headers["Location"] == "/desk/desks?done=joined"
    assert last_act(app_instance) == ("desk_joined", app_instance.members["Dana"].id)
    assert "kitchen" in chidi.open(report_id).text
    assert "Chidi (Triager)" not in dana.get(f"{be}/add").text
    remove = f"{be}/remove/{person}"
    assert "Chidi no longer reads" in dana.get(remove).text
    assert dana.post(remove, password="no").status_code == 422
    assert dana.post(remove, password=PASSWORD).headers["Location"] == "/desk/desks?done=left"
    assert last_act(app_instance) == ("desk_left", app_instance.members["Dana"].id)
    assert epoch(app_instance) == 2
    assert chidi.get(f"/desk/reports/{report_id}").status_code == 404
    assert chidi.get("/desk/").status_code == 200
    assert "kitchen" in browser().at_desk("Bela").open(report_id).text


@pytest.mark.parametrize("person", ["", "x", "00000000-0000-4000-8000-000000000000"])
def test_a_person_must_be_chosen(app_instance: Instance, browser: Browsers, person: str) -> None:
    dana = browser().at_desk("Dana")
    page = dana.post(f"/desk/desks/{desk_id(app_instance)}/add", person=person, password=PASSWORD)
    assert page.status_code == 422
    assert "Choose a person." in page.text


def test_the_last_administrator_of_a_desk_stays(app_instance: Instance, browser: Browsers) -> None:
    dana = browser().at_desk("Dana")
    dana_id = app_instance.members["Dana"].id
    page = dana.post(f"/desk/desks/{desk_id(app_instance)}/remove/{dana_id}", password=PASSWORD)
    assert page.status_code == 422
    assert "last administrator" in page.text
    assert epoch(app_instance) == 1


def test_an_administrator_without_the_key_is_told_so(
    app_instance: Instance, browser: Browsers
) -> None:
    app_instance.accept(app_instance.invite("Eva", "administrator", "BE"), "Eva")
    eva, nl = browser().at_desk("Eva"), desk_id(app_instance, "nl")
    assert eva.get("/desk/desks").text.count("You do not hold this key.") == 3
    chidi = app_instance.members["Chidi"].id
    for act in ("renew", "add", f"remove/{chidi}"):
        assert "You do not hold this key." in eva.get(f"/desk/desks/{nl}/{act}").text
        refused = eva.post(
            f"/desk/desks/{nl}/{act}",
            person=str(app_instance.members["Bela"].id),
            password=PASSWORD,
        )
        assert refused.status_code == 422
    assert epoch(app_instance, "nl") == 1


def test_who_lost_everything_gets_a_new_link(
    app_instance: Instance, browser: Browsers, clock: Clock
) -> None:
    report_id, dana, bela = app_instance.send().report_id, browser(), browser().at_desk("Bela")
    dana.at_desk("Dana")
    path = f"/desk/staff/{app_instance.members['Bela'].id}/link"
    assert "A new link for Bela" in dana.get(path).text
    assert dana.post(path, password="no").status_code == 422
    assert bela.get("/desk/").status_code == 200
    page = dana.post(path, password=PASSWORD)
    assert page.status_code == 200
    link = page.text.partition("/desk/setup#")[2].partition("<")[0]
    assert last_act(app_instance) == ("staff_reset", app_instance.members["Dana"].id)
    assert bela.get("/desk/").status_code == 303
    assert bela.sign_in("Bela").status_code == 403
    app_instance.session.expire_all()
    app_instance.accept(link, "Bela", clock.now)
    clock.forward(seconds=30)
    assert "kitchen" in browser().at_desk("Bela").open(report_id).text


def test_nobody_makes_themselves_a_new_link(app_instance: Instance, browser: Browsers) -> None:
    dana = browser().at_desk("Dana")
    path = f"/desk/staff/{app_instance.members['Dana'].id}/link"
    assert "Another administrator can" in dana.get(path).text
    assert dana.post(path, password=PASSWORD).status_code == 422
    assert dana.get("/desk/").status_code == 200


def test_a_new_link_warns_of_desks_that_it_cannot_give(
    app_instance: Instance, browser: Browsers
) -> None:
    app_instance.accept(app_instance.invite("Eva", "administrator", "BE"), "Eva")
    eva, chidi = browser().at_desk("Eva"), app_instance.members["Chidi"].id
    assert "The link does not give these desks: nl." in eva.get(f"/desk/staff/{chidi}/link").text
