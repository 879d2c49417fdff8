"""A legal hold: a closed report is kept although its time is over. Two people set it, two lift it.

A proposed hold keeps nothing yet. A hold stops the clock and not the reporter: who withdraws a
report erases it, hold or not, and the page says so.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from reports import custody, genuine
from reports.errors import (
    NotAllowed,
    ReasonMissing,
    SealBroken,
    SecondPersonNeeded,
    StatusRefused,
    TextTooLong,
)
from reports.intake.questions import clean
from reports.model import LegalHold, Report
from reports.roster import desks
from reports.roster.keyring import Keyring
from reports.vault import Vault, open_sealed, pad, seal, unpad

REASON_LIMIT: Final = 2_000
"""Characters."""
KEEPING: Final = ("held", "lifting")
_KIND: Final = "legal hold"


@dataclass(frozen=True)
class OpenHold:
    """A hold in the clear. `staff_id` is who made its last step; `reason` is None when damaged."""

    state: str
    staff_id: UUID
    reason: str | None

    def __repr__(self) -> str:
        return "OpenHold(...)"


def read(session: Session, vault: Vault, keyring: Keyring, report: Report) -> OpenHold | None:
    """The report's hold, if there is one."""
    row = session.get(LegalHold, report.id)
    if row is None:
        return None
    try:
        genuine.check(row.seal, genuine.hold_seal(vault, row))
        private = keyring.desk_private(session, row.desk_key_id)
        told = open_sealed(private, row.sealed, kind=_KIND, id=report.id.bytes)
        reason: str | None = json.loads(unpad(told))["reason"]
    except (NotAllowed, SealBroken):
        reason = None
    return OpenHold(row.state, row.staff_id, reason)


def propose(
    session: Session, vault: Vault, keyring: Keyring, report: Report, typed: str, now: datetime
) -> None:
    """Ask for a hold, with a reason. Raises `ReasonMissing`, `TextTooLong`, `StatusRefused`."""
    reason = clean(typed)
    if not reason:
        raise ReasonMissing("a hold needs a reason")
    if len(reason) > REASON_LIMIT:
        raise TextTooLong(REASON_LIMIT, len(reason))
    if _locked(session, report) is not None:
        raise StatusRefused("there is one already")
    key = desks.current_key(session, vault, report.desk_id)
    told = pad(json.dumps({"reason": reason}, ensure_ascii=False).encode())
    row = LegalHold(
        report_id=report.id,
        state="proposed",
        staff_id=keyring.staff.id,
        desk_key_id=key.id,
        sealed=seal(key.public, told, kind=_KIND, id=report.id.bytes),
        day=now.date(),
    )
    row.seal = genuine.hold_seal(vault, row)
    session.add(row)
    _record(session, vault, keyring, report, "hold_proposed", now)


def lift(
    session: Session,
    vault: Vault,
    keyring: Keyring,
    report: Report,
    now: datetime,
    seen: str | None = None,
) -> None:
    """Ask for the end of a hold. Raises `StatusRefused` where none holds.

    `seen`, here and below, is the state in which somebody saw the hold, if that is known; a hold
    that is in another one by now stays as it is.
    """
    row = _needed(session, report, seen, "held")
    _turn(vault, row, "lifting", keyring.staff.id, now)
    _record(session, vault, keyring, report, "hold_lifting", now)


def agree(
    session: Session,
    vault: Vault,
    keyring: Keyring,
    report: Report,
    now: datetime,
    seen: str | None = None,
) -> None:
    """The second person agrees to what was asked. Raises `SecondPersonNeeded`, `StatusRefused`."""
    row = _needed(session, report, seen, "proposed", "lifting")
    if row.staff_id == keyring.staff.id:
        raise SecondPersonNeeded("somebody else must agree")
    if row.state == "lifting":
        session.delete(row)
        _record(session, vault, keyring, report, "hold_lifted", now)
        return
    _turn(vault, row, "held", keyring.staff.id, now)
    _record(session, vault, keyring, report, "held", now)


def refuse(
    session: Session,
    vault: Vault,
    keyring: Keyring,
    report: Report,
    now: datetime,
    seen: str | None = None,
) -> None:
    """Take back or decline what was asked. Raises `StatusRefused`."""
    row = _needed(session, report, seen, "proposed", "lifting")
    if row.state == "lifting":
        _turn(vault, row, "held", keyring.staff.id, now)
    else:
        session.delete(row)
    _record(session, vault, keyring, report, "hold_refused", now)


def _locked(session: Session, report: Report) -> LegalHold | None:
    session.flush()
    session.refresh(report, with_for_update=True)
    return session.get(LegalHold, report.id)


def _needed(session: Session, report: Report, seen: str | None, *states: str) -> LegalHold:
    row = _locked(session, report)
    if row is None or row.state not in states or seen not in (None, row.state):
        raise StatusRefused("the hold has changed meanwhile")
    return row


def _turn(vault: Vault, row: LegalHold, state: str, staff_id: UUID, now: datetime) -> None:
    row.state, row.staff_id, row.day = state, staff_id, now.date()
    row.seal = genuine.hold_seal(vault, row)


def _record(
    session: Session, vault: Vault, keyring: Keyring, report: Report, act: str, now: datetime
) -> None:
    custody.append(session, vault, report, act, now, staff_id=keyring.staff.id)
