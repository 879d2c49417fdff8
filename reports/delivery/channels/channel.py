"""The interface of all channels; other code asks it and never tests for a particular channel.

To add a channel: a subclass in its own folder, a line in `registry`, and its words at the desk
(`webapp/desk/channel_wording.py`).
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
"""The columns of a contact point that a channel can use."""
FirstState = Literal["due", "delivered", "to_do"]
"""The first state of a delivery: a worker carries it, it has arrived at once, or staff must act."""


@dataclass(frozen=True)
class ContactDetails:
    """How to reach a contact point: the code of a channel, and the details that the channel
    needs."""

    channel: str
    email: str = ""
    certificate: bytes = b""
    smime: bytes = b""


@dataclass(frozen=True)
class PackingRequest:
    """What a channel may need to encrypt one packet."""

    session: Session
    vault: Vault
    report: Report
    setting: ContactSetting
    slip: Slip
    mail_from: str
    now: datetime


@dataclass(frozen=True)
class ClosedPacket:
    """A packet that only its recipient can decrypt, as the delivery stores it.

    `keys` holds the packet's key sealed to each member of staff who may open it here, with their
    id; it is empty when the packet leaves this instance.
    """

    data: bytes
    keys: tuple[tuple[UUID, bytes], ...] = ()

    def __repr__(self) -> str:
        return "ClosedPacket(...)"


class Channel(ABC):
    """One way to reach a contact point; `code` is its value in the database.

    `needs` are the details it uses, `rests_in` the states in which its deliveries can remain after
    leaving, and `reasons` the stable codes for why something is not sent; the desk has words for
    each. `reminds`: a reminder can be sent when no answer comes. `answers_by_code`: the packet
    contains a code with which the recipient answers. `can_bounce`: a sent delivery can come back.
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
        """Returns the columns to store for `details`; all other columns stay empty.

        Raises `AddressRefused` or `KeyRefused`.
        """

    @abstractmethod
    def close(self, request: PackingRequest, inside: bytes) -> ClosedPacket:
        """Encrypts a finished MIME part to its recipient; writes nothing.

        Raises `KeyRefused`, `PacketTooLarge`, `RecipientUnready`.
        """

    def find_expiry(self, row: ContactSetting | ContactChange) -> date | None:
        """Returns the last day of the key in `row`; None without a key, or if it never expires."""
        return None

    def describe_key(self, row: ContactSetting | ContactChange) -> str:
        """Returns whose key is in `row`, as the key says itself; "" without a key."""
        return ""

    def find_obstacle(self, session: Session, vault: Vault, contact_id: str) -> str | None:
        """Returns why a confirmed contact point cannot be sent to now, as one of `reasons`, or
        None."""
        return None

    def is_unnoticed(self, session: Session, vault: Vault, contact_id: str) -> bool:
        """Returns whether nobody at the contact point is told that something came for them."""
        return False

    def find_waiting_reason(self, settings: Settings) -> str | None:
        """Returns why nothing can leave this instance now, as one of `reasons`, or None."""
        return None

    def choose_transport(self, settings: Settings) -> Transport | None:
        """Returns the transport for a due delivery, or None when no worker carries this channel.

        Raises `ChannelMissing` while this instance has no transport for it.
        """
        return None

    def store_keys(self, session: Session, delivery_id: UUID, closed: ClosedPacket) -> None:
        """Stores the packet's keys; the delivery row must already exist."""
        return

    def open_for_desk(
        self, session: Session, keyring: Keyring, report: Report, delivery: Delivery
    ) -> bytes | None:
        """Returns the MIME part that staff must hand over, or None when there is none to read.

        Raises `NotAllowed`, `SealBroken`.
        """
        return None

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.code!r})"
