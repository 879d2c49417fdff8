"""What goes wrong at the desk says what happened and what to do, and changes nothing half-way."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from reports import custody
from reports.attachments import attached, keeping, pending
from reports.attachments.pending import Holder
from reports.db import begin_write
from reports.delivery import contact, reminder
from reports.delivery.contact import Details
from reports.model import Attachment, Delivery, Message, Proposal, Referral, Report
from reports.routing.country import DATA
from reports.settings import Settings
from reports.triage import deadlines
from tests.support.cast import NOW, PASSWORD, Instance
from tests.support.desk import Browser
from tests.support.office import Office, text_in
from tests.support.untouched import untouched
from webapp.countries import Keeper

Browsers = Callable[[], Browser]
Row = TypeVar("Row")
DJSOC = "be-djsoc"
CHANGED = "Something has changed since you looked"
WORDS = b"Dates and hours"


@pytest.fixture
def office(app_instance: Instance) -> Office:
    made = Office(DJSOC)
    made.confirm(app_instance)
    return made


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """Country files that a test may change."""
    return Path(shutil.copytree(DATA, tmp_path / "data"))


def reload(app: Flask, files: Path, old: str, new: str) -> None:
    """Somebody changes the Belgian file, and the running site takes it."""
    file = files / "be.toml"
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), "utf-8")
    app.extensions["countries"] = Keeper(files, ("BE", "NL", "LU"))


def rows(instance: Instance, table: type[Row]) -> Sequence[Row]:
    instance.session.expire_all()
    found = instance.session.scalars(select(table)).all()
    instance.session.expunge_all()
    instance.session.rollback()
    return found


def opened(bela: Browser, instance: Instance, **answers: str) -> str:
    """Bela opens a report; where it stands."""
    report_id = instance.send(form="sexual", region="flanders", **answers).report_id
    assert bela.open(report_id).status_code == 200
    return f"/desk/reports/{report_id}"


def damage(instance: Instance, table: type[Attachment | Message | Proposal]) -> None:
    begin_write(instance.session)
    row = instance.session.scalars(select(table)).first()
    assert row is not None
    assert row.sealed is not None
    row.sealed = row.sealed[:-1] + bytes([row.sealed[-1] ^ 1])
    instance.session.commit()


def with_file(app: Flask, instance: Instance, path: str, name: str, data: bytes) -> UUID:
    """One more file of the report, with its original kept; its id."""
    session, holder = instance.session, Holder.of(bytes(32))
    report_id = UUID(path.rpartition("/")[2])
    begin_write(session)
    begun = pending.start(session, holder, name, len(data), NOW, keep_original=True)
    store, scrubber = app.extensions["blobs"], app.extensions["scrubber"]
    details, blobs = keeping.keep(store, scrubber, begun, lambda: [data])
    pending.complete(session, holder, begun, details, blobs, NOW)
    attached.attach(session, instance.vault, session.get_one(Report, report_id), holder, NOW)
    session.commit()
    return begun.id


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"DJSOC - ', '"New DJSOC - ', CHANGED),
        (f'"{DJSOC}"', '"be-djsoc-new"', "Choose at least one contact point."),
    ],
    ids=["moved", "gone"],
)
def test_a_country_file_that_changed_since_the_look_sends_nothing(
    app: Flask,
    app_instance: Instance,
    browser: Browsers,
    office: Office,
    files: Path,
    old: str,
    new: str,
    said: str,
) -> None:
    bela = browser().at_desk("Bela")
    path = opened(bela, app_instance)
    form = untouched(bela.post(f"{path}/route", to=DJSOC).text, "/refer")
    reload(app, files, old, new)
    answer = bela.post(f"{path}/refer", **form | {"password": PASSWORD})
    assert answer.status_code == 422
    assert said in answer.text
    assert rows(app_instance, Delivery) == rows(app_instance, Referral) == []


def test_a_contact_point_that_is_gone_stops_the_proposal_which_can_be_ended(
    app: Flask, app_instance: Instance, browser: Browsers, office: Office, files: Path
) -> None:
    bela, dana = browser().at_desk("Bela"), browser().at_desk("Dana")
    path = opened(bela, app_instance, kind="self", police="accepted")
    form = untouched(bela.post(f"{path}/route", to=DJSOC).text, "/refer")
    assert bela.post(f"{path}/refer", **form | {"password": PASSWORD}).status_code == 303
    dana.open(UUID(path.rpartition("/")[2]))
    form = untouched(dana.get(f"{path}/proposal").text, "/proposal/agree")
    reload(app, files, f'"{DJSOC}"', '"be-djsoc-new"')
    page = dana.get(f"{path}/proposal").text
    assert "This proposal can no longer be agreed to. End it, and propose anew." in page
    late = dana.post(f"{path}/proposal/agree", **form | {"password": PASSWORD})
    assert late.status_code == 422
    assert rows(app_instance, Delivery) == []
    assert dana.post(f"{path}/proposal/end", **untouched(page, "/end")).status_code == 303
    assert rows(app_instance, Proposal) == []


def test_a_contact_point_that_is_gone_after_the_referral_is_reminded_all_the_same(
    app: Flask, app_instance: Instance, browser: Browsers, office: Office, files: Path
) -> None:
    bela = browser().at_desk("Bela")
    path = opened(bela, app_instance)
    form = untouched(bela.post(f"{path}/route", to=DJSOC).text, "/refer")
    bela.post(f"{path}/refer", **form | {"password": PASSWORD})
    session, vault = app_instance.session, app_instance.vault
    begin_write(session)
    session.scalars(select(Delivery)).one().state = "sent"
    session.commit()
    reload(app, files, f'"{DJSOC}"', '"be-djsoc-new"')
    begin_write(session)
    moment = session.scalars(select(Referral)).one().answer_due
    [late] = deadlines.chase(session, vault, Settings.from_environ({}), moment)
    assert reminder.enqueue(session, vault, Settings.from_environ({}), late, moment)
    session.commit()
    [mail] = [each for each in rows(app_instance, Delivery) if each.reminder]
    told = office.read(mail.packet or b"").get_content()
    assert (
        f"the reference {next(d.id for d in rows(app_instance, Delivery) if not d.reminder)}"
        in (told)
    )
    page = bela.get(path)
    assert page.status_code == 200
    assert (
        "The country file no longer has this contact point. What was sent stays sent." in page.text
    )
    assert browser().at_desk("Dana").get("/desk/board").status_code == 200


def test_a_damaged_message_does_not_keep_the_report_here(
    app_instance: Instance, browser: Browsers, office: Office
) -> None:
    bela = browser().at_desk("Bela")
    path = opened(bela, app_instance)
    bela.post(f"{path}/reply", text="An answer.", once="1")
    damage(app_instance, Message)
    form = untouched(bela.post(f"{path}/route", to=DJSOC).text, "/refer")
    assert bela.post(f"{path}/refer", **form | {"password": PASSWORD}).status_code == 303
    [delivery] = rows(app_instance, Delivery)
    assert "They sleep in the kitchen." in text_in(office.read(delivery.packet or b""))


def test_a_damaged_proposal_says_so_and_can_be_ended(
    app_instance: Instance, browser: Browsers, office: Office
) -> None:
    bela, dana = browser().at_desk("Bela"), browser().at_desk("Dana")
    path = opened(bela, app_instance, kind="self", police="accepted")
    form = untouched(bela.post(f"{path}/route", to=DJSOC).text, "/refer")
    bela.post(f"{path}/refer", **form | {"password": PASSWORD})
    damage(app_instance, Proposal)
    dana.open(UUID(path.rpartition("/")[2]))
    page = dana.get(f"{path}/proposal").text
    assert "This proposal can no longer be agreed to." in page
    assert "Agree, and send" not in page
    assert dana.post(f"{path}/proposal/end", **untouched(page, "/end")).status_code == 303
    assert rows(app_instance, Proposal) == rows(app_instance, Delivery) == []


def test_the_chosen_file_goes_and_no_other_and_never_its_original(
    app: Flask, app_instance: Instance, browser: Browsers, office: Office
) -> None:
    bela = browser().at_desk("Bela")
    path = opened(bela, app_instance)
    wanted = with_file(app, app_instance, path, "hours.txt", WORDS)
    with_file(app, app_instance, path, "other.txt", b"Not this one")
    form = untouched(bela.post(f"{path}/route", to=DJSOC).text, "/refer")
    assert "file" not in form, "whoever sends a file has chosen it"
    form = untouched(bela.post(f"{path}/route", **form | {"file": wanted.hex}).text, "/refer")
    assert form["file"] == [wanted.hex]
    assert bela.post(f"{path}/refer", **form | {"password": PASSWORD}).status_code == 303
    [delivery] = rows(app_instance, Delivery)
    inner = office.read(delivery.packet or b"")
    sent = {part.get_filename(): part.get_content() for part in inner.iter_attachments()}
    assert set(sent) == {"report.json", "report.pdf", "hours.txt"}
    assert sent["hours.txt"] == WORDS
    assert b"Not this one" not in inner.as_bytes()


def test_a_damaged_file_is_left_out_and_a_chosen_one_is_said(
    app: Flask, app_instance: Instance, browser: Browsers, office: Office, tmp_path: Path
) -> None:
    bela = browser().at_desk("Bela")
    path = opened(bela, app_instance)
    file_id = with_file(app, app_instance, path, "hours.txt", WORDS)
    page = bela.post(f"{path}/route", to=DJSOC).text
    form = untouched(page, "/refer") | {"file": file_id.hex, "note": "With the hours."}
    for blob in (tmp_path / "var" / "blobs").iterdir():
        blob.write_bytes(bytes([blob.read_bytes()[0] ^ 1]) + blob.read_bytes()[1:])
    for act in ("route", "refer"):
        answer = bela.post(f"{path}/{act}", **form | {"password": PASSWORD})
        assert answer.status_code == 422
        assert "A file cannot be read now. Nothing was sent." in answer.text
        assert untouched(answer.text, "/refer")["file"] == [file_id.hex]
        assert "With the hours." in answer.text
    damage(app_instance, Attachment)
    assert "This file is damaged" in bela.get(path).text
    form = untouched(bela.post(f"{path}/route", to=DJSOC).text, "/refer")
    assert bela.post(f"{path}/refer", **form | {"password": PASSWORD}).status_code == 303


def test_a_call_is_made_by_staff_and_ticked_with_a_note_once(
    app_instance: Instance, browser: Browsers
) -> None:
    session, vault = app_instance.session, app_instance.vault
    begin_write(session)
    contact.keep(session, vault, DJSOC, contact.check(Details("hand"), NOW), NOW)
    session.commit()
    bela = browser().at_desk("Bela")
    path = opened(bela, app_instance)
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
    acts = [line.act for line in custody.lines(session, session.scalars(select(Report)).one())]
    assert acts[-2:] == ["noted", "delivered"]
    session.rollback()


@pytest.mark.parametrize("act", ["again", "bounced"])
def test_what_is_no_longer_so_is_not_done(
    app_instance: Instance, browser: Browsers, office: Office, act: str
) -> None:
    bela = browser().at_desk("Bela")
    path = opened(bela, app_instance)
    form = untouched(bela.post(f"{path}/route", to=DJSOC).text, "/refer")
    bela.post(f"{path}/refer", **form | {"password": PASSWORD})
    [delivery] = rows(app_instance, Delivery)
    answer = bela.post(f"{path}/{act}/{delivery.id}")
    assert answer.status_code == 422
    assert "Somebody has changed this report meanwhile." in answer.text
    assert rows(app_instance, Delivery)[0].state == "due"
