"""Legal hold: keeps a closed report beyond its retention. Two people set it and two lift it.

A hold that is only proposed keeps nothing yet. A hold suspends retention but does not bind the
reporter: withdrawing erases the report all the same, and the page says so.
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
"""The most characters of a reason."""
KEEPING: Final = ("held", "lifting")
"""The states in which the report is kept."""
STEPS: Final = ("lift", "agree", "refuse")
"""What can be done with an existing hold; it begins with `propose`."""
_AFTER: Final[Mapping[tuple[str, str], tuple[str | None, str]]] = {
    ("held", "lift"): ("lifting", "hold_lifting"),
    ("proposed", "agree"): ("held", "held"),
    ("lifting", "agree"): (None, "hold_lifted"),
    ("proposed", "refuse"): (None, "hold_refused"),
    ("lifting", "refuse"): ("held", "hold_refused"),
}
"""State and step to the next state (None: the hold is deleted) and the code of the custody line."""


@dataclass(frozen=True)
class OpenHold:
    """A decrypted hold. `staff_id` is who made its last step; `reason` is None when it is
    damaged."""

    state: str
    staff_id: UUID
    reason: str | None

    def __repr__(self) -> str:
        return "OpenHold(...)"


def read(session: Session, vault: Vault, keyring: Keyring, report: Report) -> OpenHold | None:
    """Returns the report's hold, or None."""
    row = session.get(LegalHold, report.id)
    if row is None:
        return None
    try:
        reason = sealed_rows.open_for_staff(session, vault, keyring, row)["reason"]
    except (NotAllowed, SealBroken):
        reason = None
    return OpenHold(row.state, row.staff_id, reason)


def propose(act: Act, report: Report, typed: str) -> None:
    """Proposes a hold. Raises `ReasonMissing`, `TextTooLong`, and `StatusRefused` when one
    exists."""
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
    sealed_rows.say_to_desk(act, report.desk_id, row, {"reason": reason})
    act.record(report, "hold_proposed")


def take_step(act: Act, report: Report, step: str, seen: str | None = None) -> None:
    """Takes the next step of an existing hold.

    "lift" proposes ending the hold, "agree" is the second person's consent to what was proposed,
    "refuse" withdraws or declines it. `seen` is the state that the page showed, if known: when the
    hold has changed since, the step is refused, and so is consent to a proposal that nobody signed.
    Raises `SecondPersonNeeded`, `StatusRefused`.
    """
    row = _locked(act.session, report)
    after = _AFTER.get((row.state, step)) if row is not None else None
    if row is None or after is None or seen not in (None, row.state):
        raise StatusRefused("the hold has changed meanwhile")
    if step == "agree" and row.staff_id == act.staff_id:
        raise SecondPersonNeeded("somebody else must agree")
    whole = sealed_rows.is_whole(act.session, act.vault, row)
    if step == "agree" and row.state == "proposed" and not whole:
        raise StatusRefused("nobody here has proposed it")
    state, line = after
    if state is None:
        act.session.delete(row)
    else:
        row.state, row.staff_id, row.day = state, act.staff_id, act.now.date()
        if whole:  # one that is damaged stays so: nobody vouches for a reason that was not theirs
            sealed_rows.seal_and_sign(act, row)
    act.record(report, line)


def _locked(session: Session, report: Report) -> LegalHold | None:
    """Returns the report's hold, with a lock on the report's row against concurrent steps."""
    session.flush()
    session.refresh(report, with_for_update=True)
    return session.get(LegalHold, report.id)
