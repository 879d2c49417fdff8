"""The referral: decided once, encrypted, in the outbox and in custody, or not at all."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select, update

from reports import custody, mailbox, sealed_rows
from reports.db import begin_write
from reports.errors import (
    NoRecipient,
    NotAllowed,
    RecipientUnready,
    SealBroken,
    StatusRefused,
)
from reports.intake.submit import Receipt
from reports.mailbox import NewMessage
from reports.model import ContactSetting, Delivery, Referral, ReportBody
from reports.settings import Settings
from reports.triage import report_reader, status
from reports.triage.referral import compose, dispatch
from reports.triage.referral.compose import Selection
from reports.triage.referral.dispatch import ChosenRecipient, PacketSender
from tests.support.cast import NOW, Instance
from tests.support.office import PAG_ASA, PAYOKE, SURYA, Office, document_in, refer, text_in

SETTINGS = Settings.from_environ({})


@pytest.fixture
def receipt(instance: Instance) -> Receipt:
    return instance.send(story="Eleven men in one room.")


def counts(instance: Instance) -> tuple[int, ...]:
    tables = (Referral, Delivery)
    return tuple(
        instance.session.scalar(select(func.count()).select_from(table)) or 0 for table in tables
    )


def acts(instance: Instance, receipt: Receipt) -> list[str]:
    return [line.act for line in custody.list_lines(instance.session, instance.report(receipt))]


def test_a_referral_puts_a_mail_into_the_outbox_that_only_the_office_reads(
    instance: Instance, receipt: Receipt
) -> None:
    office = Office()
    office.confirm(instance)
    [delivery_id] = refer(instance, receipt, SETTINGS, PAYOKE)
    delivery = instance.session.get_one(Delivery, delivery_id)
    assert (delivery.state, delivery.attempts, delivery.next_at) == ("due", 0, NOW)
    assert delivery.recipient == office.email
    assert delivery.packet is not None
    told = document_in(office.read(delivery.packet))
    assert told["answers"]["story"] == "Eleven men in one room."
    assert told["delivery"] == str(delivery_id)
    assert b"Eleven" not in delivery.packet


def test_the_report_is_referred_and_custody_says_by_whom_and_to_whom(
    instance: Instance, receipt: Receipt
) -> None:
    Office().confirm(instance)
    [delivery_id] = refer(instance, receipt, SETTINGS, PAYOKE)
    report = instance.report(receipt)
    assert report.status == "referred"
    last = custody.list_lines(instance.session, report)[-1]
    assert (last.act, last.staff_id) == ("referred", instance.keyring("Bela").staff.id)
    assert str(delivery_id) in last.detail
    assert PAYOKE in last.detail
    assert acts(instance, receipt) == [
        "received", "opened", "moved", "moved", "moved", "referred"
    ]  # fmt: skip
    assert custody.verify(instance.session, instance.vault)


def test_the_messages_go_along(instance: Instance, receipt: Receipt) -> None:
    office = Office()
    office.confirm(instance)
    begin_write(instance.session)
    report = instance.report(receipt)
    mailbox.add_message(
        instance.session,
        instance.vault,
        report,
        NewMessage.from_text("reporter", "The red door.", b"1"),
        NOW,
    )
    instance.session.commit()
    [delivery_id] = refer(instance, receipt, SETTINGS, PAYOKE)
    mail = instance.session.get_one(Delivery, delivery_id).packet or b""
    assert "| The red door." in text_in(office.read(mail))


def test_several_recipients_each_get_their_own(instance: Instance, receipt: Receipt) -> None:
    offices = [Office(PAYOKE), Office(PAG_ASA)]
    for office in offices:
        office.confirm(instance)
    ids = refer(instance, receipt, SETTINGS, PAYOKE, PAG_ASA)
    for office, delivery_id in zip(offices, ids, strict=True):
        delivery = instance.session.get_one(Delivery, delivery_id)
        assert delivery.recipient == office.email
        assert document_in(office.read(delivery.packet or b""))["contact"] == office.contact_id
    assert counts(instance) == (2, 2)


def test_the_same_contact_point_twice_counts_once(instance: Instance, receipt: Receipt) -> None:
    Office().confirm(instance)
    [delivery_id] = refer(instance, receipt, SETTINGS, PAYOKE, PAYOKE)
    assert delivery_id
    assert counts(instance) == (1, 1)


def test_a_second_referral_to_the_same_contact_point_sends_nothing(
    instance: Instance, receipt: Receipt
) -> None:
    Office().confirm(instance)
    first = refer(instance, receipt, SETTINGS, PAYOKE)
    before = acts(instance, receipt)
    assert refer(instance, receipt, SETTINGS, PAYOKE) == first
    assert counts(instance) == (1, 1)
    assert acts(instance, receipt) == before


def test_a_further_recipient_may_follow(instance: Instance, receipt: Receipt) -> None:
    Office(PAYOKE).confirm(instance)
    Office(SURYA).confirm(instance)
    first = refer(instance, receipt, SETTINGS, PAYOKE)
    both = refer(instance, receipt, SETTINGS, SURYA, PAYOKE)
    assert both[1] == first[0]
    assert counts(instance) == (2, 2)
    assert instance.report(receipt).status == "referred"


def test_one_recipient_that_is_not_ready_stops_all(instance: Instance, receipt: Receipt) -> None:
    Office(PAYOKE).confirm(instance)
    with pytest.raises(RecipientUnready) as failure:
        refer(instance, receipt, SETTINGS, PAYOKE, PAG_ASA)
    instance.session.rollback()
    assert failure.value.contact_id == PAG_ASA
    assert counts(instance) == (0, 0)
    assert acts(instance, receipt) == ["received"]


def test_a_row_swapped_in_the_database_stops_all(instance: Instance, receipt: Receipt) -> None:
    Office().confirm(instance)
    instance.session.execute(update(ContactSetting).values(email="thief@example.net"))
    instance.session.commit()
    instance.session.expire_all()
    with pytest.raises(RecipientUnready):
        refer(instance, receipt, SETTINGS, PAYOKE)
    instance.session.rollback()
    assert counts(instance) == (0, 0)


def test_a_key_that_is_no_longer_good_stops_all(instance: Instance, receipt: Receipt) -> None:
    Office().confirm(instance)
    setting = instance.session.get_one(ContactSetting, PAYOKE)
    setting.certificate = b"no longer a key"
    setting.seal = sealed_rows.compute_seal(instance.vault, setting)
    instance.session.commit()
    with pytest.raises(RecipientUnready) as failure:
        refer(instance, receipt, SETTINGS, PAYOKE)
    instance.session.rollback()
    assert failure.value.contact_id == PAYOKE
    assert counts(instance) == (0, 0)


def test_nobody_chosen_is_refused(instance: Instance, receipt: Receipt) -> None:
    with pytest.raises(NoRecipient):
        refer(instance, receipt, SETTINGS)


def test_a_member_of_another_desk_cannot_refer(instance: Instance, receipt: Receipt) -> None:
    Office().confirm(instance)
    session, report, bela = instance.session, instance.report(receipt), instance.keyring("Bela")
    begin_write(session)
    opened = report_reader.read(session, instance.vault, report, bela)
    content = compose.compose(opened, Selection.from_report(opened)).content
    chosen, sender = [ChosenRecipient(PAYOKE, "r", "w")], PacketSender(SETTINGS.mail_from)
    packed = dispatch.pack(instance.act("Bela"), report, content, chosen, sender)
    with pytest.raises(NotAllowed):
        dispatch.refer(instance.act("Chidi"), report, packed, SETTINGS)
    session.rollback()
    assert counts(instance) == (0, 0)


def test_a_closed_report_is_not_referred(instance: Instance, receipt: Receipt) -> None:
    Office().confirm(instance)
    session, report = instance.session, instance.report(receipt)
    begin_write(session)
    report_reader.record_opening(instance.act("Bela"), report)
    status.close(instance.act("Bela"), report, "A test.")
    session.commit()
    with pytest.raises(StatusRefused):
        refer(instance, receipt, SETTINGS, PAYOKE)
    session.rollback()
    assert counts(instance) == (0, 0)


def test_a_damaged_report_is_not_sent(instance: Instance, receipt: Receipt) -> None:
    Office().confirm(instance)
    instance.session.execute(update(ReportBody).values(sealed=b"\x02damaged"))
    instance.session.commit()
    instance.session.expire_all()
    with pytest.raises(SealBroken):
        refer(instance, receipt, SETTINGS, PAYOKE)
    instance.session.rollback()
    assert counts(instance) == (0, 0)
