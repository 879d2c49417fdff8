"""Sealed rows: a text sealed to a key, and a keyed hash over the columns that it belongs to.

Anybody can seal to a public key. With the hash, who can write the database and has not the keys
folder can neither move a text to another row nor write one in the name of staff, and can put in no
key of their own, which would open what is written later. Which columns are bound is declared beside
the columns (`reports.model.seals`); this module is the one that makes, checks and opens.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from reports.errors import NotAllowed, RosterBroken, SealBroken
from reports.model import DeskKey, Report
from reports.model.seals import BoundRow, DeskSealedRow, RowSeal, SealedRow
from reports.roster import desks
from reports.roster.keyring import Keyring
from reports.vault import Opener, Vault, pad, seal, unpad

BoundValue = UUID | str | bytes | date | int | None


def make_seal(vault: Vault, rule: RowSeal, values: Iterable[BoundValue]) -> bytes:
    """Returns the hash over `values`, given in the order of `rule.bound`.

    Raises `SealBroken` for a number that no row of ours can hold.
    """
    return vault.compute_mac(rule.label, *map(_encode, values), *rule.tail)


def compute_seal(vault: Vault, row: BoundRow) -> bytes:
    """Returns the hash that a row should carry. Raises as `make_seal` does."""
    return make_seal(vault, row.SEAL, (getattr(row, name) for name in row.SEAL.bound))


def is_genuine(vault: Vault, row: BoundRow) -> bool:
    """Whether this instance wrote the bound columns of a row as they stand."""
    try:
        right = compute_seal(vault, row)
    except SealBroken:
        return False
    return hmac.compare_digest(getattr(row, row.SEAL.column), right)


def verify_case_public(vault: Vault, report: Report) -> bytes:
    """The public key of a report. Raises `RosterBroken` when it is not the one it began with."""
    if not is_genuine(vault, report):
        raise RosterBroken("a report's public key is not the one it began with")
    return report.public


def seal_row(vault: Vault, public: bytes, row: SealedRow, told: Mapping[str, Any]) -> None:
    """Seals `told` into a row under a public key; every other bound column must be set before."""
    seal_data(vault, public, row, pad(json.dumps(told, ensure_ascii=False).encode()))


def open_row(vault: Vault, opener: Opener, row: SealedRow) -> dict[str, Any]:
    """Returns what `seal_row` was told. Raises `SealBroken` for a row that was not written here,
    was changed, or does not open."""
    told: dict[str, Any] = json.loads(unpad(open_data(vault, opener, row)))
    return told


def seal_data(vault: Vault, public: bytes, row: SealedRow, data: bytes) -> None:
    """As `seal_row`, for bytes that are padded already."""
    row.sealed = seal(public, data, **_get_context(row))
    row.seal = compute_seal(vault, row)


def open_data(vault: Vault, opener: Opener, row: SealedRow) -> bytes:
    """As `open_row`, for the padded bytes."""
    if not is_genuine(vault, row):
        raise SealBroken("written by somebody without this instance's keys")
    return opener.open(row.sealed, **_get_context(row))


def seal_to_desk(
    session: Session, vault: Vault, desk_id: UUID, row: DeskSealedRow, told: Mapping[str, Any]
) -> None:
    """Seals `told` into a row under a desk's key of today, and adds the row to the session."""
    key = desks.load_current_key(session, vault, desk_id)
    row.desk_key_id = key.id
    seal_row(vault, key.public, row, told)
    session.add(row)


def open_for_staff(
    session: Session, vault: Vault, keyring: Keyring, row: DeskSealedRow
) -> dict[str, Any]:
    """Returns what a row sealed to a desk tells.

    Raises `NotAllowed` without the desk's key, and `SealBroken` as `open_row` does.
    """
    return open_row(vault, Opener(keyring.open_desk_key(session, row.desk_key_id)), row)


def reseal_to_desk(
    session: Session, vault: Vault, keyring: Keyring, rows: Iterable[DeskSealedRow], key: DeskKey
) -> None:
    """Seals the texts of `rows` to another desk's key; one that does not open stays as it is."""
    for row in rows:
        try:
            opener = Opener(keyring.open_desk_key(session, row.desk_key_id))
            data = open_data(vault, opener, row)
        except (NotAllowed, SealBroken):
            continue
        row.desk_key_id = key.id
        seal_data(vault, key.public, row, data)


def _get_context(row: SealedRow) -> dict[str, Any]:
    """The kind and the id that a row's text is sealed for."""
    return {"kind": row.KIND.format(row=row), "id": getattr(row, row.KEYED_BY).bytes}


def _encode(value: BoundValue) -> bytes:
    """One part of a hash: ids as bytes, days in ISO form, numbers in two bytes, nothing as none."""
    if value is None:
        return b""
    if isinstance(value, bytes):
        return value
    if isinstance(value, str):
        return value.encode()
    if isinstance(value, UUID):
        return value.bytes
    if isinstance(value, date):
        return value.isoformat().encode()
    try:
        return value.to_bytes(2, "big")
    except OverflowError as problem:
        raise SealBroken("a number that we never write") from problem
