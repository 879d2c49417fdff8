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
from reports.model import Called, DeskGrant, DeskKey, NoticeAddress, Report, Staff
from reports.territory import get_territory
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
    wanted = [*_calls(session, vault, now), *_round(session, vault, last)]
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
    """Note every report of danger that all who want notices have been called for, or just were."""
    for report in session.scalars(_dangerous()):
        if all(_is_looking(row, now) for _staff, row in _people(session, report.desk_id)):
            session.add(Called(report_id=report.id))


DueNotice = tuple[Staff, NoticeAddress, NoticeKind, UUID | None]


def _calls(session: Session, vault: Vault, now: datetime) -> Iterator[DueNotice]:
    called: set[UUID] = set()
    for report in session.scalars(_dangerous().limit(AT_ONCE)):
        for staff, row in _people(session, report.desk_id):
            if staff.id in called or _is_looking(row, now):
                continue
            if not sealed_rows.is_genuine(vault, row):
                continue
            called.add(staff.id)
            yield staff, row, "danger", report.id


def _round(session: Session, vault: Vault, last: datetime) -> Iterator[DueNotice]:
    query = (
        select(Staff, NoticeAddress)
        .join(NoticeAddress, NoticeAddress.staff_id == Staff.id)
        .where(Staff.state == "active", _is_untold(last))
        .order_by(NoticeAddress.staff_id)
    )
    for staff, row in session.execute(query):
        # Nobody who only writes the database can have notices sent elsewhere.
        if sealed_rows.is_genuine(vault, row):
            yield staff, row, "news" if _has_news(session, staff) else "none", None


def _dangerous() -> Select[Report]:
    return (
        select(Report)
        .where(Report.status == "received", Report.urgency == NOW, Report.unverified.is_(false()))
        .where(~exists().where(Called.report_id == Report.id))
        .order_by(Report.id)
    )


def _people(session: Session, desk_id: UUID) -> list[tuple[Staff, NoticeAddress]]:
    query = (
        select(Staff, NoticeAddress)
        .join(NoticeAddress, NoticeAddress.staff_id == Staff.id)
        .join(DeskGrant, DeskGrant.staff_id == Staff.id)
        .join(DeskKey, DeskKey.id == DeskGrant.desk_key_id)
        .where(Staff.state == "active", DeskKey.desk_id == desk_id, DeskKey.current.is_(true()))
        .order_by(Staff.id)
    )
    return [(staff, row) for staff, row in session.execute(query)]


def _has_news(session: Session, staff: Staff) -> bool:
    desks = (
        select(DeskKey.desk_id)
        .join(DeskGrant, DeskGrant.desk_key_id == DeskKey.id)
        .where(DeskGrant.staff_id == staff.id, DeskKey.current.is_(true()))
    )
    query = select(Report.id).where(
        Report.desk_id.in_(desks), Report.unread.is_(true()), Report.status != "closed"
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
