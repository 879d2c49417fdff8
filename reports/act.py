"""An act of a member of staff: the transaction, the keys, the person and the time.

Domain functions that staff trigger take an `Act` first. It is explicit, so that tests say who acts
and when; the domain has no current user.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from reports import clock_record, custody
from reports.custody import CustodyEntry
from reports.model import Organisation, Report
from reports.roster.keyring import Keyring
from reports.vault import Vault


@dataclass(frozen=True)
class Act:
    """One person acting at one time. `session` is in a transaction that the caller ends.

    `sitting` tells their sessions at the desk apart (`reports.roster.sign_in.derive_sitting`).
    """

    session: Session
    vault: Vault
    keyring: Keyring
    now: datetime
    sitting: str = ""

    def __repr__(self) -> str:
        return "Act(...)"

    @property
    def staff_id(self) -> UUID:
        return self.keyring.staff.id

    def lock(self, report: Report) -> None:
        """Locks the report's row until the transaction ends, and reads it anew: of two people who
        act at once, the second one finds what the first one did."""
        # Refreshing discards unflushed changes, hence the flush.
        self.session.flush()
        self.session.refresh(report, with_for_update=True)

    def record(self, report: Report, what: str, detail: Mapping[str, str] | None = None) -> None:
        """Writes a custody line for a change of the report, and updates the report's day of change.

        `what` is a stable code; `detail` holds ids and codes, never free text.
        """
        self.record_look(report, what, detail)
        report.updated_day = clock_record.correct(self.session, self.now).date()

    def record_look(
        self, report: Report, what: str, detail: Mapping[str, str] | None = None
    ) -> None:
        """Writes a custody line for viewing a report, which does not change it."""
        entry = CustodyEntry(what, detail or {}, self.staff_id)
        custody.append(self.session, self.vault, report, entry, self.now)

    def record_sight(
        self, report: Report, what: str, detail: Mapping[str, str] | None = None
    ) -> None:
        """As `record_look`, for what counts until this session at the desk ends (`has_seen`)."""
        self.record_look(report, what, custody.add_sitting(detail or {}, self.sitting))

    def record_here(self, what: str, detail: Mapping[str, str] | None = None) -> None:
        """Writes a line in the instance's chain: roster, contact points, statistics, searches."""
        entry = CustodyEntry(what, detail or {}, self.staff_id)
        chain = self.session.get_one(Organisation, 1)
        custody.append(self.session, self.vault, chain, entry, self.now)
