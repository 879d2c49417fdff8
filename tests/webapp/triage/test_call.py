"""A contact point that is told by phone or by hand: staff do it, and say so."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select

from reports import custody
from reports.db import begin_write
from reports.delivery import contact_settings
from reports.delivery.channels.channel import ContactDetails
from reports.model import Delivery, Report
from tests.support.cast import NOW, PASSWORD, Instance
from tests.support.desk import Browser, opened
from tests.support.office import DJSOC
from tests.support.rows import rows
from tests.support.untouched import untouched

Browsers = Callable[[], Browser]


def test_a_call_is_made_by_staff_and_ticked_with_a_note_once(
    app_instance: Instance, browser: Browsers
) -> None:
    session, vault = app_instance.session, app_instance.vault
    begin_write(session)
    contact_settings.confirm(session, vault, DJSOC, ContactDetails("hand"), NOW)
    session.commit()
    bela = browser().at_desk("Bela")
    path = opened(bela)
    form = untouched(bela.post(f"{path}/route", to=DJSOC).text, "/refer")
    bela.post(f"{path}/refer", **form | {"password": PASSWORD})
    [delivery] = rows(app_instance, Delivery)
    assert b"kitchen" not in (delivery.packet or b"")
    sheet = f"{path}/call/{delivery.id}"
    assert f'href="{sheet}"' in bela.get(path).text
    page = bela.get(sheet).text
    assert "They sleep in the kitchen." in page
    assert bela.client.get(f"{sheet}/paper").data.startswith(b"%PDF")
    for typed, said in ((" ", "Write something first."), ("x" * 5001, "At most 5000 fit.")):
        again = bela.post(sheet, **untouched(page, sheet) | {"text": typed})
        assert again.status_code == 422
        assert said in again.text
        assert rows(app_instance, Delivery)[0].state == "to_do"
    done = untouched(page, sheet) | {"text": "Inspector Maes, 11:20."}
    assert bela.post(sheet, **done).status_code == 303
    report = bela.get(path).text
    assert "Staff have told them or handed it over." in report
    assert "Inspector Maes, 11:20." in report
    [delivery] = rows(app_instance, Delivery)
    assert (delivery.state, delivery.packet) == ("delivered", None)
    late = bela.post(sheet, **done)
    assert late.status_code == 422
    assert "Somebody has changed this report meanwhile." in late.text
    assert late.text.count("Inspector Maes, 11:20.") == 2, "the note of before, and what was typed"
    assert bela.get(sheet).status_code == 303
    session.expire_all()
    acts = [line.act for line in custody.list_lines(session, session.scalars(select(Report)).one())]
    assert acts[-2:] == ["noted", "delivered"]
    session.rollback()
