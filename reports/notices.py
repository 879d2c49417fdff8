"""Notices: a mail to staff that says only whether something waits, at fixed times or in danger.

Everybody who wants notices gets one at each time, news or not, of the same size: who sees the mail
pass learns nothing. No mail says anything of a report. A notice is a help, not a delivery: what it
points to waits at the desk in any case.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo
from email.message import EmailMessage
from typing import Final, Literal
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, Select, exists, false, or_, select, true
from sqlalchemy.orm import Session

from reports import sealed_rows
from reports.delivery.envelopes.mail_headers import MailHeaders
from reports.errors import NoticeAddressRefused
from reports.intake.urgency import NOW
from reports.model import (
    Claim,
    Delivery,
    DeskGrant,
    DeskKey,
    NoticeAddress,
    PortalKey,
    Staff,
    StoredTurn,
)
from reports.territory import get_territory
from reports.triage.turns.turn import IN_DOUBT, OF_CONTACT, find_limit
from reports.vault import Vault

NoticeKind = Literal["news", "none", "danger"]
NoticeWording = Callable[[str, NoticeKind], str]
"""From a staff member's language and what there is to say to one short sentence."""

ENGLISH: Final[dict[NoticeKind, str]] = {
    "news": "Something waits at the desk.",
    "none": "Nothing new waits at the desk.",
    "danger": "Please look at the desk now.",
}
WIDTH: Final = 160
"""Bytes of every notice's text, whatever it says and in whichever language."""
QUIET: Final = timedelta(minutes=15)
"""Who was called because of danger is not called again for so long: they are looking already."""
TOLD_AHEAD: Final = timedelta(days=2)
"""No round lies further from the one before."""
AT_ONCE: Final = 20
_ADDRESS: Final = re.compile(r"[^\s@<>,;:\"()\[\]\\]{1,64}@[A-Za-z0-9.-]{1,190}")


@dataclass(frozen=True)
class Notice:
    """One mail to be sent, and what must be written down when it has left."""

    staff_id: UUID
    to: str
    mail: bytes
    report_id: UUID | None = None


def say_in_english(_language: str, what: NoticeKind) -> str:
    """The words of a notice where nobody translates them."""
    return ENGLISH[what]


def set_address(session: Session, vault: Vault, staff: Staff, typed: str, now: datetime) -> None:
    """Let notices go to `typed`; empty ends them. Raises `NoticeAddressRefused`."""
    address = typed.strip()
    row = session.get(NoticeAddress, staff.id)
    if not address:
        if row is not None:
            session.delete(row)
        return
    if not _ADDRESS.fullmatch(address):
        raise NoticeAddressRefused("not a plain address")
    if row is None:
        row = NoticeAddress(staff_id=staff.id, email="", told_at=now, called_at=None, seal=b"")
        session.add(row)
    row.email = address
    row.seal = sealed_rows.compute_seal(vault, row)


def find_address(session: Session, staff: Staff) -> str:
    """The address of this person's notices; empty for none."""
    row = session.get(NoticeAddress, staff.id)
    return row.email if row else ""


def find_latest_round(
    now: datetime, times: tuple[time, ...], zone: tzinfo | None = None
) -> datetime:
    """The last moment at or before `now` at which notices go out, by the clock of `zone`.

    Without `zone`, by the clock of the first country that is served.
    """
    zone = zone or get_territory().zone
    here = now.astimezone(zone)
    moments = (
        datetime.combine(here.date() - timedelta(days=back), each, tzinfo=zone)
        for back in (0, 1)
        for each in times
    )
    return max(moment for moment in moments if moment <= here)


@dataclass(frozen=True)
class NoticePlan:
    """When rounds of notices go out, by the clock of `zone`, from whom, in which words.

    Without `zone`, by the clock of the first country that is served.
    """

    times: tuple[time, ...]
    mail_from: str
    say: NoticeWording = say_in_english
    zone: tzinfo | None = None


def list_due(session: Session, vault: Vault, plan: NoticePlan, now: datetime) -> list[Notice]:
    """What is to be sent now: calls because of danger first, then the round. At most `AT_ONCE`."""
    last = find_latest_round(now, plan.times, plan.zone)
    wanted = [*_calls(session, vault, now), *_round(session, vault, last, now)]
    found = []
    for staff, row, what, report_id in wanted[:AT_ONCE]:
        mail = _mail(row.email, plan.say(staff.language, what), now, plan.mail_from)
        found.append(Notice(staff.id, row.email, mail, report_id))
    return found


def mark_sent(session: Session, notice: Notice, now: datetime) -> None:
    """Write down that a notice has left."""
    row = session.get(NoticeAddress, notice.staff_id)
    if row is None:
        return
    if notice.report_id is None:
        row.told_at = now
    else:
        row.called_at = now


def settle_calls(session: Session, now: datetime) -> None:
    """Note every turn in danger that all who want notices have been called for, or just were.

    When somebody was called is forgotten once it keeps no call back: it is the minute, or nearly,
    in which a report came.
    """
    for turn in session.scalars(_dangerous(now)).all():
        if all(_is_looking(row, now) for _staff, row in _people(session, turn)):
            turn.called = True
    session.flush()
    for row in session.scalars(select(NoticeAddress).where(NoticeAddress.called_at.is_not(None))):
        if not _is_looking(row, now):
            row.called_at = None


DueNotice = tuple[Staff, NoticeAddress, NoticeKind, UUID | None]


