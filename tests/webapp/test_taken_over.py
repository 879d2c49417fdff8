"""Whoever takes over a process fools nobody: neither the desk, nor the reporter, nor a worker.

Mallory writes the database as they like, and has the pepper, `roster.pub` and every public key. All
that they lack is what no process keeps: the private keys of staff.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from click.testing import Result
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from reports import mailbox, sealed_rows
from reports.db import begin_write
from reports.delivery import (
    contact_change,
    contact_settings,
    departure,
    openpgp_certificate,
    outbox,
)
from reports.delivery.channels.channel import ContactDetails
from reports.errors import RecipientUnready
from reports.mailbox import NewMessage
from reports.model import (
    ContactChange,
    ContactSetting,
    Delivery,
    Message,
    Organisation,
    Report,
    SigningKey,
)
from reports.roster import signature
from reports.vault import Vault, pad, seal
from tests.support.cast import NOW, Instance
from tests.support.desk import Browser
from tests.support.forms import opened, text
from tests.support.office import Office
from tests.support.rows import rows
from tests.webapp.triage.test_referral import send

Browsers = Callable[[], Browser]
DJSOC = "be-djsoc"
WORDS = "Come alone to the car park behind the station."


class Mallory:
    """Has taken over a process: its database, its pepper, and every public key."""

    def __init__(self, session: Session, vault: Vault) -> None:
        self.session = session
        self.vault = vault
        self.office = Office(DJSOC)

    def do(self, statement: object) -> None:
        begin_write(self.session)
        self.session.execute(statement)  # type: ignore[call-overload]  # any statement
        self.session.commit()
        self.session.expire_all()

    def swap_certificate(self, **values: object) -> ContactSetting:
        """Puts a certificate of their own into the contact point's row, and makes the hash fit."""
        begin_write(self.session)
        row = self.session.get_one(ContactSetting, DJSOC)
        row.certificate = self.office.certificate
        row.fingerprint = openpgp_certificate.read(self.office.certificate, NOW).fingerprint
        for name, value in values.items():
            setattr(row, name, value)
        row.seal = sealed_rows.compute_seal(self.vault, row)
        self.session.commit()
        return row

    def write_message(self, report: Report, **values: object) -> None:
        """Writes into a reporter's thread in the name of the desk."""
        id = uuid4()
        author = str(values.get("author", "desk"))
        told = json.dumps({"at": NOW.isoformat(), "text": WORDS}).encode()
        row = Message(id=id, report_id=report.id, author=author, day=NOW.date(), signature=None)
        row.sealed = seal(report.public, pad(told), kind=f"message {author}", id=id.bytes)
        row.signature = values.get("signature")
        row.seal = sealed_rows.compute_seal(self.vault, row)
        begin_write(self.session)
        self.session.add(row)
        self.session.commit()

    def sign_with_own_key(self, row: Message | ContactSetting, staff_id: object) -> bytes:
        """A signature under a key that Mallory certifies with a roster key of their own."""
        roster = signature.make_signing_key()[1]
        public, private = signature.make_signing_key()
        key = SigningKey(id=uuid4(), staff_id=staff_id, role="administrator", public=public)
        key.signature = signature.sign_signing_key(roster, key)
        begin_write(self.session)
        self.session.add(key)
        self.session.commit()
        head = b"\1" + key.id.bytes
        statement = b"wayside said 1\0" + head + sealed_rows.make_statement(row)
        return head + signature.sign(private, statement)


@pytest.fixture
def mallory(app_instance: Instance) -> Mallory:
    return Mallory(app_instance.session, app_instance.vault)


def verify(app: Flask) -> Result:
    return app.test_cli_runner().invoke(args=["custody-verify"])


def at_work(instance: Instance, browser: Browsers) -> tuple[Browser, str]:
    """Bela has opened a report."""
    bela = browser().at_desk("Bela")
    report_id = instance.send(form="sexual").report_id
    bela.open(report_id)
    return bela, f"/desk/reports/{report_id}"


def test_a_swapped_certificate_gets_nothing(
    app: Flask, app_instance: Instance, browser: Browsers, mallory: Mallory
) -> None:
    """The first of two: every later referral would have gone to Mallory, readable."""
    Office(DJSOC).sign(app_instance)
    assert verify(app).exit_code == 0, verify(app).output
    bela, path = at_work(app_instance, browser)
    row = mallory.swap_certificate()
    own = mallory.sign_with_own_key(row, app_instance.members["Eva"].id)
    for dropped in (row.signature, None, own):
        mallory.swap_certificate(signature=dropped)
        with pytest.raises(RecipientUnready):
            contact_settings.require_confirmed(app_instance.session, app_instance.vault, DJSOC)
        app_instance.session.rollback()
        assert "Confirm it anew" in bela.get("/desk/contacts").text
        assert send(bela, path, DJSOC).status_code == 422
        assert rows(app_instance, Delivery) == []
        told = verify(app)
        assert (told.exit_code, f"Not signed: contact_setting {DJSOC}." in told.output) == (1, True)


def test_nobody_goes_back_to_before_signing_began(
    app: Flask, app_instance: Instance, mallory: Mallory
) -> None:
    Office(DJSOC).sign(app_instance)
    mallory.do(update(Organisation).values(signing_day=None, signing_signature=None))
    mallory.do(delete(SigningKey))
    mallory.swap_certificate(signature=None)
    with pytest.raises(RecipientUnready):
        contact_settings.require_confirmed(app_instance.session, app_instance.vault, DJSOC)
    app_instance.session.rollback()
    told = verify(app).output
    assert f"Not signed: contact_setting {DJSOC}." in told
    assert "Missing: the day since when staff sign what they say." in told


