"""A file that a reporter sends: first beside a draft or an open mailbox, then with a report.

Its name, type, size and key are sealed. In the clear stand two random names of sealed objects
(`reports.blobs`), and nothing that tells when it came.
"""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from reports.model.base import STRICT, Base
from reports.model.seals import RowSeal, SealedRow

UNSENT = text("units > 0")


class Attachment(SealedRow, Base):
    """One file. `place`: whose form holds it until it is sent; then it has a `report_id`.

    `blob` is None while parts of it still come in; `original_blob` is the file as it was sent,
    where the reporter chose to keep that too. `seal` says that it was put here by this instance.
    `units`, `network` and `begun_minute` are as those of a draft, and empty once it was sent.
    """

    KIND: ClassVar = "file"
    SEAL: ClassVar = RowSeal(
        "attachment",
        ("id", "report_id", "blob", "original_blob", "sealed"),
        free=dict.fromkeys(
            ("place", "slot", "expires_at", "units", "network", "begun_minute"),
            "serves a form that was not sent yet; then empty",
        ),
    )

    __tablename__ = "attachment"
    __table_args__ = (
        UniqueConstraint("place", "slot"),
        CheckConstraint("(place IS NULL) <> (report_id IS NULL)", name="owner"),
        # The few that are unsent, among all files of all reports.
        Index("ix_attachment_held", "units", sqlite_where=UNSENT, postgresql_where=UNSENT),
        STRICT,
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    place: Mapped[bytes | None]
    slot: Mapped[int]
    report_id: Mapped[UUID | None] = mapped_column(ForeignKey("report.id"), index=True)
    blob: Mapped[str | None]
    original_blob: Mapped[str | None]
    sealed: Mapped[bytes]
    seal: Mapped[bytes]
    expires_at: Mapped[datetime | None] = mapped_column(index=True)
    units: Mapped[int] = mapped_column(default=0)
    network: Mapped[int | None]
    begun_minute: Mapped[int] = mapped_column(default=0)
