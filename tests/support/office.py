"""Contact points in tests: they have an address and a key, and can open what reaches them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import SMTP, default
from typing import Any, cast
from uuid import UUID

from pysequoia import Profile, Tsk, decrypt
from sqlalchemy import select

from reports.act import Act
from reports.db import begin_write
from reports.delivery import contact_change, contact_settings, packet
from reports.delivery.channels.channel import ContactDetails
from reports.delivery.channels.mail.mail_channel import MailChannel
from reports.delivery.channels.registry import get_channel
from reports.delivery.envelopes.mail_headers import MailHeaders
from reports.delivery.packet_content import Content, Slip
from reports.intake.submit import Receipt
from reports.model import ContactSetting, Delivery, Referral, Report
from reports.settings import Settings
from reports.triage import report_reader
from reports.triage.referral import compose, dispatch, gate_answers, gates
from reports.triage.referral.compose import Selection
from reports.triage.referral.dispatch import ChosenRecipient, PacketSender
from reports.triage.referral.gate_answers import GateDraft
from reports.triage.referral.gates import Gate
from tests.support.cast import NOW, Instance

PAYOKE, PAG_ASA, SURYA, DJSOC = "be-payoke", "be-pag-asa", "be-surya", "be-djsoc"
RULE, WHY = "be-refer-1", "It is the nearest office."


class Office:
    """One contact point that anybody can write to."""

    def __init__(self, contact_id: str = PAYOKE) -> None:
        self.contact_id = contact_id
        self.email = f"{contact_id}@example.org"
        # Not the newest form of key: GnuPG and with it most offices read this one.
        self._key = Tsk.generate(f"<{self.email}>", profile=Profile.RFC4880)

    @property
    def certificate(self) -> bytes:
        return bytes(self._key.extract_certificate())

    @property
    def fingerprint(self) -> str:
        return self._key.extract_certificate().fingerprint

    def confirm(self, instance: Instance, now: datetime = NOW) -> None:
        """Make the office known to the instance, as the command line does while trying."""
        begin_write(instance.session)
        contact_settings.confirm(
            instance.session,
            instance.vault,
            self.contact_id,
            ContactDetails("openpgp", self.email, self.certificate),
            now,
        )
        instance.session.commit()

    def sign(self, instance: Instance) -> None:
        """Dana proposes the office and Eva, a second administrator, confirms it: both sign."""
        if "Eva" not in instance.members:
            instance.accept(instance.invite("Eva", "administrator", "BE"), "Eva")
        begin_write(instance.session)
        told = ContactDetails("openpgp", self.email, self.certificate)
        change = contact_change.propose(instance.act("Dana"), self.contact_id, told)
        tag = contact_change.make_version_tag(change)
        assert contact_change.confirm(instance.act("Eva"), self.contact_id, tag)
        instance.session.commit()

    def read(self, mail: bytes) -> EmailMessage:
        """The part inside an encrypted mail."""
        return parse(self.decrypt(mail))

    def decrypt(self, mail: bytes) -> bytes:
        """The same as bytes."""
        opened = decrypt(encrypted_part(mail), decryptor=self._key.decryptor()).bytes
        assert opened is not None
        return opened


def mail_to(
    setting: ContactSetting, content: Content, slip: Slip, mail_from: str = "desk@wayside.example"
) -> bytes:
    """The mail that this contact point would get."""
    channel = get_channel(setting.channel)
    assert isinstance(channel, MailChannel)
    outside = MailHeaders(slip.delivery_id, mail_from, setting.email, NOW)
    return channel.encrypt(outside, packet.build_part(content, slip, NOW), setting)


def parse(data: bytes) -> EmailMessage:
    """A mail or a part as the standard library reads it, without any defect."""
    found = cast(EmailMessage, BytesParser(policy=default).parsebytes(data))
    assert [part.defects for part in found.walk() if part.defects] == []
    return found


def encrypted_part(mail: bytes) -> bytes:
    """The second part of a PGP/MIME mail."""
    [version, encrypted] = cast("list[EmailMessage]", parse(mail).get_payload())
    assert version.get_content_type() == "application/pgp-encrypted"
    assert encrypted.get_content_type() == "application/octet-stream"
    return encrypted.as_bytes(policy=SMTP).partition(b"\r\n\r\n")[2]


def text_in(inner: EmailMessage) -> str:
    """What people read."""
    part = cast("list[EmailMessage]", inner.get_payload())[0]
    return cast(str, part.get_content())


def document_in(inner: EmailMessage) -> dict[str, Any]:
    """What machines read."""
    part = cast("list[EmailMessage]", inner.get_payload())[1]
    assert part.get_filename() == "report.json"
    told: dict[str, Any] = json.loads(part.get_content())
    return told


def refer(
    instance: Instance,
    receipt: Receipt,
    settings: Settings,
    *contact_ids: str,
    by: str = "Bela",
    now: datetime = NOW,
) -> list[UUID]:
    """`by` opens the report, answers every gate, and sends it to these contact points; the
    deliveries, in order."""
    session, report, act = instance.session, instance.report(receipt), instance.act(by, now)
    begin_write(session)
    if report.status == "received":
        report_reader.record_opening(act, report)
    opened = report_reader.read(session, instance.vault, report, act.keyring)
    composed = compose.compose(opened, Selection.from_report(opened))
    chosen = [ChosenRecipient(contact_id, RULE, WHY) for contact_id in contact_ids]
    sender = PacketSender(settings.mail_from)
    packed = dispatch.pack(act, report, composed.content, chosen, sender)
    answer_gates(act, report, contact_ids)
    made = dispatch.refer(act, report, packed, settings)
    session.commit()
    return [delivery_of(instance, found).id for found in made]


def answer_gates(act: Act, report: Report, contact_ids: Iterable[str]) -> tuple[Gate, ...]:
    """The first answer that there is to each gate, with a reason; how they then stand."""
    plan = gate_answers.build_plan(act, report, contact_ids)
    found = gates.list_gates(plan)
    drafts = {each.key: GateDraft(each.ways[0], "By phone.") for each in found if each.ways}
    return gates.list_gates(gate_answers.answer(act, report, plan, drafts))


def delivery_of(instance: Instance, found: Referral) -> Delivery:
    """The one delivery of a referral."""
    query = select(Delivery).where(Delivery.referral_id == found.id)
    return instance.session.scalars(query).one()
