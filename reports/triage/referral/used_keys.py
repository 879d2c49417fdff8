"""The key that a desk last sent to at each contact point, compared before it sends there again.

A key that differs is a gate (`reports.triage.referral.gates`): who sends compares it with the
office, and a second person agrees. A new key is what somebody who reads along would need, whoever
confirmed it. Once it was sent to, it is the key that the next one is compared with.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from reports import sealed_rows
from reports.act import Act
from reports.model import ContactSetting, Delivery, Referral, Report, UsedKey
from reports.vault import Vault


@dataclass(frozen=True)
class KeyChange:
    """A contact point whose key is not the one that this desk last sent to.

    `before` is "" where a row says that it did and nobody here has signed that row.
    """

    contact_id: str
    before: str
    now: str


def find_change(
    session: Session, vault: Vault, desk_id: UUID, setting: ContactSetting
) -> KeyChange | None:
    """Returns how the key differs from the last one used; None where it does not.

    Also None at the first sending, and for a channel without a key. A desk that has sent before
    this was kept is asked by its deliveries.
    """
    if not setting.fingerprint:
        return None
    row = session.get(UsedKey, (desk_id, setting.contact_id))
    if row is None:
        before = _find_in_deliveries(session, desk_id, setting.contact_id)
        if before is None:
            return None
    else:
        before = row.fingerprint if sealed_rows.is_whole(session, vault, row) else ""
    if before == setting.fingerprint:
        return None
    return KeyChange(setting.contact_id, before, setting.fingerprint)


def list_changes(
    session: Session, vault: Vault, desk_id: UUID, settings: Iterable[ContactSetting | None]
) -> dict[str, KeyChange]:
    """Returns every change among the confirmed settings, by contact id."""
    found = (find_change(session, vault, desk_id, each) for each in settings if each is not None)
    return {change.contact_id: change for change in found if change is not None}


def remember(act: Act, desk_id: UUID, setting: ContactSetting) -> None:
    """Keeps the key that is sent to now, signed by who sends. Raises `RosterBroken`."""
    if not setting.fingerprint:
        return
    row = UsedKey(
        desk_id=desk_id,
        contact_id=setting.contact_id,
        fingerprint=setting.fingerprint,
        staff_id=act.staff_id,
    )
    sealed_rows.seal_and_sign(act, row)
    act.session.merge(row)


def _find_in_deliveries(session: Session, desk_id: UUID, contact_id: str) -> str | None:
    query = (
        select(Delivery.fingerprint)
        .join(Referral, Referral.id == Delivery.referral_id)
        .join(Report, Report.id == Referral.report_id)
        .where(Report.desk_id == desk_id, Referral.contact_id == contact_id)
        .where(Delivery.fingerprint != "")
        .order_by(Delivery.since.desc())
    )
    return session.scalars(query.limit(1)).first()
