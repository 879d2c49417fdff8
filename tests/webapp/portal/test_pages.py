"""The pages of a packet's files: drawn for its liaison, on record, and for nobody else."""

from __future__ import annotations

import io
from base64 import b64decode
from collections.abc import Callable

import pytest
from PIL import Image
from sqlalchemy import select

from reports import custody
from reports.db import begin_write
from reports.delivery import contact_settings
from reports.delivery.channels.channel import ContactDetails
from reports.delivery.packet_reader import PacketPart
from reports.model import Delivery, Referral, Report
from reports.settings import Settings
from tests.support import files
from tests.support.cast import NOW, Instance
from tests.support.desk import Browser
from tests.support.office import PAYOKE, refer

Browsers = Callable[[], Browser]
SETTINGS = Settings.from_environ({})


@pytest.fixture
def sent(app_instance: Instance) -> Delivery:
    """Lia is of Payoke, which uses the portal; Bela has passed a report on to it."""
    instance = app_instance
    instance.accept(instance.invite("Lia", "liaison", None, contact_id=PAYOKE), "Lia")
    instance.accept(instance.invite("Olaf", "liaison", None, contact_id="be-surya"), "Olaf")
    begin_write(instance.session)
    contact_settings.confirm(
        instance.session, instance.vault, PAYOKE, ContactDetails("portal"), NOW
    )
    instance.session.commit()
    [delivery_id] = refer(instance, instance.send(), SETTINGS, PAYOKE)
    found = instance.session.get_one(Delivery, delivery_id)
    instance.session.expunge(found)
    instance.session.rollback()
    return found


def openings(instance: Instance) -> int:
    instance.session.expire_all()
    referral = instance.session.scalars(select(Referral)).one()
    report = instance.session.get_one(Report, referral.report_id)
    lines = custody.list_lines(instance.session, report)
    found = sum(line.act == "portal_opened" for line in lines)
    instance.session.rollback()
    return found


@pytest.mark.paper
def test_pages_are_drawn_for_the_liaison_on_record_once_a_session(
    app_instance: Instance, browser: Browsers, sent: Delivery
) -> None:
    lia = browser()
    lia.sign_in("Lia")
    lia.get("/desk/portal")
    place = f"/desk/portal/{sent.id}/pages"
    shown = lia.post(place, name="report.pdf")
    assert shown.status_code == 200
    assert shown.headers["Cache-Control"] == "no-store, no-transform"
    held = shown.text.partition('src="data:image/webp;base64,')[2].partition('"')[0]
    with Image.open(io.BytesIO(b64decode(held))) as picture:
        assert picture.convert("L").getextrema()[0] < 64, "its words are there"
    assert openings(app_instance) == 1
    assert lia.post(place, name="report.pdf", page="2").status_code == 200
    assert openings(app_instance) == 1
    refused = lia.post(place, name="report.json")
    assert refused.status_code == 422
    assert "Files of this type cannot be drawn here." in refused.text
    assert lia.post(place, name="other.pdf").status_code == 404
    assert lia.post(f"/desk/portal/{sent.id}").text.count("Look at pages") == 1


def test_nobody_else_sees_a_page(app_instance: Instance, browser: Browsers, sent: Delivery) -> None:
    olaf = browser()
    olaf.sign_in("Olaf")
    olaf.get("/desk/portal")
    assert olaf.post(f"/desk/portal/{sent.id}/pages", name="report.pdf").status_code == 404
    assert openings(app_instance) == 0


def test_the_type_of_a_part_is_told_by_its_bytes() -> None:
    for data, kind in ((files.pdf(), "pdf"), (files.jpeg(), "jpeg"), (b"MZ", "other")):
        assert PacketPart("a.pdf", "application/pdf", data).kind == kind
