"""The keyring: what one signed-in staff member can decrypt, from desk keys down to case keys."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from sqlalchemy import bindparam, select, true
from sqlalchemy.orm import Session

from reports import outer_layer
from reports.errors import NotAllowed
from reports.model import Desk, DeskGrant, DeskKey, Report, RosterGrant, Staff
from reports.vault import OuterKeys, open_sealed

_DESKS: Final = (
    select(DeskKey.desk_id)
    .join(DeskGrant, DeskGrant.desk_key_id == DeskKey.id)
    .where(DeskGrant.staff_id == bindparam("staff_id"), DeskKey.current.is_(true()))
)


@dataclass(frozen=True)
class Keyring:
    """A staff member and their private key, held for one request only."""

    staff: Staff
    private: bytes
    outer: OuterKeys | None = None
    """The outer keys of reports, where this instance has them in a file."""
    _opened: dict[tuple[UUID, bytes], bytes] = field(default_factory=dict, compare=False)
    """Decrypted desk keys by their sealed form: one page needs the same key many times."""

    def __repr__(self) -> str:
        return "Keyring(...)"

    def list_desk_ids(self, session: Session) -> set[UUID]:
        """Returns the desks whose current key this staff member holds."""
        return set(session.scalars(_DESKS, {"staff_id": self.staff.id}))

    def list_desks(self, session: Session) -> list[Desk]:
        """Returns the desks of `list_desk_ids`, by name."""
        query = select(Desk).where(Desk.id.in_(self.list_desk_ids(session))).order_by(Desk.name)
        return list(session.scalars(query))

    def open_desk_key(self, session: Session, desk_key_id: UUID) -> bytes:
        """Returns a desk's private key. Raises `NotAllowed` without a grant, `SealBroken` if
        damaged."""
        grant = session.get(DeskGrant, (desk_key_id, self.staff.id))
        if grant is None:
            raise NotAllowed("not of this desk")
        known = desk_key_id, grant.sealed
        if known not in self._opened:
            self._opened[known] = open_sealed(
                self.private, grant.sealed, kind="desk key", id=desk_key_id.bytes
            )
        return self._opened[known]

    def open_case_key(self, session: Session, report: Report) -> bytes:
        """Returns the private key of one report. Raises as `open_desk_key` does."""
        desk_private = self.open_desk_key(session, report.desk_key_id)
        sealed = outer_layer.uncover(
            self.outer, report.outer_slot, report.id, report.private_by_desk, outer_layer.BY_DESK
        )
        return open_sealed(desk_private, sealed, kind="case key", id=report.id.bytes)

    def open_roster_key(self, session: Session) -> bytes:
        """Returns the key that signs the roster. Raises `NotAllowed` for all but administrators."""
        grant = session.get(RosterGrant, self.staff.id)
        if grant is None:
            raise NotAllowed("not an administrator")
        return open_sealed(self.private, grant.sealed, kind="roster key", id=self.staff.id.bytes)
