"""The liaison's face: what was sealed to them, and nothing else; saying what became of it."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

import pytest
from sqlalchemy import select

from reports import custody, sealed_rows
from reports.db import begin_write
from reports.delivery import contact_settings
from reports.delivery.channels.channel import ContactDetails
from reports.delivery.channels.portal import portal_packet
from reports.model import Delivery, Organisation, PortalKey, Referral, Report
from reports.settings import Settings
from reports.triage import deadlines
from reports.triage.referral import recipient_answers
from reports.triage.referral.recipient_answers import GivenAnswer
from tests.support.cast import NOW, Instance
from tests.support.desk import Browser
from tests.support.office import PAYOKE, refer
from tests.support.web import Clock

Browsers = Callable[[], Browser]
STORY = "They sleep in the kitchen."
SETTINGS = Settings.from_environ({})


@pytest.fixture
def sent(app_instance: Instance) -> Delivery:
    """Lia is of Payoke, which uses the portal; Bela has passed a report on to it."""
    instance = app_instance
    instance.accept(instance.invite("Lia", "liaison", None, contact_id=PAYOKE), "Lia")
    instance.accept(instance.invite("Olaf", "liaison", None, contact_id="be-surya"), "Olaf")
    begin_write(instance.session)
    told = ContactDetails("portal")
    contact_settings.confirm(instance.session, instance.vault, PAYOKE, told, NOW)
    instance.session.commit()
    [delivery_id] = refer(instance, instance.send(story=STORY), SETTINGS, PAYOKE)
    # Who comes later opens nothing that was sent before.
    instance.accept(instance.invite("Late", "liaison", None, contact_id=PAYOKE), "Late")
    found = instance.session.get_one(Delivery, delivery_id)
    instance.session.expunge(found)
    instance.session.rollback()
    return found


def signed_in(browser: Browsers, name: str) -> Browser:
    visitor = browser()
    assert visitor.sign_in(name).status_code == 303
    assert visitor.get("/desk/").headers["Location"] == "/desk/portal"
    assert visitor.get("/desk/portal").status_code == 200
    return visitor


def referral(instance: Instance) -> Referral:
    instance.session.expire_all()
    return instance.session.scalars(select(Referral)).one()


def test_it_lies_there_sealed_and_opens_for_its_liaison_alone(
    app_instance: Instance, browser: Browsers, sent: Delivery
) -> None:
    assert sent.state == "delivered"
    assert STORY.encode() not in (sent.packet or b"")
    lia = signed_in(browser, "Lia")
    assert sent.id.hex[:8] in lia.get("/desk/portal").text
    page = lia.post(f"/desk/portal/{sent.id}")
    assert STORY in page.text
    for other in ("Olaf", "Late"):
        visitor = signed_in(browser, other)
        assert "Nothing was sent to you yet." in visitor.get("/desk/portal").text
        for act in ("", "/file", "/answer"):
            assert visitor.post(f"/desk/portal/{sent.id}{act}").status_code == 404
    assert lia.post(f"/desk/portal/{uuid4()}").status_code == 404
    report = app_instance.session.get_one(Report, referral(app_instance).report_id)
    last = custody.list_lines(app_instance.session, report)[-1]
    assert (last.act, last.staff_id) == (
        "portal_opened",
        app_instance.keyring("Lia").staff.id,
    )


def test_its_files_are_saved_and_never_shown(browser: Browsers, sent: Delivery) -> None:
    lia = signed_in(browser, "Lia")
    saved = lia.post(f"/desk/portal/{sent.id}/file", name="report.json")
    assert STORY in saved.text
    assert saved.headers["Content-Disposition"] == "attachment; filename=report.json"
    assert saved.mimetype == "application/octet-stream"
    assert "sandbox" in saved.headers["Content-Security-Policy"]
    assert lia.post(f"/desk/portal/{sent.id}/file", name="../x").status_code == 404


def test_what_the_liaison_answers_reaches_the_desk(
    app_instance: Instance, browser: Browsers, sent: Delivery
) -> None:
    lia, bela = signed_in(browser, "Lia"), browser().at_desk("Bela")
    report_id = referral(app_instance).report_id
    path = f"/desk/reports/{report_id}"
    # On SQLite an open reader keeps every writer from committing.
    app_instance.session.rollback()
    bela.open(report_id)
    assert lia.post(f"/desk/portal/{sent.id}/answer", kind="acknowledged").status_code == 303
    assert "They have it." in bela.get(path).text
    missing = lia.post(f"/desk/portal/{sent.id}/answer", kind="returned")
    assert missing.status_code == 422
    assert "Write a few words first" in missing.text
    lia.post(f"/desk/portal/{sent.id}/answer", kind="returned", text="Not our region.")
    page = bela.get(path).text
    assert "They sent it back: it is not for them." in page
    assert "Not our region." in page
    assert "sent it back. Choose another contact point." in page
    assert "Being read" in page, "what every recipient returned is in triage again"
    late = lia.post(f"/desk/portal/{sent.id}/answer", kind="outcome", text="x")
    assert late.status_code == 422


def test_a_damaged_packet_says_so(
    app_instance: Instance, browser: Browsers, sent: Delivery
) -> None:
    begin_write(app_instance.session)
    row = app_instance.session.get_one(Delivery, sent.id)
    row.packet = bytes([(row.packet or b"x")[0] ^ 1]) + (row.packet or b"")[1:]
    app_instance.session.commit()
    page = signed_in(browser, "Lia").post(f"/desk/portal/{sent.id}")
    assert page.status_code == 200
    assert "This packet is damaged and cannot be opened." in page.text


def test_without_answer_come_reminder_supervisors_and_the_next_one_proposed(
    app_instance: Instance, browser: Browsers, clock: Clock, sent: Delivery
) -> None:
    session, vault = app_instance.session, app_instance.vault
    desk_ids = app_instance.keyring("Bela").list_desk_ids(session)
    session.rollback()
    bela = browser().at_desk("Bela")
    words = (
        "An answer is expected by",
        "A reminder was sent where they are written to.",
        "the supervisors see it on the board",
        "Decide whether the next contact point gets it.",
    )
    moment = clock.now
    for step, told in enumerate(words):
        begin_write(session)
        made = referral(app_instance)
        if step:
            moment = made.answer_due
            assert len(deadlines.chase(session, vault, SETTINGS, moment)) == (step == 1)
        assert len(deadlines.list_overdue(session, desk_ids, SETTINGS, moment)) == (step > 0)
        report_id = made.report_id
        session.commit()
        bela.open(report_id)
        assert told in bela.get(f"/desk/reports/{report_id}").text
    begin_write(session)
    assert deadlines.chase(session, vault, SETTINGS, referral(app_instance).answer_due) == []
    recipient_answers.record_answer(
        session, vault, referral(app_instance), GivenAnswer("acknowledged", ""), moment
    )
    session.commit()
    assert deadlines.list_overdue(session, desk_ids, SETTINGS, moment) == []
    [took] = deadlines.list_answer_times(session, desk_ids, NOW)
    assert took.took == moment - NOW
    session.commit()
    assert custody.verify(session, vault)
    assert session.get(Organisation, 1)


def test_a_packet_that_nobody_of_the_desk_signed_is_not_read(
    app_instance: Instance, browser: Browsers, sent: Delivery
) -> None:
    """Anybody can seal to a liaison: here with the pepper, so that the keyed hash fits."""
    lia, session = signed_in(browser, "Lia"), app_instance.session
    member = app_instance.keyring("Lia").staff
    begin_write(session)
    delivery = session.get_one(Delivery, sent.id)
    forged = portal_packet.seal_to_liaisons(sent.id, PAYOKE, b"Come alone.", [member])
    [(_, key)] = forged.keys
    delivery.packet = forged.data
    session.get_one(PortalKey, (sent.id, member.id)).sealed = key
    delivery.seal = sealed_rows.compute_seal(app_instance.vault, delivery)
    session.commit()
    page = lia.post(f"/desk/portal/{sent.id}").text
    assert "Come alone." not in page
    assert "This packet is damaged and cannot be opened." in page