def _calls(session: Session, vault: Vault, now: datetime) -> Iterator[DueNotice]:
    called: set[UUID] = set()
    for turn in session.scalars(_dangerous(now).limit(AT_ONCE)).all():
        for staff, row in _people(session, turn):
            if staff.id in called or _is_looking(row, now):
                continue
            if not sealed_rows.is_genuine(vault, row):
                continue
            called.add(staff.id)
            yield staff, row, "danger", turn.report_id


def _round(session: Session, vault: Vault, last: datetime, now: datetime) -> Iterator[DueNotice]:
    query = (
        select(Staff, NoticeAddress)
        .join(NoticeAddress, NoticeAddress.staff_id == Staff.id)
        .where(Staff.state == "active", _is_untold(last))
        .order_by(NoticeAddress.staff_id)
    )
    for staff, row in session.execute(query):
        # Nobody who only writes the database can have notices sent elsewhere.
        if sealed_rows.is_genuine(vault, row):
            yield staff, row, "news" if _is_awaited(session, staff, now) else "none", None


def _dangerous(now: datetime) -> Select[StoredTurn]:
    """Selects what must be done now in danger, at a desk or at a contact point, and nobody was
    called for. Who has the report in hand at the desk need not be called; if they leave it
    undone, all are, once their claim is over."""
    claimed = exists().where(Claim.report_id == StoredTurn.report_id, Claim.until > now)
    not_theirs = or_(StoredTurn.rank == OF_CONTACT, StoredTurn.not_staff_id.is_not(None))
    return (
        select(StoredTurn)
        .where(StoredTurn.called.is_(false()), StoredTurn.urgency == NOW, _has_begun(now))
        .where(StoredTurn.reason != "later", StoredTurn.rank != IN_DOUBT)
        .where(or_(not_theirs, ~claimed))
        .order_by(StoredTurn.report_id, StoredTurn.reason, StoredTurn.about)
    )


def _has_begun(now: datetime) -> ColumnElement[bool]:
    return or_(StoredTurn.sleeps.is_(false()), StoredTurn.place < find_limit(now))


def _people(session: Session, turn: StoredTurn) -> list[tuple[Staff, NoticeAddress]]:
    """Returns who wants notices and can do something about a turn."""
    query = (
        select(Staff, NoticeAddress)
        .join(NoticeAddress, NoticeAddress.staff_id == Staff.id)
        .where(Staff.state == "active")
        .order_by(Staff.id)
    )
    if turn.rank == OF_CONTACT:
        theirs = exists(PortalKey.staff_id).where(
            PortalKey.delivery_id == Delivery.id,
            PortalKey.staff_id == Staff.id,
            Delivery.referral_id == turn.about,
        )
        query = query.where(Staff.contact_id == turn.contact_id, theirs)
    else:
        held = (
            select(DeskGrant.staff_id)
            .join(DeskKey, DeskKey.id == DeskGrant.desk_key_id)
            .where(DeskKey.desk_id == turn.desk_id, DeskKey.current.is_(true()))
        )
        query = query.where(Staff.id.in_(held))
        if turn.not_staff_id is not None:
            query = query.where(Staff.id != turn.not_staff_id)
    return [(staff, row) for staff, row in session.execute(query)]


def _is_awaited(session: Session, staff: Staff, now: datetime) -> bool:
    """Returns whether something waits for this person: at their desks, or in the portal."""
    query = select(StoredTurn.report_id).where(_has_begun(now))
    if staff.contact_id is not None:
        packets = select(Delivery.referral_id).join(PortalKey, PortalKey.delivery_id == Delivery.id)
        theirs = packets.where(PortalKey.staff_id == staff.id)
        query = query.where(StoredTurn.contact_id == staff.contact_id, StoredTurn.about.in_(theirs))
    else:
        desks = (
            select(DeskKey.desk_id)
            .join(DeskGrant, DeskGrant.desk_key_id == DeskKey.id)
            .where(DeskGrant.staff_id == staff.id, DeskKey.current.is_(true()))
        )
        whose, others = StoredTurn.staff_id, StoredTurn.not_staff_id
        query = query.where(
            StoredTurn.desk_id.in_(desks),
            StoredTurn.rank < IN_DOUBT,
            or_(whose.is_(None), whose == staff.id),
            or_(others.is_(None), others != staff.id),
        )
    return session.scalar(query.limit(1)) is not None


def _is_untold(last: datetime) -> ColumnElement[bool]:
    """Not told since the `last` round; or told by a clock that was days ahead."""
    return or_(NoticeAddress.told_at < last, NoticeAddress.told_at > last + TOLD_AHEAD)


def _is_looking(row: NoticeAddress, now: datetime) -> bool:
    # A call that lies ahead was noted by a clock that was wrong: it keeps nobody uncalled.
    return row.called_at is not None and abs(now - row.called_at) < QUIET


def _mail(to: str, sentence: str, now: datetime, mail_from: str) -> bytes:
    """The whole mail; its text has the same number of bytes whatever it says."""
    mail: EmailMessage = MailHeaders(uuid4(), mail_from, to, now).build_mail()
    del mail["Subject"]
    mail["Subject"] = "Desk"
    text = sentence.encode()[:WIDTH]
    mail["Content-Type"] = 'text/plain; charset="utf-8"'
    mail["Content-Transfer-Encoding"] = "base64"
    mail.set_payload(base64.encodebytes(text + b" " * (WIDTH - len(text)) + b".\r\n").decode())
    return mail.as_bytes()
