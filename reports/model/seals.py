"""What a kind of row declares about its seal: the label, the bound columns, the kind of its text.

Declarations only; `reports.sealed_rows` makes the hashes, checks them and opens the texts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar
from uuid import UUID

from sqlalchemy.orm import Mapped


@dataclass(frozen=True)
class RowSeal:
    """The keyed hash (HMAC) of one kind of row; stored hashes hold for exactly this declaration.

    `label` names the key. `bound` are the columns under the hash, in their order; `free` are all
    others, each with the reason why it is not bound. `tail` are constant parts after the columns.
    `column` holds the hash.
    """

    label: str
    bound: tuple[str, ...]
    free: Mapping[str, str] = field(default_factory=dict)
    tail: tuple[bytes, ...] = ()
    column: str = "seal"


class BoundRow:
    """A row with a keyed hash over some of its columns: whoever can only write here makes none."""

    SEAL: ClassVar[RowSeal]


class SealedRow(BoundRow):
    """A bound row with a sealed text.

    `KIND` is what the text is sealed as; `{row.name}` in it stands for the value of that column.
    `KEYED_BY` names the column whose id the text is sealed for.
    """

    KIND: ClassVar[str]
    KEYED_BY: ClassVar[str] = "id"

    if TYPE_CHECKING:
        sealed: Mapped[bytes]
        seal: Mapped[bytes]


class DeskSealedRow(SealedRow):
    """A sealed row whose text opens with the desk key `desk_key_id`."""

    if TYPE_CHECKING:
        desk_key_id: Mapped[UUID]
