"""A legal hold: a closed report is kept although its time is over. Two people set it, two lift it.

A proposed hold keeps nothing yet. A hold stops the clock and not the reporter: who withdraws a
report erases it, hold or not, and the page says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from reports import sealed_rows
from reports.act import Act
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
from reports.roster.keyring import Keyring
from reports.vault import Vault

REASON_LIMIT: Final = 2_000
"""Characters."""
KEEPING: Final = ("held", "lifting")
STEPS: Final = ("lift", "agree", "refuse")
"""What becomes of a hold that there is; the first step of all is `propose`."""
_AFTER: Final[Mapping[tuple[str, str], tuple[str | None, str]]] = {
    ("held", "lift"): ("lifting", "hold_lifting"),
    ("proposed", "agree"): ("held", "held"),
    ("lifting", "agree"): (None, "hold_lifted"),
    ("proposed", "refuse"): (None, "hold_refused"),
    ("lifting", "refuse"): ("held", "hold_refused"),
}
"""By state and step: the state afterwards, None for no hold any more, and the act on record."""


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
        reason = sealed_rows.open_for_staff(session, vault, keyring, row)["reason"]
    except (NotAllowed, SealBroken):
        reason = None
    return OpenHold(row.state, row.staff_id, reason)


def propose(act: Act, report: Report, typed: str) -> None:
    """Ask for a hold, with a reason. Raises `ReasonMissing`, `TextTooLong`, `StatusRefused`."""
    reason = clean(typed)
    if not reason:
        raise ReasonMissing("a hold needs a reason")
    if len(reason) > REASON_LIMIT:
        raise TextTooLong(REASON_LIMIT, len(reason))
    if _locked(act.session, report) is not None:
        raise StatusRefused("there is one already")
    row = LegalHold(
        report_id=report.id, state="proposed", staff_id=act.staff_id, day=act.now.date()
    )
    sealed_rows.seal_to_desk(act.session, act.vault, report.desk_id, row, {"reason": reason})
    act.record(report, "hold_proposed")


def take_step(act: Act, report: Report, step: str, seen: str | None = None) -> None:
    """One more step: "lift" asks for the end of a hold, "agree" is the second person's yes to what
    was asked, "refuse" takes that back or declines it.

    `seen` is the state in which somebody saw the hold, if that is known; a hold that is in another
    one by now stays as it is. Raises `SecondPersonNeeded`, `StatusRefused`.
    """
    row = _locked(act.session, report)
    after = _AFTER.get((row.state, step)) if row is not None else None
    if row is None or after is None or seen not in (None, row.state):
        raise StatusRefused("the hold has changed meanwhile")
    if step == "agree" and row.staff_id == act.staff_id:
        raise SecondPersonNeeded("somebody else must agree")
    state, line = after
    if state is None:
        act.session.delete(row)
    else:
        row.state, row.staff_id, row.day = state, act.staff_id, act.now.date()
        row.seal = sealed_rows.compute_seal(act.vault, row)
    act.record(report, line)


def _locked(session: Session, report: Report) -> LegalHold | None:
    session.flush()
    session.refresh(report, with_for_update=True)
    return session.get(LegalHold, report.id)
