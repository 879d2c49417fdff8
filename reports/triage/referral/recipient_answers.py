"""A recipient's answers to a referral: received, not for us, or the outcome.

An answer comes with the code in the packet, from a liaison in the portal, or from staff who were
told on the phone. Its text is sealed to the desk; only the referral's standing is in the clear.
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
from reports.act import Act
from reports.custody import CustodyEntry
from reports.delivery import delivery_states
from reports.errors import AnswerRefused, NotAllowed, ReasonMissing, SealBroken, TextTooLong
from reports.intake.questions import clean
from reports.model import Delivery, Referral, ReferralAnswer, Report
from reports.roster.keyring import Keyring
from reports.triage import status
from reports.vault import Vault

TEXT_LIMIT: Final = 2_000
"""The most characters of a reason or an outcome."""
STANDING: Final[Mapping[str, str]] = {
    "acknowledged": "acknowledged",
    "returned": "returned",
    "outcome": "ended",
}
"""The standing of a referral after each kind of answer."""
FROM: Final[Mapping[str, frozenset[str]]] = {
    "acknowledged": frozenset({"waiting"}),
    "returned": frozenset({"waiting", "acknowledged"}),
    "outcome": frozenset({"waiting", "acknowledged", "ended"}),
}
"""The standings in which each kind of answer is accepted."""


@dataclass(frozen=True)
class GivenAnswer:
    """An incoming answer.

    `by` is the liaison, or the member of staff who was told, and signs it; None with the code of a
    packet.
    """

    kind: str
    typed: str = ""
    by: Keyring | None = None

    @property
    def staff_id(self) -> UUID | None:
        return self.by.staff.id if self.by else None

    def __repr__(self) -> str:
        return f"GivenAnswer({self.kind})"


@dataclass(frozen=True)
class OpenAnswer:
    """One decrypted answer; `text` is None when it is damaged or was not written by this
    instance."""

    referral_id: UUID
    kind: str
    staff_id: UUID | None
    text: str | None
    at: datetime

    def __repr__(self) -> str:
        return "OpenAnswer(...)"


def find_referral(session: Session, delivery_id: UUID) -> Referral | None:
    """Returns the referral of a delivery, or None when it was erased."""
    query = select(Referral).join(Delivery, Delivery.referral_id == Referral.id)
    return session.scalar(query.where(Delivery.id == delivery_id))


def record_answer(
    session: Session, vault: Vault, referral: Referral, given: GivenAnswer, now: datetime
) -> bool:
    """Stores an answer; returns False for an acknowledgement that was given before.

    A return needs a reason and an outcome a description. Raises `ReasonMissing`, `TextTooLong`, and
    `AnswerRefused` for an answer that does not fit the standing.
    """
    report = session.get_one(Report, referral.report_id)
    kind = given.kind
    session.flush()
    session.refresh(report, with_for_update=True)
    session.refresh(referral)
    if kind == "acknowledged" and referral.standing in ("acknowledged", "ended"):
        return False
    if kind not in FROM or referral.standing not in FROM[kind]:
        raise AnswerRefused(f"{referral.standing} -> {kind}")
    text = clean(given.typed)
    if not text and kind != "acknowledged":
        raise ReasonMissing("this answer needs words")
    if len(text) > TEXT_LIMIT:
        raise TextTooLong(TEXT_LIMIT, len(text))
    row = ReferralAnswer(
        id=uuid4(), referral_id=referral.id, kind=kind, staff_id=given.staff_id, at=now
    )
    sealed_rows.seal_to_desk(session, vault, report.desk_id, row, {"text": text})
    if given.by is not None:
        sealed_rows.sign_row(Act(session, vault, given.by, now), row)
    _has_arrived(session, vault, referral, now)
    referral.standing = STANDING[kind]
    referral.answered_at = referral.answered_at or now
    entry = CustodyEntry(kind, {"contact": referral.contact_id}, given.staff_id)
    custody.append(session, vault, report, entry, now)
    if kind == "returned" and report.status == "referred" and _all_returned(session, report.id):
        status.take_back(session, vault, report, now, given.staff_id)
    return True


def read(session: Session, vault: Vault, keyring: Keyring, report: Report) -> list[OpenAnswer]:
    """Returns all answers about the report, oldest first."""
    query = select(ReferralAnswer).join(Referral, Referral.id == ReferralAnswer.referral_id)
    rows = session.scalars(query.where(Referral.report_id == report.id))
    opened = [_open(session, vault, keyring, row) for row in rows]
    return sorted(opened, key=lambda each: each.at)


def _has_arrived(session: Session, vault: Vault, referral: Referral, now: datetime) -> None:
    """Marks the deliveries as delivered: an answer proves that the packet arrived."""
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
