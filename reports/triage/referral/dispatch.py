"""Dispatch: staff decide that a report goes to certain contact points.

`pack` builds all packets, which is slow and writes nothing; `refer` writes. Referrals, deliveries,
custody lines and the new status are part of the caller's one transaction, so all of it happens or
nothing. What is sent is exactly what was packed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import false, select
from sqlalchemy.orm import Session

from reports import sealed_rows
from reports.act import Act
from reports.delivery import answer_code, contact_settings, delivery_states, outbox, packet
from reports.delivery.channels.channel import ClosedPacket, PackingRequest
from reports.delivery.channels.registry import get_channel
from reports.delivery.outbox import OutboxEntry
from reports.delivery.packet_content import ENGLISH, Content, PacketLanguage, Slip
from reports.delivery.packet_reader import OpenPacket, unpack
from reports.errors import (
    KeyRefused,
    NoRecipient,
    NotAllowed,
    PacketChanged,
    RecipientUnready,
    SealBroken,
)
from reports.model import ContactSetting, Delivery, Referral, Report
from reports.roster.keyring import Keyring
from reports.settings import Settings
from reports.triage import deadlines, status
from reports.triage.referral import gate_answers, gates, used_keys
from reports.vault import Vault

BY_STAFF: Final = "staff"
"""The rule of a recipient that staff added and no rule proposed."""
WHY_STAFF: Final = "The desk chooses this contact point itself."
"""Its reason; translated in the catalogue of the desk."""


@dataclass(frozen=True)
class ChosenRecipient:
    """One recipient, proposed by the route or added by staff, with the name and language to use."""

    contact_id: str
    rule: str
    why: str
    name: str = ""
    words: PacketLanguage = ENGLISH


@dataclass(frozen=True)
class PacketSender:
    """The sender's mail address, and the URL where a recipient acknowledges a packet ("" for
    none)."""

    mail_from: str
    answer_at: str = ""


@dataclass(frozen=True)
class PackedReferral:
    """A finished packet for one recipient, and the seal of the contact settings that it was made
    for."""

    slip: Slip
    setting_seal: bytes
    closed: ClosedPacket

    def __repr__(self) -> str:
        return "PackedReferral(...)"


def pack(
    act: Act,
    report: Report,
    content: Content,
    recipients: Sequence[ChosenRecipient],
    sender: PacketSender,
) -> list[PackedReferral]:
    """Builds a packet for every recipient, in the given order and without duplicates. Writes
    nothing.

    Raises `NoRecipient`, `RecipientUnready`, `PacketTooLarge`.
    """
    if not recipients:
        raise NoRecipient("nobody was chosen")
    once = {each.contact_id: each for each in reversed(recipients)}
    order = dict.fromkeys(each.contact_id for each in recipients)
    return [_pack(act, report, content, once[contact_id], sender) for contact_id in order]


def _pack(
    act: Act, report: Report, content: Content, chosen: ChosenRecipient, sender: PacketSender
) -> PackedReferral:
    session, vault, now = act.session, act.vault, act.now
    setting = contact_settings.require_confirmed(session, vault, chosen.contact_id)
    channel = get_channel(setting.channel)
    slip = Slip(uuid4(), chosen.contact_id, chosen.name, chosen.rule, chosen.why)
    if sender.answer_at and channel.answers_by_code:
        code = answer_code.issue(vault, slip.delivery_id)
        slip = replace(slip, receipt=(f"{sender.answer_at}#{code}", code))
    inside = packet.build_part(content, slip, now, chosen.words)
    request = PackingRequest(session, vault, report, setting, slip, sender.mail_from, now)
    try:
        return PackedReferral(slip, setting.seal, channel.close(request, inside))
    except KeyRefused as refusal:
        # The certificate was good when it was confirmed and has expired since.
        raise RecipientUnready(chosen.contact_id) from refusal


def open_hand_packet(
    session: Session, vault: Vault, keyring: Keyring, report: Report, delivery: Delivery
) -> OpenPacket | None:
    """Returns the packet that staff deliver by hand, or None once that is done.

    Raises `SealBroken`, also for one that nobody of the desk has signed.
    """
    if delivery.packet is not None and not sealed_rows.is_whole(session, vault, delivery):
        raise SealBroken("nobody of the desk has signed this packet")
    channel = get_channel(delivery.channel)
    inside = channel.open_for_desk(session, keyring, report, delivery)
    return None if inside is None else unpack(inside)


def compute_fingerprint(
    session: Session, vault: Vault, content: Content, recipients: Sequence[ChosenRecipient]
) -> str:
    """Returns a MAC, as hexadecimal text, over everything that would be sent and its destinations.

    It changes when any of that changes. Raises `RecipientUnready`.
    """
    told = [repr(packet.build_document(content, Slip(UUID(int=0), "", "", "", ""))).encode()]
    told += [file.data for file in content.files]
    told.append(b"history" if content.history is not None else b"")
    for each in recipients:
        setting = contact_settings.require_confirmed(session, vault, each.contact_id)
        where = each.contact_id, each.rule, each.why, each.name, each.words.tag
        told += [setting.channel.encode(), setting.seal, *(text.encode() for text in where)]
    return vault.compute_mac("referral looked at", *told).hex()


def refer(
    act: Act,
    report: Report,
    packed: Sequence[PackedReferral],
    settings: Settings,
    *,
    proposed_by: UUID | None = None,
) -> list[Referral]:
    """Stores the referrals and hands every packet to its channel: outbox, portal or staff.

    A contact point that already has the report keeps its first referral, which is returned instead.
    `proposed_by` is who proposed it when a second person agrees. Raises `NoRecipient`,
    `NotAllowed`, `PacketChanged` when a recipient's address or key is no longer the one packed for,
    `RecipientUnready`, `GateOpen` while anything stands in the way (`gates.list_gates`),
    `SealBroken` for a report whose answers cannot be read, and `StatusRefused` for one that is
    unread or closed.
    """
    session = act.session
    if not packed:
        raise NoRecipient("nobody was chosen")
    if report.desk_id not in act.keyring.list_desk_ids(session):
        raise NotAllowed("not of this desk")
    # So that two people who confirm at once do not both send, and no correction comes in between.
    act.lock(report)
    made = find_active(session, report.id)
    fresh = [each for each in packed if each.slip.contact_id not in made]
    settings_of = {each.slip.contact_id: _same(session, act.vault, each) for each in fresh}
    if fresh:
        _move(act, report)
        gates.require_open(
            gate_answers.build_plan(act, report, list(settings_of), settings, proposed_by)
        )
    for each in fresh:
        contact_id = each.slip.contact_id
        used_keys.remember(act, report.desk_id, settings_of[contact_id])
        referral = _row(act, report, each, settings, proposed_by)
        made[contact_id] = referral
        _enqueue(act, referral, each, settings_of[contact_id])
        detail = {"contact": contact_id, "delivery": str(each.slip.delivery_id)}
        if proposed_by:
            detail["proposed_by"] = str(proposed_by)
        act.record(report, "referred", detail)
    session.flush()
    return [made[each.slip.contact_id] for each in packed]


def _row(
    act: Act,
    report: Report,
    packed: PackedReferral,
    settings: Settings,
    proposed_by: UUID | None,
) -> Referral:
    """Returns a new row for the referral, or an earlier returned or failed one, reset."""
    session, now = act.session, act.now
    query = select(Referral).where(
        Referral.report_id == report.id, Referral.contact_id == packed.slip.contact_id
    )
    row = session.scalar(query)
    if row is None:
        row = Referral(id=uuid4(), report_id=report.id, contact_id=packed.slip.contact_id)
    else:
        delivery_states.drop(session, row.id)
    row.rule, row.day, row.decided_at = packed.slip.rule, now.date(), now
    row.staff_id = proposed_by or act.staff_id
    row.second_id = act.staff_id if proposed_by else None
    row.standing, row.answered_at, row.chased = "waiting", None, 0
    length = deadlines.get_time_limit(report.urgency, settings)
    row.answer_due = deadlines.find_end(report.urgency, row.contact_id, now, length)
    session.add(row)
    session.flush()
    return row


def _enqueue(act: Act, referral: Referral, packed: PackedReferral, setting: ContactSetting) -> None:
    channel, delivery_id = get_channel(setting.channel), packed.slip.delivery_id
    entry = OutboxEntry(delivery_id, setting, packed.closed.data, channel.first_state)
    delivery = outbox.enqueue(act.session, act.vault, referral, entry, act.now)
    sealed_rows.sign_row(act, delivery)
    act.session.flush()
    channel.store_keys(act.session, delivery_id, packed.closed)


def _same(session: Session, vault: Vault, packed: PackedReferral) -> ContactSetting:
    """Returns the contact settings, provided that they are those that were packed for."""
    setting = contact_settings.require_confirmed(session, vault, packed.slip.contact_id)
    if setting.seal != packed.setting_seal:
        raise PacketChanged(packed.slip.contact_id)
    return setting


def find_active(session: Session, report_id: UUID) -> dict[str, Referral]:
    """Returns the active referrals by contact id: not returned, and last delivery not failed."""
    rows = session.execute(
        select(Referral, Delivery.state)
        .join(Delivery, Delivery.referral_id == Referral.id)
        .where(Referral.report_id == report_id, Delivery.reminder.is_(false()))
        .order_by(Delivery.since)
    )
    last = {referral.contact_id: (referral, state) for referral, state in rows}
    return {
        contact_id: referral
        for contact_id, (referral, state) in last.items()
        if referral.standing != "returned" and state != "failed"
    }


def _move(act: Act, report: Report) -> None:
    """Moves the report to "referred", through "ready" if needed: who confirms has read and
    chosen."""
    for to in ("ready", "referred") if report.status == "in_triage" else ("referred",):
        status.move(act, report, to)
