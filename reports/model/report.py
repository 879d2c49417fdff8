"""A report and its thread, and what a reporter's visit leaves for a short while.

In the clear stands only what the queue needs (docs/security-parameters.md#SP-3.1): no free text, no
names, no exact time, nothing of the network.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from reports.model.base import STRICT, Base, build_in_check
from reports.model.seals import (
    BoundRow,
    DeskSealedRow,
    RowSeal,
    RowSignature,
    SealedRow,
    SignedRow,
)

STATUSES = ("received", "in_triage", "ready", "referred", "closed")
AUTHORS = ("reporter", "desk", "instance")
"""Of a message: `instance` is the first answer that everybody gets at once, and nobody's word."""


class Report(BoundRow, Base):
    """What the desk's queue may see, and the two wraps of the case key.

    Where there is an `outer_slot` both lie in one more wrap (`reports.outer_layer`).

    `unverified`: taken like any other and shown below the rest (`reports.intake.spam_check`).
    `case_seal` says which public key the report began with. `turn` and what follows it say under
    which of its turns the report stands in the queue (`StoredTurn`); none for a closed one.
    `proof` is the hash of what PostgreSQL asks of the public site (`reports.case_proof`); None in a
    row of before that nobody has opened.
    """

    SEAL: ClassVar = RowSeal(
        "case public key",
        ("id", "public"),
        free={
            **dict.fromkeys(
                ("status", "urgency", "country", "form", "assignee_id", "unverified"),
                "changes with the work of the desk; custody has the acts",
            ),
            **dict.fromkeys(
                ("turn", "turn_rank", "turn_sleeps", "turn_place"),
                "for the queue; follows from the rest (`reports.triage.turns`)",
            ),
            "received_day": "for the queue; the sealed body has the true moment",
            **dict.fromkeys(
                ("updated_day", "retention_day", "token_hash"),
                "for erasing and sending twice; who can write here can erase rows anyway",
            ),
            **dict.fromkeys(
                (
                    *("desk_id", "desk_key_id", "private_by_desk", "private_by_code", "locator"),
                    "outer_slot",
                ),
                "opens nothing when changed: the wraps are bound to key and report",
            ),
            "has_attachments": "the files are bound to the report by their own rows",
            "proof": "what the database compares; who can write here needs no proof",
            "custody_number": "bound by `custody_seal`",
            "custody_seal": "the head of the chain (`reports.custody`), with a hash of its own",
        },
        column="case_seal",
    )

    __tablename__ = "report"
    __table_args__ = (
        CheckConstraint(build_in_check("status", STATUSES), name="status"),
        CheckConstraint("urgency BETWEEN 0 AND 3", name="urgency"),
        UniqueConstraint("token_hash"),
        # Every column that the queue filters or orders by, so that it reads the index alone.
        Index(
            "ix_report_queue",
            "desk_id",
            "turn_rank",
            "turn_sleeps",
            "turn_place",
            "received_day",
            "id",
            "status",
            "urgency",
            "country",
            "form",
            "assignee_id",
            "has_attachments",
            "unverified",
        ),
        # What few reports have: to be found among a million without looking at all of them.
        *(
            Index(
                f"ix_report_{name}",
                *columns,
                "turn_rank",
                "turn_sleeps",
                "turn_place",
                "received_day",
                "id",
                "status",
                "urgency",
                "has_attachments",
                "unverified",
            )
            for name, columns in (
                ("country", ("desk_id", "country")),
                ("form", ("desk_id", "form")),
                ("assignee", ("assignee_id", "desk_id")),
            )
        ),
        STRICT,
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    desk_id: Mapped[UUID] = mapped_column(ForeignKey("desk.id"))
    desk_key_id: Mapped[UUID] = mapped_column(ForeignKey("desk_key.id"), index=True)
    status: Mapped[str]
    urgency: Mapped[int]
    country: Mapped[str | None]
    form: Mapped[str]
    received_day: Mapped[date]
    updated_day: Mapped[date]
    retention_day: Mapped[date | None] = mapped_column(index=True)
    assignee_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    has_attachments: Mapped[bool]
    unverified: Mapped[bool]
    public: Mapped[bytes]
    private_by_desk: Mapped[bytes]
    private_by_code: Mapped[bytes]
    outer_slot: Mapped[int | None] = mapped_column(unique=True, index=True)
    case_seal: Mapped[bytes]
    locator: Mapped[str] = mapped_column(index=True)
    proof: Mapped[bytes | None] = mapped_column(index=True, unique=True)
    token_hash: Mapped[bytes | None]
    custody_number: Mapped[int]
    custody_seal: Mapped[bytes]
    turn: Mapped[str | None] = mapped_column(default=None)
    turn_rank: Mapped[int] = mapped_column(default=3)
    turn_sleeps: Mapped[bool] = mapped_column(default=False)
    turn_place: Mapped[int] = mapped_column(default=0)


class ReportBody(Base):
    """The answers and the story, sealed to the case key; apart, so that queues stay small."""

    __tablename__ = "report_body"
    __table_args__ = (STRICT,)

    report_id: Mapped[UUID] = mapped_column(ForeignKey("report.id"), primary_key=True)
    sealed: Mapped[bytes]


class Message(SignedRow, SealedRow, Base):
    """One message of the mailbox, sealed to the case key with its exact time inside.

    `seal` says who wrote it, and for the desk's words `signature` does (`reports.sealed_rows`).
    """

    KIND: ClassVar = "message {row.author}"
    SEAL: ClassVar = RowSeal(
        "message",
        ("id", "report_id", "author", "sealed"),
        free={
            "day": "the exact time is in the sealed text",
            "token_hash": "only keeps a form that is sent twice from being two messages",
        },
    )
    SIGNED: ClassVar = RowSignature(
        "message",
        apart=("author", ("reporter", "instance")),
        why="the reporter has no key here, and the first answer is a code without words",
    )

    __tablename__ = "message"
    __table_args__ = (CheckConstraint(build_in_check("author", AUTHORS), name="author"), STRICT)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    report_id: Mapped[UUID] = mapped_column(ForeignKey("report.id"), index=True)
    author: Mapped[str]
    sealed: Mapped[bytes]
    seal: Mapped[bytes]
    signature: Mapped[bytes | None]
    day: Mapped[date]
    token_hash: Mapped[bytes | None] = mapped_column(unique=True)


class Note(SignedRow, DeskSealedRow, Base):
    """A note among staff, sealed to the desk key: a receipt code never opens it.

    `seal` and `signature` say who wrote it (`reports.sealed_rows`).
    """

    KIND: ClassVar = "note"
    SEAL: ClassVar = RowSeal(
        "note",
        ("id", "report_id", "desk_key_id", "staff_id", "sealed"),
        free={"day": "the exact time is in the sealed text"},
    )
    SIGNED: ClassVar = RowSignature("note", said_by="staff_id", carried=True)

    __tablename__ = "note"
    __table_args__ = (STRICT,)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    report_id: Mapped[UUID] = mapped_column(ForeignKey("report.id"), index=True)
    desk_key_id: Mapped[UUID] = mapped_column(ForeignKey("desk_key.id"))
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    sealed: Mapped[bytes]
    seal: Mapped[bytes]
    signature: Mapped[bytes | None]
    day: Mapped[date]


class Draft(Base):
    """Answers so far, sealed under a key that only the form's token gives. Lives one hour.

    `units`, `network` and `begun_minute` say what goes when too much is unsent
    (`reports.unsent_room`): the size, rounded up, a tag that stands for the network, rounded too,
    and the minute since 1970 in which the draft was first kept.
    """

    __tablename__ = "draft"
    __table_args__ = (
        # What is counted with each form: without the answers, which are far larger.
        Index("ix_draft_held", "units", "network", "begun_minute", "expires_at"),
        STRICT,
    )

    id_hash: Mapped[bytes] = mapped_column(primary_key=True)
    sealed: Mapped[bytes]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    units: Mapped[int]
    network: Mapped[int | None]
    begun_minute: Mapped[int]


class LetGo(Base):
    """That a draft or a file of a form had to go, so that its owner is told. Lives one hour."""

    __tablename__ = "let_go"
    __table_args__ = (STRICT,)

    id_hash: Mapped[bytes] = mapped_column(primary_key=True)
    expires_at: Mapped[datetime] = mapped_column(index=True)


class ReporterSession(Base):
    """An open mailbox: report, times and case key under what only the form's token knows.

    `expires_at` is rounded up (`reports.mailbox`). Nothing in the row says whose mailbox it is.
    """

    __tablename__ = "reporter_session"
    __table_args__ = (STRICT,)

    id_hash: Mapped[bytes] = mapped_column(primary_key=True)
    sealed: Mapped[bytes]
    expires_at: Mapped[datetime] = mapped_column(index=True)


class IntakeHour(Base):
    """How many reports came in one hour; the key is a keyed hash, so that no hour stands here."""

    __tablename__ = "intake_hour"
    __table_args__ = (STRICT,)

    key: Mapped[bytes] = mapped_column(primary_key=True)
    reports: Mapped[int]


class Guess(Base):
    """How often one locator or one staff name was tried; the key is a keyed hash of it.

    `minute` is 0 once the minute is over (`reports.guess_limit`).
    """

    __tablename__ = "guess"
    __table_args__ = (STRICT,)

    key: Mapped[bytes] = mapped_column(primary_key=True)
    minute: Mapped[int]
    in_minute: Mapped[int]
    day: Mapped[date] = mapped_column(index=True)
    in_day: Mapped[int]
