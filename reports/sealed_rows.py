"""Sealed rows: a text sealed to a key, a keyed hash over the columns that it belongs to, and the
signature of who says it.

Anybody can seal to a public key. With the hash, who can write the database and has not the keys
folder can neither move a text to another row nor write one in the name of staff, and can put in no
key of their own, which would open what is written later. Every process can make that hash, the
public one too: what is the word of one of the staff carries that person's signature over the same
columns as well. Which columns are bound is declared beside the columns (`reports.model.seals`);
this module is the one that makes, checks and opens.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterable, Mapping
from datetime import date
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from reports.act import Act
from reports.errors import NotAllowed, RosterBroken, SealBroken
from reports.model import DeskKey, Referral, Report
from reports.model.seals import BoundRow, DeskSealedRow, RowSeal, SealedRow, SignedRow
from reports.roster import desks, signing_keys
from reports.roster.keyring import Keyring
from reports.vault import Opener, Vault, open_sealed, pad, seal, unpad

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


def make_statement(row: SignedRow) -> bytes:
    """Returns what the signature of a row is over: its kind, and every column under its seal.

    A column takes as many bytes as it likes: its hash stands in its place. Raises as `make_seal`.
    """
    parts = [b"wayside signed " + row.SIGNED.label.encode() + b" 1\0"]
    for name in row.SEAL.bound:
        value: BoundValue = getattr(row, name)
        parts.append(b"-" if value is None else b"+" + sha256(_encode(value)).digest())
    return b"".join(parts)


def sign_row(act: Act, row: SignedRow, how: int = signing_keys.SAID) -> None:
    """Signs a row as who acts; every bound column must be set before.

    It stays unsigned while signing has not begun on this instance. Raises `NotAllowed` for somebody
    whose role does not say such things, and `RosterBroken`.
    """
    if act.keyring.staff.role not in row.SIGNED.roles:
        raise NotAllowed(f"{row.SIGNED.label}: not this role")
    statement = make_statement(row)
    row.signature = signing_keys.sign(act.session, act.vault, act.keyring, statement, how)


def seal_and_sign(act: Act, row: SignedRow) -> None:
    """Gives a row its keyed hash and its signature. Raises as `sign_row` does."""
    setattr(row, row.SEAL.column, compute_seal(act.vault, row))
    sign_row(act, row)


def needs_signature(row: SignedRow) -> bool:
    """Whether a row is the word of one of the staff: some of a kind are of nobody here."""
    name, values = row.SIGNED.apart
    return not name or getattr(row, name) not in values


def is_signed(session: Session, vault: Vault, row: SignedRow) -> bool:
    """Whether the person whose word a row is has signed it, in a role that may say it.

    One without signature is taken only while signing has not begun on this instance.
    """
    if not needs_signature(row):
        return True
    if row.signature is None:
        return not signing_keys.has_begun(session, vault)
    try:
        signer = signing_keys.find_signer(session, vault, row.signature, make_statement(row))
    except SealBroken:
        return False
    rule = row.SIGNED
    if signer is None or signer.how == signing_keys.BEFORE:
        return signer is not None
    if signer.role not in rule.roles:
        return False
    if signer.how == signing_keys.CARRIED:
        return rule.carried
    return not rule.said_by or signer.staff_id == getattr(row, rule.said_by)


def is_whole(session: Session, vault: Vault, row: BoundRow) -> bool:
    """Whether this instance wrote a row as it stands, and its person signed it if it needs that."""
    signed = not isinstance(row, SignedRow) or is_signed(session, vault, row)
    return signed and is_genuine(vault, row)


def verify_case_public(vault: Vault, report: Report) -> bytes:
    """The public key of a report. Raises `RosterBroken` when it is not the one it began with."""
    if not is_genuine(vault, report):
        raise RosterBroken("a report's public key is not the one it began with")
    return report.public


def seal_row(vault: Vault, public: bytes, row: SealedRow, told: Mapping[str, Any]) -> None:
    """Seals `told` into a row under a public key; every other bound column must be set before."""
    seal_data(vault, public, row, pad(json.dumps(told, ensure_ascii=False).encode()))


def open_row(
    session: Session, vault: Vault, opener: Opener, row: SealedRow, case: Opener | None = None
) -> dict[str, Any]:
    """Returns what `seal_row` or `seal_to_desk` was told; the latter takes the case key too.

    Raises `SealBroken` for a row that was not written here, was changed, lacks its person's
    signature, or does not open.
    """
    data = open_data(session, vault, opener, row)
    if _needs_case(data):
        if case is None:
            raise SealBroken("the case key is not at hand")
        data = case.open(data, **_get_case_context(row))
    told: dict[str, Any] = json.loads(unpad(data))
    return told


def seal_data(vault: Vault, public: bytes, row: SealedRow, data: bytes) -> None:
    """As `seal_row`, for bytes that are padded already."""
    row.sealed = seal(public, data, **_get_context(row))
    row.seal = compute_seal(vault, row)


def open_data(session: Session, vault: Vault, opener: Opener, row: SealedRow) -> bytes:
    """As `open_row`, for the padded bytes."""
    if not is_whole(session, vault, row):
        raise SealBroken("written by somebody without the keys that it takes")
    return opener.open(row.sealed, **_get_context(row))


def seal_to_desk(
    session: Session, vault: Vault, desk_id: UUID, row: DeskSealedRow, told: Mapping[str, Any]
) -> None:
    """Seals `told` into a row under a desk's key of today, and adds the row to the session.

    What belongs to a report is sealed to its case key first: it takes both keys to open it, and so
    it goes with the case key when the report is erased. Raises `RosterBroken`.
    """
    key = desks.load_current_key(session, vault, desk_id)
    row.desk_key_id = key.id
    data = pad(json.dumps(told, ensure_ascii=False).encode())
    report = _find_report(session, row)
    if report is not None:
        data = seal(verify_case_public(vault, report), data, **_get_case_context(row))
    seal_data(vault, key.public, row, data)
    session.add(row)


def say_to_desk(act: Act, desk_id: UUID, row: DeskSealedRow, told: Mapping[str, Any]) -> None:
    """As `seal_to_desk`, signed by who acts if it is a kind that staff sign.

    Raises `RosterBroken`.
    """
    seal_to_desk(act.session, act.vault, desk_id, row, told)
    if isinstance(row, SignedRow):
        sign_row(act, row)


def open_for_staff(
    session: Session, vault: Vault, keyring: Keyring, row: DeskSealedRow
) -> dict[str, Any]:
    """Returns what a row sealed to a desk tells.

    Raises `NotAllowed` without the desk's key, and `SealBroken` as `open_row` does.
    """
    opener = Opener(keyring.open_desk_key(session, row.desk_key_id))
    data = open_data(session, vault, opener, row)
    if _needs_case(data):
        report = _find_report(session, row)
        if report is None:
            raise SealBroken("it belongs to no report")
        case = keyring.open_case_key(session, report)
        data = open_sealed(case, data, **_get_case_context(row))
    told: dict[str, Any] = json.loads(unpad(data))
    return told


def reseal_to_desk(act: Act, rows: Iterable[DeskSealedRow], key: DeskKey) -> None:
    """Seals the texts of `rows` to another desk's key; one that does not open stays as it is.

    Who acts signs that they carried over what its author had signed. Raises `RosterBroken`.
    """
    for row in rows:
        try:
            opener = Opener(act.keyring.open_desk_key(act.session, row.desk_key_id))
            data = open_data(act.session, act.vault, opener, row)
        except (NotAllowed, SealBroken):
            continue
        row.desk_key_id = key.id
        seal_data(act.vault, key.public, row, data)
        if isinstance(row, SignedRow):
            sign_row(act, row, signing_keys.CARRIED)


def _get_context(row: SealedRow) -> dict[str, Any]:
    """The kind and the id that a row's text is sealed for."""
    return {"kind": row.KIND.format(row=row), "id": getattr(row, row.KEYED_BY).bytes}


def _get_case_context(row: SealedRow) -> dict[str, Any]:
    """The kind and the id of what lies inside the seal of a desk."""
    return {"kind": f"case of {row.KIND.format(row=row)}", "id": getattr(row, row.KEYED_BY).bytes}


def _needs_case(data: bytes) -> bool:
    """Whether a seal to the case key lies inside. What earlier versions sealed is text at once."""
    return not data.startswith(b"{")


def _find_report(session: Session, row: DeskSealedRow) -> Report | None:
    """The report that a row belongs to, be it by a referral; None for one that belongs to none."""
    report_id: UUID | None = getattr(row, "report_id", None)
    referral_id: UUID | None = getattr(row, "referral_id", None)
    if referral_id is not None:
        report_id = session.get_one(Referral, referral_id).report_id
    return None if report_id is None else session.get_one(Report, report_id)


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
