"""The signed link in a packet: it says "we have it" for one referral, and shows nothing."""

from __future__ import annotations

from collections.abc import Callable
from email.message import EmailMessage

import pytest
from flask import Flask
from sqlalchemy import select

from reports import retention
from reports.db import begin_write
from reports.delivery import answer_code, mail_report
from reports.delivery.mail_report import MailReport
from reports.errors import ReceiptInvalid
from reports.model import Delivery, Referral
from reports.settings import Settings
from tests.support.cast import Instance
from tests.support.desk import Browser
from tests.support.office import Office, refer

Browsers = Callable[[], Browser]
SETTINGS = Settings.from_environ({})
BOUNCE = """\
From: mailer@example.org
To: desk@localhost
Subject: undeliverable
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: text/plain

It did not work.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example.org

Final-Recipient: rfc822; be-payoke@example.org
Action: {action}
Status: 5.1.1

--b
Content-Type: text/rfc822-headers

From: desk@localhost
Message-ID: <{id}@localhost>

--b--
"""


@pytest.fixture
def sent(app_instance: Instance) -> Delivery:
    """A mail that a server took."""
    Office().confirm(app_instance)
    [delivery_id] = refer(app_instance, app_instance.send(), SETTINGS, "be-payoke")
    begin_write(app_instance.session)
    found = app_instance.session.get_one(Delivery, delivery_id)
    found.state, found.packet = "sent", None
    app_instance.session.commit()
    app_instance.session.refresh(found)
    app_instance.session.expunge(found)
    app_instance.session.rollback()
    return found


def standing(instance: Instance) -> tuple[str, str]:
    instance.session.expire_all()
    [row] = instance.session.execute(
        select(Referral.standing, Delivery.state).join(
            Delivery, Delivery.referral_id == Referral.id
        )
    )
    instance.session.rollback()
    return row.standing, row.state


def test_the_code_answers_for_its_referral_and_shows_nothing(
    app_instance: Instance, browser: Browsers, sent: Delivery
) -> None:
    code = answer_code.issue(app_instance.vault, sent.id)
    visitor = browser()
    page = visitor.get("/desk/received")
    assert "Did it reach you?" in page.text
    assert "traffick" not in page.text.lower()
    answer = visitor.post("/desk/received", code=f"https://x/desk/received#{code.lower()}")
    assert "The desk knows now." in answer.text
    assert standing(app_instance) == ("acknowledged", "delivered")
    visitor.get("/desk/received")
    assert visitor.post("/desk/received", code=code).status_code == 200, "twice is once"
    told = visitor.post("/desk/received", code=code, kind="outcome", text="Two people are safe.")
    assert told.status_code == 200
    assert standing(app_instance) == ("ended", "delivered")


@pytest.mark.parametrize("wrong", ["", "x", "A" * 40, "é" * 40, "AAAAA-" * 8])
def test_a_forged_code_says_so_and_changes_nothing(
    app_instance: Instance, browser: Browsers, sent: Delivery, wrong: str
) -> None:
    visitor = browser()
    visitor.get("/desk/received")
    page = visitor.post("/desk/received", code=wrong)
    assert page.status_code == 422
    assert "This code is not one of ours, or its time is over." in page.text
    assert standing(app_instance) == ("waiting", "sent")


def test_a_code_with_one_sign_changed_is_refused(app_instance: Instance, sent: Delivery) -> None:
    code = answer_code.issue(app_instance.vault, sent.id)
    assert answer_code.read(app_instance.vault, code.replace("-", " ")) == sent.id
    for at, sign in enumerate(code):
        if sign != "-":
            changed = code[:at] + ("A" if sign != "A" else "B") + code[at + 1 :]
            with pytest.raises(ReceiptInvalid):
                answer_code.read(app_instance.vault, changed)


def test_the_code_of_an_erased_report_is_one_that_is_over(
    app_instance: Instance, browser: Browsers, sent: Delivery
) -> None:
    begin_write(app_instance.session)
    retention.erase(
        app_instance.session, app_instance.session.scalars(select(Referral)).one().report_id
    )
    app_instance.session.commit()
    visitor = browser()
    visitor.get("/desk/received")
    code = answer_code.issue(app_instance.vault, sent.id)
    assert visitor.post("/desk/received", code=code).status_code == 422


def test_a_mail_that_came_back_is_failed_and_can_be_decided_on_again(
    app: Flask, app_instance: Instance, browser: Browsers, sent: Delivery
) -> None:
    runner = app.test_cli_runner()
    told = runner.invoke(args=["mail-report"], input=BOUNCE.format(action="failed", id=sent.id))
    assert told.output == f"{sent.id}: bounced\n"
    assert standing(app_instance) == ("waiting", "failed")
    bela = browser().at_desk("Bela")
    report_id = app_instance.session.scalars(select(Referral)).one().report_id
    app_instance.session.rollback()
    bela.open(report_id)
    page = bela.get(f"/desk/reports/{report_id}").text
    assert "The mail came back: the address does not take it." in page
    assert 'id="to-be-payoke"' in page, "it can be chosen again, once the address is right"
    assert "Try once more" not in page


def test_a_report_that_it_arrived_is_kept_and_anything_else_is_no_report(
    app_instance: Instance, sent: Delivery
) -> None:
    arrived = mail_report.read(BOUNCE.format(action="delivered", id=sent.id).encode())
    assert arrived == MailReport(sent.id, "arrived")
    for action, id in (("delayed", sent.id), ("failed", "no-such-id"), ("", "")):
        assert mail_report.read(BOUNCE.format(action=action, id=id).encode()) is None
    plain = EmailMessage()
    plain.set_content(f"Message-ID: <{sent.id}@localhost> failed")
    for junk in (b"", b"\xff\x00", bytes(plain)):
        assert mail_report.read(junk) is None
