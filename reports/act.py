"""The act of a member of staff: in which transaction, with which keys, by whom and when.

What staff cause takes an `Act` first. It is explicit, so that tests say who acts and when; there is
no current user anywhere in the domain.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from reports import custody
from reports.custody import CustodyEntry
from reports.model import Organisation, Report
from reports.roster.keyring import Keyring
from reports.vault import Vault


@dataclass(frozen=True)
class Act:
    """One person at one moment. `session` is in the caller's transaction, which the caller ends."""

    session: Session
    vault: Vault
    keyring: Keyring
    now: datetime

    def __repr__(self) -> str:
        return "Act(...)"

    @property
    def staff_id(self) -> UUID:
        return self.keyring.staff.id

    def record(self, report: Report, what: str, detail: Mapping[str, str] | None = None) -> None:
        """Writes a custody line for a change of the report, and the day of the change.

        `what` is a stable code; `detail` holds ids and codes, never free text.
        """
        self.record_look(report, what, detail)
        report.updated_day = self.now.date()

    def record_look(
        self, report: Report, what: str, detail: Mapping[str, str] | None = None
    ) -> None:
        """Writes a custody line for who looked at a report, which changes nothing of it."""
        entry = CustodyEntry(what, detail or {}, self.staff_id)
        custody.append(self.session, self.vault, report, entry, self.now)

    def record_here(self, what: str, detail: Mapping[str, str] | None = None) -> None:
        """Writes a line into the instance's chain: roster, contact points, counts, searches."""
        entry = CustodyEntry(what, detail or {}, self.staff_id)
        chain = self.session.get_one(Organisation, 1)
        custody.append(self.session, self.vault, chain, entry, self.now)
