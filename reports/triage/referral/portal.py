"""The liaison's portal: the packets that were sealed to a liaison, and their state.

Packets of another contact point, or from before this liaison joined, are treated as nonexistent.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from reports import custody, sealed_rows
from reports.act import Act
from reports.custody import CustodyEntry
from reports.delivery.channels.portal import portal_packet
from reports.delivery.packet_reader import OpenPacket, unpack
from reports.errors import NoSuchReport, SealBroken
from reports.intake.urgency import NOW
from reports.model import Delivery, PortalKey, Referral, Report, StoredTurn
from reports.roster.keyring import Keyring
from reports.triage.turns.turn import read_due
from reports.vault import Vault

OPENED: Final = "portal_opened"
"""The act in the report's custody."""


@dataclass(frozen=True)
class PortalEntry:
    """One packet in the portal. `urgency` is that of the report; 3 is the most urgent.

    `place`: that of the turn of this liaison's contact point; None when it has answered.
    """

    delivery: Delivery
    referral: Referral
    urgency: int
    place: int | None

    @property
    def due(self) -> datetime | None:
        """Until when the desk expects an answer, if it waits for one."""
        return None if self.place is None else read_due(self.place)


def list_entries(session: Session, keyring: Keyring) -> list[PortalEntry]:
    """Returns this liaison's packets: what waits for them first, in danger or what is due first;
    then the newest."""
    turn = and_(StoredTurn.about == Referral.id, StoredTurn.reason == "packet")
    query = (
        select(Delivery, Referral, Report.urgency, StoredTurn.place)
        .join(Referral, Referral.id == Delivery.referral_id)
        .join(Report, Report.id == Referral.report_id)
        .join(PortalKey, PortalKey.delivery_id == Delivery.id)
        .join(StoredTurn, turn, isouter=True)
        .where(PortalKey.staff_id == keyring.staff.id)
        .where(Referral.contact_id == keyring.staff.contact_id)
    )
    found = [PortalEntry(*row) for row in session.execute(query)]
    return sorted(found, key=_place)


def find(session: Session, keyring: Keyring, delivery_id: UUID) -> PortalEntry:
    """Returns one of this liaison's packets. Raises `NoSuchReport`."""
    for entry in list_entries(session, keyring):
        if entry.delivery.id == delivery_id:
            return entry
    raise NoSuchReport(str(delivery_id))


def record_opening(act: Act, entry: PortalEntry) -> None:
    """Records in the report's custody that this liaison opens the packet."""
    report = act.session.get_one(Report, entry.referral.report_id)
    act.record_sight(report, OPENED, _make_detail(entry))


def has_opened(session: Session, keyring: Keyring, entry: PortalEntry, sitting: str) -> bool:
    """Tells whether custody says that this liaison opened the packet in this session."""
    report = session.get_one(Report, entry.referral.report_id)
    opened = CustodyEntry(OPENED, _make_detail(entry), keyring.staff.id)
    return custody.has_seen(session, report, opened, sitting)


def read(session: Session, vault: Vault, keyring: Keyring, entry: PortalEntry) -> OpenPacket:
    """Decrypts the packet. Raises `NotAllowed`, and `SealBroken` also for one that nobody of the
    desk has signed: anybody can seal to a liaison's public key."""
    if not sealed_rows.is_whole(session, vault, entry.delivery):
        raise SealBroken("nobody of the desk has signed this packet")
    return unpack(portal_packet.open_packet(session, keyring, entry.delivery))


def _make_detail(entry: PortalEntry) -> dict[str, str]:
    return {"contact": entry.referral.contact_id, "delivery": str(entry.delivery.id)}


def _place(entry: PortalEntry) -> tuple[bool, bool, int, float]:
    in_danger = entry.urgency == NOW and entry.place is not None
    newest = -entry.referral.decided_at.timestamp()
    return entry.place is None, not in_danger, entry.place or 0, newest
