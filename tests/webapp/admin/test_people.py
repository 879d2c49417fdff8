"""The people of the desks: invited, confirmed by their key, disabled with new keys for the rest."""

from __future__ import annotations

import re
from collections.abc import Callable
from uuid import UUID

import pytest
from sqlalchemy import delete, select, update

from reports.db import begin_write
from reports.model import Desk, DeskGrant, DeskKey, Report, Staff
from reports.roster import invitation, membership
from reports.roster.invitation import NewMember
from tests.support.cast import NOW, PASSWORD, Instance
from tests.support.desk import Browser
from tests.support.office import Office
from tests.support.web import Clock

Browsers = Callable[[], Browser]


def member(instance: Instance, name: str) -> Staff:
    instance.session.expire_all()
    found = instance.session.scalars(
        select(Staff).where(Staff.folded_name == name.casefold())
    ).one()
    instance.session.expunge(found)
    instance.session.rollback()
    return found


def waiting(instance: Instance, name: str = "Eva") -> UUID:
    """Somebody invited from the command line has set up and waits."""
    session, dana = instance.session, instance.keyring("Dana")
    begin_write(session)
    desks = [desk.id for desk in dana.list_desks(session) if desk.country == "BE"]
    link = invitation.invite(session, instance.vault, NewMember(name, "triager", tuple(desks)), NOW)
    session.commit()
    instance.accept(link, name)
    found: UUID = member(instance, name).id
    return found


def test_the_list_says_who_is_what(app_instance: Instance, browser: Browsers) -> None:
    waiting(app_instance)
    page = browser().at_desk("Dana").get("/desk/staff").text
    for words in ("Bela", "Triager", "Administrator", "Waits for confirmation", "Confirm"):
        assert words in page


def test_an_invited_member_sets_up_and_reads(
    app_instance: Instance, browser: Browsers, clock: Clock
) -> None:
    report_id = app_instance.send().report_id
    dana = browser().at_desk("Dana")
    dana.get("/desk/staff/invite")
    page = dana.post("/desk/staff/invite", name="Eva", role="triager", desk="be", password=PASSWORD)
    found = re.search(r"/desk/setup#([A-Za-z0-9_-]+)", page.text)
    assert found
    app_instance.accept(found.group(1), "Eva")
    assert "kitchen" in browser().at_desk("Eva").open(report_id).text


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"name": " "}, "Write a name."),
        ({"name": "x" * 81}, "shorter name"),
        ({"name": "bela"}, "has this name already"),
        ({"role": "king"}, "Choose what this person may do."),
        ({"desk": []}, "Choose at least one desk."),
        ({"desk": "moon"}, "Choose at least one desk."),
        ({"password": "no"}, "This is not your password."),
    ],
)
def test_a_mistake_in_an_invitation_is_named(
    app_instance: Instance, browser: Browsers, wrong: dict[str, object], sentence: str
) -> None:
    dana = browser().at_desk("Dana")
    right = {"name": "Eva", "role": "triager", "desk": "be", "password": PASSWORD}
    page = dana.post("/desk/staff/invite", **(right | wrong))
    assert page.status_code == 422
    assert sentence in page.text
    assert "/desk/setup#" not in page.text


def test_a_waiting_member_is_confirmed_by_fingerprint_and_password(
    app_instance: Instance, browser: Browsers
) -> None:
    report_id, eva_id = app_instance.send().report_id, waiting(app_instance)
    dana = browser().at_desk("Dana")
    path = f"/desk/staff/{eva_id}/confirm"
    page = dana.get(path).text
    found = re.search(r'name="shown" value="([0-9a-f]{64})"', page)
    assert found
    wrong = dana.post(path, shown=found.group(1), password="no")
    assert "This is not your password" in wrong.text
    changed = dana.post(path, shown="0" * 64, password=PASSWORD)
    assert "This has changed meanwhile" in changed.text
    assert member(app_instance, "Eva").state == "waiting"
    for role in ("administrator", "triager"):
        begin_write(app_instance.session)
        app_instance.session.execute(update(Staff).filter_by(id=eva_id).values(role=role))
        app_instance.session.commit()
        if role == "administrator":
            raised = dana.post(path, shown=found.group(1), password=PASSWORD)
            assert "This has changed meanwhile" in raised.text
    done = dana.post(path, shown=found.group(1), password=PASSWORD)
    assert done.status_code == 303
    assert "kitchen" in browser().at_desk("Eva").open(report_id).text
    assert dana.post(path, shown=found.group(1), password=PASSWORD).status_code == 422


