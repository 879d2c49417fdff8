"""The contact points that this instance writes to, and changes that wait for a second yes."""

from __future__ import annotations

from datetime import date
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from reports.model.base import STRICT, Base, build_in_check
from reports.model.seals import ADMINISTRATORS, RowSeal, RowSignature, SignedRow

CHANNEL_CODES = ("openpgp", "smime", "portal", "hand")
"""The stored codes of the channels in `reports.delivery.channels.registry`, and no others."""
_WAY = ("contact_id", "channel", "email", "certificate", "smime", "fingerprint")


class ContactSetting(SignedRow, Base):
    """The confirmed way to a contact point on this instance.

    openpgp, smime: mail to `email`, encrypted to `certificate` or `smime`. portal: to the liaison's
    own key. hand: staff call or carry it. What a channel does not need is empty. `fingerprint` is
    that of the channel's key.

    `seal` is a keyed hash of the other columns under a key kept outside the database, `signature`
    that of the administrator who confirmed them: whoever can write here still cannot swap in an
    address or a key of their own, not even with every key that a process has. What `contact-set`
    keeps outside production has no signature, and a digest in the keys folder instead.
    """

    # The empty part stands where a change has its proposer.
    SEAL: ClassVar = RowSeal("contact setting", (*_WAY, "confirmed_day"), tail=(b"",))
    SIGNED: ClassVar = RowSignature("contact setting", ADMINISTRATORS)

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
    signature: Mapped[bytes | None]


class ContactChange(SignedRow, Base):
    """What one administrator proposes for a contact point; another one confirms or refuses it.

    `seal` and `signature` are as those of `ContactSetting`, over the proposer too. Without
    `staff_id` it comes from the command line, and nobody has signed it: two administrators must
    agree to it.
    """

    SEAL: ClassVar = RowSeal("contact change", (*_WAY, "day", "staff_id"))
    SIGNED: ClassVar = RowSignature(
        "contact change",
        ADMINISTRATORS,
        "staff_id",
        apart=("staff_id", (None,)),
        why="proposed at the command line: two administrators have to agree",
    )

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
    staff_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    day: Mapped[date]
    seal: Mapped[bytes]
    signature: Mapped[bytes | None]


class UsedKey(SignedRow, Base):
    """The key that a desk last sent to at a contact point, as who sent it signed it.

    When the confirmed key is another one, a second person has to look at both before it is used.
    """

    SEAL: ClassVar = RowSeal("used key", ("desk_id", "contact_id", "fingerprint", "staff_id"))
    SIGNED: ClassVar = RowSignature("used key", said_by="staff_id")

    __tablename__ = "used_key"
    __table_args__ = (STRICT,)

    desk_id: Mapped[UUID] = mapped_column(ForeignKey("desk.id"), primary_key=True)
    contact_id: Mapped[str] = mapped_column(primary_key=True)
    fingerprint: Mapped[str]
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    seal: Mapped[bytes]
    signature: Mapped[bytes | None]
