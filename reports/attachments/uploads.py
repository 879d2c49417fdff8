"""Files beside a form that was not sent yet: a draft, or an open mailbox.

Each rests under a key that only the form's token gives, and dies with the form. A file comes in
whole or in parts; its row is there before the first byte of it is stored, and says that it is whole
only once all of it is durable.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final, Self
from uuid import UUID, uuid4

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from reports.attachments.file_names import leave_out
from reports.attachments.objects import erase_others, erase_rows, make_object_name
from reports.blobs import Store
from reports.errors import FileRefused, OffsetWrong, SealBroken
from reports.eviction import count_minutes, count_units
from reports.model import Attachment
from reports.vault import derive, pad, unpad, unwrap, wrap

MOST: Final = 10
LARGEST: Final = 25 * 1024 * 1024
"""Files of one form, and bytes of one file (docs/security-parameters.md#SP-4.7)."""
SMALLEST_PART: Final = 64 * 1024
"""Bytes of a part that is not the last one: one file is at most 400 of them."""
LARGEST_PART: Final = 512 * 1024
NAME_LIMIT: Final = 4_000
LIFETIME: Final = timedelta(hours=1)


@dataclass(frozen=True)
class UploadOwner:
    """Whose files: `place` finds them, `key` opens them. Both follow from a form's secret."""

    place: bytes
    key: bytes

    @classmethod
    def from_secret(cls, secret: bytes) -> Self:
        return cls(derive(secret, "files place"), derive(secret, "files key"))

    def __repr__(self) -> str:
        return "UploadOwner(...)"


@dataclass(frozen=True)
class FileDetails:
    """What is sealed about a file. `parts`: name and length of each part while it comes in.

    `size` counts what is stored, `original_size` the file as it was sent where that is kept too.
    `remarks`: what of the cleaned copy is not as it was (`reports.scrub.remarks`).
    """

    name: str
    key: bytes
    length: int
    keep_original: bool
    parts: tuple[tuple[str, int], ...] = ()
    kind: str = ""
    size: int = 0
    original_size: int = 0
    cleaned: bool = False
    at: str = ""
    message: str = ""
    remarks: Mapping[str, int] = field(default_factory=dict)

    def __repr__(self) -> str:
        return "FileDetails(...)"

    def encode(self) -> bytes:
        return pad(json.dumps({**self.__dict__, "key": self.key.hex()}).encode())

    @classmethod
    def decode(cls, data: bytes) -> Self:
        told: dict[str, Any] = json.loads(unpad(data))
        told["key"] = bytes.fromhex(told["key"])
        told["parts"] = tuple((name, length) for name, length in told["parts"])
        return cls(**told)


@dataclass(frozen=True)
class AnnouncedFile:
    """A file that is to come: its name, its bytes, and whether it is kept as it was, too.

    `network` is the tag of the sender's network, and `most` how many units of the budget the files
    of one form may take; None for no limit.
    """

    name: str
    length: int
    keep_original: bool = False
    network: int | None = None
    most: int | None = None

    @property
    def units(self) -> int:
        """What it will take of the budget."""
        return count_units(self.length * (2 if self.keep_original else 1))


@dataclass(frozen=True)
class StoredFile:
    """A file whose bytes are in the store, as it goes to the desk and, where kept, as it was."""

    details: FileDetails
    blob: str
    original_blob: str | None = None


@dataclass(frozen=True)
class Upload:
    """One file of a form: its number there, and what is known of it."""

    id: UUID
    slot: int
    details: FileDetails
    blob: str | None
    original_blob: str | None = None
    offset: int = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "offset", sum(length for _name, length in self.details.parts))

    @property
    def whole(self) -> bool:
        return self.blob is not None


def list_uploads(session: Session, holder: UploadOwner, now: datetime) -> list[Upload]:
    """The files of a form, in their order. Damaged ones are left out."""
    query = select(Attachment).where(Attachment.place == holder.place, Attachment.expires_at > now)
    found = []
    for row in session.scalars(query.order_by(Attachment.slot)):
        try:
            found.append(_opened(row, holder))
        except SealBroken:
            continue
    return found


def find(session: Session, holder: UploadOwner, slot: int, now: datetime) -> Upload:
    """The file with this number. Raises `FileRefused`."""
    for pending in list_uploads(session, holder, now):
        if pending.slot == slot:
            return pending
    raise FileRefused("unknown")