@pytest.mark.parametrize("lost", ["BE", "NL"])
def test_a_desk_that_cannot_be_renewed_does_not_keep_the_others_from_it(
    app_instance: Instance, browser: Browsers, lost: str
) -> None:
    session, dana = app_instance.session, app_instance.keyring("Dana")
    bela = session.get_one(Staff, app_instance.members["Bela"].id)
    begin_write(session)
    [nl] = session.scalars(select(Desk).filter_by(country="NL"))
    membership.join(app_instance.act("Dana"), nl.id, bela)
    session.flush()
    of_lost = select(DeskKey.id).join(Desk).where(Desk.country == lost)
    own = DeskGrant.staff_id == dana.staff.id
    session.execute(delete(DeskGrant).where(own, DeskGrant.desk_key_id.in_(of_lost)))
    session.commit()
    visitor = browser().at_desk("Dana")
    path = f"/desk/staff/{bela.id}/disable"
    visitor.get(path)
    assert visitor.post(path, password=PASSWORD).headers["Location"].endswith("done=keys_kept")
    session.rollback()
    query = select(Desk.country).join(DeskKey).where(DeskKey.epoch == 2)
    assert set(session.scalars(query)) == {"BE", "NL"} - {lost}


def test_disabling_ends_everything_and_renews_the_keys(
    app_instance: Instance, browser: Browsers
) -> None:
    report_id = app_instance.send().report_id
    bela, dana = browser().at_desk("Bela"), browser().at_desk("Dana")
    bela.open(report_id)
    bela.post(f"/desk/reports/{report_id}/take")
    path = f"/desk/staff/{app_instance.members['Bela'].id}/disable"
    assert "1 open report is theirs." in dana.get(path).text
    assert dana.post(path, password="no").status_code == 422
    assert bela.get("/desk/").status_code == 200
    done = dana.post(path, password=PASSWORD)
    assert done.headers["Location"] == "/desk/staff?done=disabled"
    assert bela.get("/desk/").status_code == 303
    session = app_instance.session
    session.expire_all()
    report = session.get_one(Report, report_id)
    assert session.get_one(DeskKey, report.desk_key_id).epoch == 2
    session.rollback()
    assert f"r{report_id.hex}" in dana.get("/desk/?turn=orphaned").text
    assert "kitchen" in dana.open(report_id).text


def test_who_was_invited_before_a_renewal_still_reads_after_it(
    app_instance: Instance, browser: Browsers
) -> None:
    link = app_instance.invite("Eva", "triager", "BE")
    report_id = app_instance.send().report_id
    dana = browser().at_desk("Dana")
    dana.post(f"/desk/staff/{app_instance.members['Bela'].id}/disable", password=PASSWORD)
    app_instance.accept(link, "Eva")
    assert "kitchen" in browser().at_desk("Eva").open(report_id).text


def test_a_damaged_report_does_not_keep_somebody_from_being_disabled(
    app_instance: Instance, browser: Browsers
) -> None:
    report_id = app_instance.send().report_id
    session = app_instance.session
    begin_write(session)
    session.get_one(Report, report_id).private_by_desk = b"\x02" + b"\0" * 40
    session.commit()
    bela, dana = browser().at_desk("Bela"), browser().at_desk("Dana")
    done = dana.post(f"/desk/staff/{app_instance.members['Bela'].id}/disable", password=PASSWORD)
    assert done.headers["Location"] == "/desk/staff?done=disabled"
    assert bela.get("/desk/").status_code == 303
    assert member(app_instance, "Bela").state == "disabled"


def test_nobody_disables_themselves(app_instance: Instance, browser: Browsers) -> None:
    dana = browser().at_desk("Dana")
    path = f"/desk/staff/{app_instance.members['Dana'].id}/disable"
    assert "You cannot disable yourself" in dana.get(path).text
    assert dana.post(path, password=PASSWORD).status_code == 422
    assert member(app_instance, "Dana").state == "active"


def test_contact_points_show_which_can_be_written_to(
    app_instance: Instance, browser: Browsers
) -> None:
    office = Office("be-djsoc")
    office.confirm(app_instance)
    page = browser().at_desk("Bela").get("/desk/contacts").text
    assert office.email in page
    assert "No confirmed address and key." in page


def test_a_new_administrator_is_announced_and_not_made_by_one_alone(
    app_instance: Instance, browser: Browsers, clock: Clock
) -> None:
    dana = browser().at_desk("Dana")
    told = {"name": "Eva", "role": "administrator", "desk": "be", "password": PASSWORD}
    found = re.search(r"/desk/setup#([A-Za-z0-9_-]+)", dana.post("/desk/staff/invite", **told).text)
    assert found
    assert "Eva is to become an administrator." in dana.get("/desk/").text
    assert "is to become" not in browser().at_desk("Bela").get("/desk/").text
    eva = app_instance.accept(found.group(1), "Eva", confirmed=False)
    path = f"/desk/staff/{eva.id}/confirm"
    shown = re.search(r'name="shown" value="([0-9a-f]{64})"', dana.get(path).text)
    assert shown
    assert "Dana asked for this." in dana.get(path).text
    alone = dana.post(path, shown=shown.group(1), password=PASSWORD)
    assert alone.status_code == 422
    assert "Another administrator can confirm it" in alone.text
    clock.forward(hours=73)
    again = browser().at_desk("Dana")
    assert again.post(path, shown=shown.group(1), password=PASSWORD).status_code == 303
    assert "is to become" not in again.get("/desk/").text
