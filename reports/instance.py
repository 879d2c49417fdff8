"""Which instance a database holds, and the check values of the keys that belong to it.

The row of `organisation` carries a random id and one check value for each key outside the database.
From the pepper's nobody finds the pepper faster than by guessing its 256 bits; the other one is the
fingerprint of a public key.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from reports.errors import NotFounded
from reports.model import Organisation
from reports.vault import Vault


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
        pepper=vault.compute_mac("pepper check", instance_id.bytes),
        roster=sha256(roster_public).digest(),
    )
