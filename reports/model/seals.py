"""What a kind of row declares about its seal: the label, the bound columns, the kind of its text.

Declarations only; `reports.sealed_rows` makes hashes and signatures, checks them and opens texts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Final
from uuid import UUID

from sqlalchemy.orm import Mapped

DESK_ROLES: Final = frozenset({"triager", "supervisor", "administrator"})
"""Who speaks for a desk: everybody but liaisons."""
ADMINISTRATORS: Final = frozenset({"administrator"})
EVERYBODY: Final = DESK_ROLES | {"liaison"}


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


@dataclass(frozen=True)
class RowSignature:
    """Who signs one kind of row; stored signatures hold for exactly this declaration.

    `label` separates the kinds. What is signed are the columns of the row's seal, in their order.
    `roles` may say it. `said_by` names the column of who says it, where there is one. Where the
    column `apart[0]` has one of the values `apart[1]`, the row is no word of staff and carries no
    signature; `why` says what it is then. `carried`: it is sealed anew for another desk, and signed
    then by who hands it over. A row whose column `gone` is empty has been carried out.
    """

    label: str
    roles: frozenset[str] = DESK_ROLES
    said_by: str = ""
    apart: tuple[str, tuple[object, ...]] = ("", ())
    why: str = ""
    carried: bool = False
    gone: str = ""


class BoundRow:
    """A row with a keyed hash over some of its columns: whoever can only write here makes none."""

    SEAL: ClassVar[RowSeal]


class SignedRow(BoundRow):
    """A bound row that is the word of one person, and carries that person's signature.

    Every process can make the keyed hash; `signature` takes the person's own key
    (`reports.roster.signing_keys`).
    """

    SIGNED: ClassVar[RowSignature]

    if TYPE_CHECKING:
        signature: Mapped[bytes | None]


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
