"""The contact points that this instance writes to, and changes that wait for a second yes."""

from __future__ import annotations

from datetime import date
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from reports.model.base import STRICT, Base, build_in_check
from reports.model.seals import BoundRow, RowSeal

CHANNEL_CODES = ("openpgp", "smime", "portal", "hand")
"""The stored codes of the channels in `reports.delivery.channels.registry`, and no others."""
_WAY = ("contact_id", "channel", "email", "certificate", "smime", "fingerprint")


class ContactSetting(BoundRow, Base):
    """The confirmed way to a contact point on this instance.

    openpgp, smime: mail to `email`, encrypted to `certificate` or `smime`. portal: to the liaison's
    own key. hand: staff call or carry it. What a channel does not need is empty. `fingerprint` is
    that of the channel's key.

    `seal` is a keyed hash of the other columns under a key kept outside the database: whoever can
    write here still cannot swap in an address or a key of their own.
    """

    # The empty part stands where a change has its proposer.
    SEAL: ClassVar = RowSeal("contact setting", (*_WAY, "confirmed_day"), tail=(b"",))

    __tablename__ = "contact_setting"
    __table_args__ = (
        CheckConstraint(build_in_check("channel", CHANNEL_CODES), name="channel"),
        STRICT,
    )

    contact_id: Mapped[str] = mapped_column(primary_key=True)
    channel: Mapped[str]
    email: Mapped[str]
    certificate: Mapped[bytes]
    smime: Mapped[bytes]
    fingerprint: Mapped[str]
    confirmed_day: Mapped[date]
    seal: Mapped[bytes]


class ContactChange(BoundRow, Base):
    """What one administrator proposes for a contact point; another one confirms or refuses it.

    `seal` is a keyed hash as that of `ContactSetting`, over the proposer too.
    """

    SEAL: ClassVar = RowSeal("contact change", (*_WAY, "day", "staff_id"))

    __tablename__ = "contact_change"
    __table_args__ = (
        CheckConstraint(build_in_check("channel", CHANNEL_CODES), name="channel"),
        STRICT,
    )

    contact_id: Mapped[str] = mapped_column(primary_key=True)
    channel: Mapped[str]
    email: Mapped[str]
    certificate: Mapped[bytes]
    smime: Mapped[bytes]
    fingerprint: Mapped[str]
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    day: Mapped[date]
    seal: Mapped[bytes]