def test_one_administrator_is_not_led_to_confirm_what_nobody_proposed(
    app_instance: Instance, mallory: Mallory
) -> None:
    """As if Dana had proposed it, it waits for nobody; as from the command line, for two people."""
    Office(DJSOC).sign(app_instance)
    session, vault = app_instance.session, app_instance.vault
    begin_write(session)
    told = ContactDetails("openpgp", mallory.office.email, mallory.office.certificate)
    change = contact_change.propose_unsigned(session, vault, DJSOC, told, NOW)
    for name in ("Dana", "Eva"):
        change.staff_id = app_instance.act(name).staff_id
        change.seal = sealed_rows.compute_seal(vault, change)
        assert contact_change.list_pending(session, vault) == {}
    change.staff_id = None
    change.seal = sealed_rows.compute_seal(vault, change)
    tag = contact_change.make_version_tag(change)
    assert contact_change.confirm(app_instance.act("Eva"), DJSOC, tag) is None
    [waiting] = contact_change.list_pending(session, vault).values()
    assert waiting.staff_id == app_instance.members["Eva"].id
    setting = contact_settings.require_confirmed(session, vault, DJSOC)
    assert setting.certificate != mallory.office.certificate
    assert session.scalars(select(ContactChange)).one() is waiting


def test_a_message_in_the_desks_name_is_not_shown(
    app: Flask,
    app_instance: Instance,
    client: FlaskClient,
    browser: Browsers,
    mallory: Mallory,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The second of two: the reporter would have gone there."""
    receipt = app_instance.send()
    report = app_instance.report(receipt)
    begin_write(app_instance.session)
    mailbox.say(
        app_instance.act("Bela"), report, NewMessage.from_text("desk", "Are you safe?", b"1")
    )
    app_instance.session.commit()
    mallory.write_message(report)
    with caplog.at_level(logging.INFO):
        page = text(opened(client, receipt).page)
    assert "Are you safe?" in page
    assert "car park" not in page
    assert "We cannot prove that it comes from us." in page
    [line] = [each for each in caplog.messages if "alarm" in each]
    assert line == "event=alarm kind=UnsignedMessage count=1"
    bela = browser().at_desk("Bela")
    at_desk = bela.open(receipt.report_id).text + bela.get(f"/desk/reports/{report.id}").text
    assert "Nobody of the desk has signed this message." in at_desk
    assert "car park" not in at_desk
    app_instance.session.rollback()
    [forged] = [
        row for row in rows(app_instance, Message) if (row.author, row.signature) == ("desk", None)
    ]
    told = verify(app)
    assert (told.exit_code, told.output.strip()) == (1, f"Not signed: message {forged.id}.")


def test_a_borrowed_signature_serves_no_other_message(
    app: Flask, app_instance: Instance, mallory: Mallory
) -> None:
    """Of another report of the same desk, by the same person, of the same day."""
    other, receipt = app_instance.send(), app_instance.send()
    begin_write(app_instance.session)
    message = NewMessage.from_text("desk", "Hello", b"1")
    mailbox.say(app_instance.act("Bela"), app_instance.report(other), message)
    app_instance.session.commit()
    signed = app_instance.session.scalars(
        select(Message.signature).where(Message.author == "desk")
    ).one()
    report = app_instance.report(receipt)
    mallory.write_message(report, signature=signed)
    private = app_instance.keyring("Bela").open_case_key(app_instance.session, report)
    lines = mailbox.read_thread(app_instance.session, app_instance.vault, report, private)
    assert [line.text for line in lines] == ["", ""]
    assert mailbox.count_unsigned(lines) == 1
    app_instance.session.rollback()
    assert verify(app).exit_code == 1


def test_the_first_answer_cannot_be_given_other_words(
    app_instance: Instance, client: FlaskClient, mallory: Mallory
) -> None:
    """It is nobody's word, and nothing but its code is read from it."""
    receipt = app_instance.send()
    mallory.write_message(app_instance.report(receipt), author="instance")
    page = text(opened(client, receipt).page)
    assert "car park" not in page
    assert "We cannot show the messages." in page


def test_mail_of_mallorys_does_not_leave_under_our_name(
    app: Flask, app_instance: Instance, browser: Browsers, mallory: Mallory
) -> None:
    Office(DJSOC).sign(app_instance)
    bela, path = at_work(app_instance, browser)
    assert send(bela, path, DJSOC).status_code == 303
    [sent] = rows(app_instance, Delivery)
    session, vault = app_instance.session, app_instance.vault
    columns = {each.name: getattr(sent, each.name) for each in Delivery.__table__.columns}
    for values in (
        {"recipient": "victim@example.org"},
        {"packet": b"From: us"},
        {"recipient": "victim@example.org", "reminder": True},
        {"signature": None},
    ):
        made = columns | {"id": uuid4(), "state": "due", "next_at": NOW} | values
        made["seal"] = sealed_rows.make_seal(
            vault, Delivery.SEAL, (made["id"], made["recipient"], made["packet"])
        )
        mallory.do(insert(Delivery).values(**made))
        begin_write(session)
        later = NOW + timedelta(minutes=1)
        claims = outbox.claim(session, later, uuid4(), lease=timedelta(minutes=1))
        [claim] = [each for each in claims if each.id == made["id"]]
        assert outbox.is_genuine(vault, claim)
        assert not departure.may_leave(session, vault, claim), values
        [own] = [each for each in claims if each.id == sent.id]
        assert departure.may_leave(session, vault, own)
        session.rollback()
        if not values.get("reminder"):
            assert f"Not signed: delivery {made['id']}." in verify(app).output
