"""What every channel declares and does; the rest of the product asks it and knows no channel.

A channel of its own is a subclass in a folder of its own, a line in `registry`, and its words at
the desk (`webapp/desk/channel_wording.py`).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar, Literal
from uuid import UUID

from sqlalchemy.orm import Session

from reports.delivery.packet_content import Slip
from reports.delivery.transports import Transport
from reports.model import ContactChange, ContactSetting, Delivery, Report
from reports.roster.keyring import Keyring
from reports.settings import Settings
from reports.vault import Vault

DetailField = Literal["email", "certificate", "smime"]
"""The columns that a channel can keep of a contact point."""
FirstState = Literal["due", "delivered", "to_do"]
"""How a delivery begins: a worker carries it, it is there at once, or staff must do it."""


@dataclass(frozen=True)
class ContactDetails:
    """How a contact point is reached: the code of a channel, and what that channel needs."""

    channel: str
    email: str = ""
    certificate: bytes = b""
    smime: bytes = b""


@dataclass(frozen=True)
class PackingRequest:
    """What a channel may need to close one packet: for which report, to whom, under which id."""

    session: Session
    vault: Vault
    report: Report
    setting: ContactSetting
    slip: Slip
    mail_from: str
    now: datetime


@dataclass(frozen=True)
class ClosedPacket:
    """A packet that only its recipient opens, as the delivery keeps it.

    `keys` are the packet's own key sealed to each member of staff who may open it here, by their
    id; empty where the packet leaves this instance.
    """

    data: bytes
    keys: tuple[tuple[UUID, bytes], ...] = ()

    def __repr__(self) -> str:
        return "ClosedPacket(...)"


class Channel(ABC):
    """One way to reach a contact point; `code` is what the database stores for it.

    `needs` are the details that it keeps, `rests_in` the states in which a delivery of its own can
    rest after it left, and `reasons` the stable codes with which it says why something does not go:
    the desk has words for each of these. `reminds`: it can be written to once more when no answer
    comes. `answers_by_code`: the packet carries the code by which a recipient answers.
    `can_bounce`: what has left can come back.
    """

    code: str
    needs: tuple[DetailField, ...] = ()
    first_state: ClassVar[FirstState]
    rests_in: ClassVar[frozenset[str]]
    reasons: ClassVar[frozenset[str]] = frozenset()
    reminds: ClassVar[bool] = False
    answers_by_code: ClassVar[bool] = False
    can_bounce: ClassVar[bool] = False

    @abstractmethod
    def check(self, details: ContactDetails, now: datetime) -> Mapping[str, str | bytes]:
        """Returns the columns of a contact point that `details` become; all others stay empty.

        Raises `AddressRefused` or `KeyRefused`.
        """

    @abstractmethod
    def close(self, request: PackingRequest, inside: bytes) -> ClosedPacket:
        """Encrypts a finished MIME part to its recipient; reads only.

        Raises `KeyRefused`, `PacketTooLarge`, `RecipientUnready`.
        """

    def find_expiry(self, row: ContactSetting | ContactChange) -> date | None:
        """Returns the last day of the key in `row`; None without one, or when it never ends."""
        return None

    def find_obstacle(self, session: Session, vault: Vault, contact_id: str) -> str | None:
        """Returns why a confirmed contact point cannot be sent to now, as one of `reasons`."""
        return None

    def find_waiting_reason(self, settings: Settings) -> str | None:
        """Returns why nothing leaves this instance now, as one of `reasons`; None if it can."""
        return None

    def choose_transport(self, settings: Settings) -> Transport | None:
        """Returns what carries a due delivery; None for a channel that a worker never carries.

        Raises `ChannelMissing` while this instance has nothing to carry it with.
        """
        return None

    def store_keys(self, session: Session, delivery_id: UUID, closed: ClosedPacket) -> None:
        """Writes what belongs to the packet beside its delivery, which is written by then."""
        return

    def open_for_desk(
        self, session: Session, keyring: Keyring, report: Report, delivery: Delivery
    ) -> bytes | None:
        """Returns the MIME part that staff must hand over; None where they can read nothing.

        Raises `NotAllowed`, `SealBroken`.
        """
        return None

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.code!r})"
