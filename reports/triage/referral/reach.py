"""Whether a contact point can be reached on this instance, and what is missing if not.

Small on purpose: asked by the page that offers it and by the gates before anything leaves.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy.orm import Session

from reports.delivery import contact_settings
from reports.delivery.channels.registry import get_channel
from reports.errors import RecipientUnready
from reports.model import ContactSetting
from reports.vault import Vault

UNREADY: Final = "unready"
EXPIRED: Final = "expired"


@dataclass(frozen=True)
class Reach:
    """How a contact point is reached: its confirmed settings, if any.

    `obstacle` is "" when something can be sent, else `UNREADY`, `EXPIRED` or a code of its channel.
    `key_ends` is the last day of its key. `unnoticed`: nobody there is told that something came.
    """

    setting: ContactSetting | None
    obstacle: str = ""
    key_ends: date | None = None
    unnoticed: bool = False


def find_reach(session: Session, vault: Vault, contact_id: str, now: datetime) -> Reach:
    """Returns how the contact point can be reached at `now`."""
    try:
        setting = contact_settings.require_confirmed(session, vault, contact_id)
    except RecipientUnready:
        return Reach(None, UNREADY)
    ends = contact_settings.find_expiry(setting)
    if ends is not None and ends < now.date():
        return Reach(setting, EXPIRED, ends)
    channel = get_channel(setting.channel)
    obstacle = channel.find_obstacle(session, vault, contact_id) or ""
    unnoticed = not obstacle and channel.is_unnoticed(session, vault, contact_id)
    return Reach(setting, obstacle, ends, unnoticed)
