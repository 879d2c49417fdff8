"""What a recipient answers to a referral: we have it, it is not for us, this is how it ended.

The answer comes by the code in the packet, from a liaison in the portal, or by what staff were told
on the phone. Its words are sealed to the desk; in the clear stands only how far the referral is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from reports import custody, sealed_rows
from reports.delivery import delivery_states
from reports.errors import AnswerRefused, NotAllowed, ReasonMissing, SealBroken, TextTooLong
from reports.intake.questions import clean
from reports.model import Delivery, Referral, ReferralAnswer, Report
from reports.roster.keyring import Keyring
from reports.triage import status
from reports.vault import Vault

TEXT_LIMIT: Final = 2_000
"""Characters of a reason or an outcome."""
STANDING: Final[Mapping[str, str]] = {
    "acknowledged": "acknowledged",
    "returned": "returned",
    "outcome": "ended",
}
"""Where each kind of answer brings a referral."""
FROM: Final[Mapping[str, frozenset[str]]] = {
    "acknowledged": frozenset({"waiting"}),
    "returned": frozenset({"waiting", "acknowledged"}),
    "outcome": frozenset({"waiting", "acknowledged", "ended"}),
}
"""From where each kind of answer can come."""


@dataclass(frozen=True)
class OpenAnswer:
    """One answer in the clear; `text` is None when it is damaged or was not written here."""

    referral_id: UUID
    kind: str
    staff_id: UUID | None
    text: str | None
    at: datetime

    def __repr__(self) -> str:
        return "OpenAnswer(...)"


def find_referral(session: Session, delivery_id: UUID) -> Referral | None:
    """The referral that a delivery belongs to; None when it is erased."""
    query = select(Referral).join(Delivery, Delivery.referral_id == Referral.id)
    return session.scalar(query.where(Delivery.id == delivery_id))


def record_answer(
    session: Session,
    vault: Vault,
    referral: Referral,
    kind: str,
    typed: str,
    now: datetime,
    *,
    staff_id: UUID | None = None,
) -> bool:
    """Keep an answer of `kind`; False when the same was said before.

    Returning needs a reason and an outcome its words. Raises `ReasonMissing`, `TextTooLong`, and
    `AnswerRefused` for what no longer fits.
    """
    report = session.get_one(Report, referral.report_id)
    session.flush()
    session.refresh(report, with_for_update=True)
    session.refresh(referral)
    if kind == "acknowledged" and referral.standing in ("acknowledged", "ended"):
        return False
    if kind not in FROM or referral.standing not in FROM[kind]:
        raise AnswerRefused(f"{referral.standing} -> {kind}")
    text = clean(typed)
    if not text and kind != "acknowledged":
        raise ReasonMissing("this answer needs words")
    if len(text) > TEXT_LIMIT:
        raise TextTooLong(TEXT_LIMIT, len(text))
    _keep(session, vault, report, referral, kind, text, now, staff_id)
    _has_arrived(session, vault, referral, now)
    referral.standing = STANDING[kind]
    referral.answered_at = referral.answered_at or now
    report.unread = True
    detail = {"contact": referral.contact_id}
    custody.append(session, vault, report, kind, now, staff_id=staff_id, detail=detail)
    if kind == "returned" and report.status == "referred" and _all_returned(session, report.id):
        status.move(session, vault, report, "in_triage", now, staff_id=staff_id)
    return True


def read(session: Session, vault: Vault, keyring: Keyring, report: Report) -> list[OpenAnswer]:
    """Every answer about the report, oldest first."""
    query = select(ReferralAnswer).join(Referral, Referral.id == ReferralAnswer.referral_id)
    rows = session.scalars(query.where(Referral.report_id == report.id))
    opened = [_open(session, vault, keyring, row) for row in rows]
    return sorted(opened, key=lambda each: each.at)


def _keep(
    session: Session,
    vault: Vault,
    report: Report,
    referral: Referral,
    kind: str,
    text: str,
    now: datetime,
    staff_id: UUID | None,
) -> None:
    row = ReferralAnswer(id=uuid4(), referral_id=referral.id, kind=kind, staff_id=staff_id, at=now)
    sealed_rows.seal_to_desk(session, vault, report.desk_id, row, {"text": text})


def _has_arrived(session: Session, vault: Vault, referral: Referral, now: datetime) -> None:
    for delivery_id in session.scalars(
        select(Delivery.id).where(Delivery.referral_id == referral.id)
    ):
        delivery_states.mark_delivered(session, vault, delivery_id, now)


def _all_returned(session: Session, report_id: UUID) -> bool:
    session.flush()
    other = exists().where(Referral.report_id == report_id, Referral.standing != "returned")
    return not session.scalar(select(other))


def _open(session: Session, vault: Vault, keyring: Keyring, row: ReferralAnswer) -> OpenAnswer:
    try:
        text = sealed_rows.open_for_staff(session, vault, keyring, row)["text"]
    except (NotAllowed, SealBroken):
        text = None
    return OpenAnswer(row.referral_id, row.kind, row.staff_id, text, row.at)
