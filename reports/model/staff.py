"""Who works here and which keys they hold: organisation, desks, staff, grants, sessions."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from reports.model.base import STRICT, Base, build_in_check

ROLES = ("triager", "supervisor", "administrator", "liaison")
STAFF_STATES = ("invited", "waiting", "active", "disabled")


class Organisation(Base):
    """One row: the public half of the recovery key, signed, and the roster key sealed to it.

    `signing_day` is the day since when nothing of staff is taken without a signature, signed by the
    roster's key in `signing_signature`; both are empty until then (`reports.signing_start`).
    `instance_id` says which instance this is. `pepper_check` and `roster_check` say which keys
    outside the database belong to it (`reports/instance.py`); both are empty in an instance that
    was founded before them, until `init` fills them.
    """

    __tablename__ = "organisation"
    __table_args__ = (CheckConstraint("id = 1", name="single"), STRICT)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    recovery_public: Mapped[bytes]
    recovery_signature: Mapped[bytes]
    roster_by_recovery: Mapped[bytes]
    founded_day: Mapped[date]
    custody_number: Mapped[int]
    custody_seal: Mapped[bytes]
    instance_id: Mapped[UUID]
    pepper_check: Mapped[bytes]
    roster_check: Mapped[bytes]
    signing_day: Mapped[date | None]
    signing_signature: Mapped[bytes | None]


class Desk(Base):
    """A team that shares a key and a queue. `country` is None for reports of no known country.

    `signature` is over name and country: they decide who receives a report.
    """

    __tablename__ = "desk"
    __table_args__ = (UniqueConstraint("name"), STRICT)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    country: Mapped[str | None]
    signature: Mapped[bytes]


class DeskKey(Base):
    """One epoch of a desk's key: the public half signed, the private half for recovery only."""

    __tablename__ = "desk_key"
    __table_args__ = (
        UniqueConstraint("desk_id", "epoch"),
        Index(
            "uq_desk_key_current",
            "desk_id",
            unique=True,
            sqlite_where=text("current = 1"),
            postgresql_where=text("current"),
        ),
        STRICT,
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    desk_id: Mapped[UUID] = mapped_column(ForeignKey("desk.id"))
    epoch: Mapped[int]
    current: Mapped[bool]
    public: Mapped[bytes]
    signature: Mapped[bytes]
    private_by_recovery: Mapped[bytes]
    created_day: Mapped[date]


class Staff(Base):
    """A staff member and the wraps of their key.

    invited: the link was made, nobody has used it. waiting: keys exist, an administrator has not
    yet signed them. active: may sign in. disabled: holds nothing. A liaison belongs to the contact
    point `contact_id`, and to no desk. `raised_by_id` and `raised_at` say who asked, and when, that
    somebody becomes an administrator; the first is empty where the command line asked.
    """

    __tablename__ = "staff"
    __table_args__ = (
        CheckConstraint(build_in_check("role", ROLES), name="role"),
        CheckConstraint(build_in_check("state", STAFF_STATES), name="state"),
        CheckConstraint("(role = 'liaison') = (contact_id IS NOT NULL)", name="liaison"),
        UniqueConstraint("folded_name"),
        UniqueConstraint("invitation_hash"),
        STRICT,
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    folded_name: Mapped[str]
    role: Mapped[str]
    contact_id: Mapped[str | None]
    state: Mapped[str]
    public: Mapped[bytes | None]
    signature: Mapped[bytes | None]
    password_salt: Mapped[bytes | None]
    private_by_password: Mapped[bytes | None]
    private_by_recovery: Mapped[bytes | None]
    totp_by_key: Mapped[bytes | None]
    totp_step: Mapped[int]
    invitation_hash: Mapped[bytes | None]
    invitation_until: Mapped[datetime | None]
    private_by_invitation: Mapped[bytes | None]
    language: Mapped[str]
    # Without a foreign key: rows of one table are restored in no order of who asked for whom.
    raised_by_id: Mapped[UUID | None]
    raised_at: Mapped[datetime | None]


class SigningKey(Base):
    """A person's Ed25519 key: what they say at the desk is signed with it.

    `signature` is the organisation's word for person, role and key, and stays for ever: what was
    said is to be verified when the person has left. `sealed` is the private half, sealed to the
    person's own key; None once a newer one has taken its place, or the person has left. It is read
    apart: who verifies may not read it (`reports.database_roles`).
    """

    __tablename__ = "signing_key"
    __table_args__ = (STRICT,)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"), index=True)
    role: Mapped[str]
    public: Mapped[bytes]
    signature: Mapped[bytes]
    sealed: Mapped[bytes | None] = mapped_column(deferred=True)


class Membership(Base):
    """That a staff member belongs to a desk; the key itself is the `DeskGrant`.

    `signature` is the organisation's word for one epoch of the desk's key: the next key goes to who
    has it alone. None until an administrator has confirmed the member.
    """

    __tablename__ = "membership"
    __table_args__ = (STRICT,)

    desk_id: Mapped[UUID] = mapped_column(ForeignKey("desk.id"), primary_key=True)
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"), primary_key=True)
    signature: Mapped[bytes | None]


class DeskGrant(Base):
    """A desk's private key of one epoch, sealed to one staff member."""

    __tablename__ = "desk_grant"
    __table_args__ = (STRICT,)

    desk_key_id: Mapped[UUID] = mapped_column(ForeignKey("desk_key.id"), primary_key=True)
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"), primary_key=True)
    sealed: Mapped[bytes]


class RosterGrant(Base):
    """The roster's signing key, sealed to one administrator."""

    __tablename__ = "roster_grant"
    __table_args__ = (STRICT,)

    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"), primary_key=True)
    sealed: Mapped[bytes]


class StaffSession(Base):
    """A signed-in browser. The key is wrapped under what only its cookie knows.

    `device` names the browser to its owner alone, wrapped under the member's own key.
    """

    __tablename__ = "staff_session"
    __table_args__ = (STRICT,)

    id_hash: Mapped[bytes] = mapped_column(primary_key=True)
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"), index=True)
    private_by_cookie: Mapped[bytes]
    device: Mapped[bytes]
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]