def start(session: Session, holder: UploadOwner, file: AnnouncedFile, now: datetime) -> Upload:
    """Make room for a file. Raises `FileRefused`."""
    if file.length <= 0:
        raise FileRefused("empty")
    if file.length > LARGEST:
        raise FileRefused("large")
    query = select(Attachment.slot, Attachment.units).where(Attachment.place == holder.place)
    taken = [(slot, units) for slot, units in session.execute(query)]
    if file.most is not None and sum(units for _slot, units in taken) + file.units > file.most:
        raise FileRefused("together")
    free = next((slot for slot in range(MOST) if slot not in dict(taken)), None)
    if free is None:
        raise FileRefused("many")
    row_id = uuid4()
    key, name = secrets.token_bytes(32), file.name[:NAME_LIMIT]
    details = FileDetails(name, key, file.length, file.keep_original)
    row = Attachment(
        id=row_id,
        place=holder.place,
        slot=free,
        sealed=wrap(holder.key, details.encode(), kind="file", id=row_id.bytes),
        seal=b"",
        expires_at=now + LIFETIME,
        units=file.units,
        network=file.network,
        begun_minute=count_minutes(now),
    )
    session.add(row)
    session.flush()
    return Upload(row_id, free, details, None)


def put_part(store: Store, pending: Upload, offset: int, data: bytes) -> tuple[str, int]:
    """Store one part, sealed; its name and length, for `advance`.

    Raises `OffsetWrong` where it does not begin at the end of the one before, `FileRefused` where
    it is of no right size.
    """
    if pending.whole or offset != pending.offset:
        raise OffsetWrong(pending.details.length if pending.whole else pending.offset)
    left = pending.details.length - offset
    if len(data) > min(left, LARGEST_PART) or len(data) < min(left, SMALLEST_PART):
        raise FileRefused("part")
    name = make_object_name(pending.id)
    store.put(name, [wrap(pending.details.key, data, kind="file part", id=name.encode())])
    return name, len(data)


def advance(
    session: Session, holder: UploadOwner, pending: Upload, part: tuple[str, int], now: datetime
) -> Upload:
    """Say that a stored part belongs to its file. Raises `OffsetWrong` if another was quicker."""
    row = _locked(session, pending, now)
    known = _opened(row, holder)
    if known.whole or known.offset != pending.offset:
        raise OffsetWrong(known.offset)
    details = replace(known.details, parts=(*known.details.parts, part))
    _write(row, holder, details, now)
    return replace(known, details=details)


def complete(
    session: Session, holder: UploadOwner, pending: Upload, stored: StoredFile, now: datetime
) -> Upload:
    """Say that all of a file is stored; its parts go. Raises `OffsetWrong` if it was whole already.

    So the objects of a whole file never change, and what else lies there of it can be erased.
    """
    row = _locked(session, pending, now)
    if row.blob is not None:
        raise OffsetWrong(pending.details.length)
    row.blob, row.original_blob = stored.blob, stored.original_blob
    row.units = count_units(stored.details.size + stored.details.original_size)
    _write(row, holder, replace(stored.details, parts=()), now)
    erase_others(session, row.id)
    return _opened(row, holder)


def read_parts(store: Store, pending: Upload) -> Iterator[bytes]:
    """The bytes of all parts. Raises `SealBroken` and `StoreFailed`."""
    for name, _length in pending.details.parts:
        sealed = b"".join(store.get(name))
        yield unwrap(pending.details.key, sealed, kind="file part", id=name.encode())


def remove(session: Session, holder: UploadOwner, slot: int) -> None:
    """Take a file out of its form, and all its objects out of the store."""
    erase_rows(session, Attachment.place == holder.place, Attachment.slot == slot)


def leave_name_out(session: Session, holder: UploadOwner, slot: int, now: datetime) -> None:
    """Forget the name of a file; its ending stays. Raises `FileRefused`."""
    pending = find(session, holder, slot, now)
    row = _locked(session, pending, now)
    details = _opened(row, holder).details
    _write(row, holder, replace(details, name=leave_out(details.name)), now)


def renew(session: Session, holder: UploadOwner, now: datetime) -> None:
    """Let the files live as long as their form does: another hour."""
    here = Attachment.place == holder.place
    session.execute(update(Attachment).where(here).values(expires_at=now + LIFETIME))


def purge(session: Session, now: datetime) -> None:
    """Erase the files of forms whose hour is over: without their rows nothing opens them."""
    erase_rows(session, Attachment.expires_at <= now)


def _opened(row: Attachment, holder: UploadOwner) -> Upload:
    packed = unwrap(holder.key, row.sealed, kind="file", id=row.id.bytes)
    return Upload(row.id, row.slot, FileDetails.decode(packed), row.blob, row.original_blob)


def _locked(session: Session, pending: Upload, now: datetime) -> Attachment:
    row = session.get(Attachment, pending.id, with_for_update=True, populate_existing=True)
    if row is None or row.place is None or row.expires_at is None or row.expires_at <= now:
        raise FileRefused("unknown")
    return row


def _write(row: Attachment, holder: UploadOwner, details: FileDetails, now: datetime) -> None:
    row.sealed = wrap(holder.key, details.encode(), kind="file", id=row.id.bytes)
    row.expires_at = now + LIFETIME
