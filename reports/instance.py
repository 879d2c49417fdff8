"""Which instance a database holds, and whether the keys beside it are that instance's.

The row of `organisation` carries a random id and one check value for each key outside the database.
From the pepper's nobody finds the pepper faster than by guessing its 256 bits; the other one is the
fingerprint of a public key. The keys folder carries a marker with the same id. Every process
compares them before it uses either.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from reports import custody, outer_layer
from reports.errors import FolderOfAnother, FolderTaken, KeysOfAnother, KeysUnfit, NotFounded
from reports.model import Organisation
from reports.roster import signature, signing_keys
from reports.vault import PEPPER, ROSTER, KeyFolder, Marker, Vault, find_key_folder

LoadVault = Callable[[], Vault]
_REPLACING: Final = 0x57617973696465
"""PostgreSQL's advisory lock of who replaces an instance; all who write share it."""


@dataclass(frozen=True)
class KeyChecks:
    """What the row of an instance says of its keys: 32 bytes for each, or nothing yet."""

    pepper: bytes
    roster: bytes


def read_instance_id(session: Session) -> UUID:
    """Returns the id of the instance in this database. Raises `NotFounded` when there is none."""
    found = session.scalar(select(Organisation.instance_id).where(Organisation.id == 1))
    if found is None:
        raise NotFounded("there is no instance in the database: run init first")
    return found


def compute_checks(vault: Vault, instance_id: UUID, roster_public: bytes) -> KeyChecks:
    """Returns the check values of the instance `instance_id` under these keys."""
    return KeyChecks(
        pepper=_compute_pepper_check(vault, instance_id),
        roster=sha256(roster_public).digest(),
    )


def _compute_pepper_check(vault: Vault, instance_id: UUID) -> bytes:
    return next(iter(vault.compute_checks(instance_id.bytes).values()))


def choose_instance_id(folder: KeyFolder) -> UUID:
    """Returns the id of an instance that is founded with the keys of `folder`.

    It is the one of a founding that began there. Raises `FolderTaken` where one is over, and
    `MarkerDamaged`.
    """
    marker = folder.read_marker()
    if marker is None:
        return uuid4()
    if not marker.founding:
        raise FolderTaken(folder.path)
    return marker.instance_id


def require_keys(
    session: Session,
    data_dir: Path,
    load: LoadVault | None = None,
    purposes: Iterable[str] = (),
) -> Vault | None:
    """Returns the keys of the instance in the database, compared; None where nothing is founded.

    `purposes` names the files that the caller needs (`reports.vault.purposes`); without any it is
    the pepper. `load` gives the keys that the caller will use; without it they are read from
    `data_dir`. Raises `PurposeMissing`, `KeysMissing`, `KeysDamaged`, `KeysOfAnother`,
    `OuterKeysMissing`, `FolderOfAnother` or `MarkerDamaged`; where nothing is founded `FolderTaken`
    when the folder holds keys of an instance.
    """
    folder = find_key_folder(data_dir)
    marker = folder.read_marker()
    row = session.get(Organisation, 1)
    if row is None:
        if not marker.founding if marker else folder.has_keys():
            raise FolderTaken(folder.path)
        return None
    if marker and not marker.founding and marker.instance_id != row.instance_id:
        raise FolderOfAnother(folder.path)
    named = tuple(purposes)
    for name in named:
        folder.read_purpose(name)
    if not named:
        folder.read_key(PEPPER)
    roster_public = folder.read_key(ROSTER)
    vault = load() if load else Vault.load_purposes(data_dir, named)
    if wrong := find_wrong_key(session, vault, roster_public):
        raise KeysOfAnother(folder.path / wrong)
    outer_layer.require_all(session, vault)
    return vault


def require_still(session: Session, vault: Vault) -> None:
    """Returns when `vault` has the pepper of the instance that the database holds now.

    A restore may have brought another one since they were compared. Until the caller's transaction
    ends none does: SQLite has one writer, and on PostgreSQL a restore waits (`stop_writers`).
    Raises `FolderOfAnother`, and `FolderTaken` where the instance is gone.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock_shared(_REPLACING)))
    held = select(Organisation.instance_id, Organisation.pepper_check).where(Organisation.id == 1)
    row = session.execute(held).first()
    if row is None:
        raise FolderTaken(vault.key_folder.path)
    if row.pepper_check and row.pepper_check != _compute_pepper_check(vault, row.instance_id):
        raise FolderOfAnother(vault.key_folder.path)


def stop_writers(session: Session) -> None:
    """Lets those finish who write to this database, and nobody begin before the caller's commit."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(_REPLACING)))


def has_right_keys(session: Session, data_dir: Path) -> bool:
    """Tells whether there is an instance in the database and its keys in the folder."""
    try:
        return require_keys(session, data_dir) is not None
    except KeysUnfit:
        return False


def find_wrong_key(session: Session, vault: Vault, roster_public: bytes) -> str | None:
    """Returns the file name of the first key that is not this instance's; None when both are.

    An instance of before the check values proves them by what it holds: custody lines under the
    pepper, a recovery key under the roster's signature.
    """
    row = session.get_one(Organisation, 1)
    told = vault.compute_checks(row.instance_id.bytes)
    if row.pepper_check:
        strange = [name for name, check in told.items() if check != row.pepper_check]
    else:
        strange = [] if custody.has_line_under(session, vault, row) else [*told]
    if strange:
        return strange[0]
    if row.roster_check:
        roster_fits = row.roster_check == sha256(roster_public).digest()
    else:
        roster_fits = signature.has_signed(
            roster_public, row.recovery_public, row.recovery_signature
        )
    return None if roster_fits else ROSTER


def claim_keys(session: Session, data_dir: Path) -> None:
    """Marks the keys folder as this instance's, and fills check values that are still empty.

    The keys of each purpose are written from the pepper. The caller commits. Nothing is written
    where all was done before. Raises as `require_keys` does, and `NotFounded` when there is no
    instance.
    """
    vault = require_keys(session, data_dir)
    if vault is None:
        raise NotFounded("there is no instance in the database: run init first")
    row = session.get_one(Organisation, 1)
    roster_public = vault.read_roster_public()
    record_checks(row, vault, roster_public)
    vault.key_folder.write_purposes()
    if not vault.key_folder.is_roster_fixed():
        vault.pin_roster(roster_public)
    vault.key_folder.write_marker(Marker(row.instance_id))
    if signing_keys.is_on_record(session, vault):
        vault.key_folder.write_signing_mark()


def record_checks(row: Organisation, vault: Vault, roster_public: bytes) -> None:
    """Writes the check values of keys that were proved to be this instance's."""
    checks = compute_checks(vault, row.instance_id, roster_public)
    row.pepper_check, row.roster_check = checks.pepper, checks.roster


def require_same_or_none(folder: KeyFolder, row: Organisation, keys: Mapping[str, bytes]) -> None:
    """Returns when nothing is lost where `keys` of the restored instance `row` go into `folder`.

    That is so where it holds no keys, or those of the same instance. A backup of before the ids
    takes over the one that stands there. Raises `FolderTaken` and `MarkerDamaged`.
    """
    marker = folder.read_marker()
    claimed = not marker.founding if marker else folder.has_keys()
    if not claimed:
        return
    file = folder.path / PEPPER
    same = file.exists() and file.read_bytes() == keys[PEPPER]
    if marker and same and not row.pepper_check:
        row.instance_id = marker.instance_id
    if not same and (marker is None or marker.instance_id != row.instance_id):
        raise FolderTaken(folder.path)
