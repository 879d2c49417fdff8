"""An instance has an id of its own, and check values that fit its keys and no others."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from reports.errors import NotFounded
from reports.instance import compute_checks, read_instance_id
from reports.model import Organisation
from reports.vault import Vault
from tests.support.cast import Instance, newly_founded


def test_a_database_without_an_instance_has_no_id(session: Session) -> None:
    with pytest.raises(NotFounded, match="run init"):
        read_instance_id(session)


def test_every_founding_makes_an_id_of_its_own(session: Session, vault: Vault) -> None:
    newly_founded(session, vault)
    found = read_instance_id(session)
    assert isinstance(found, UUID)
    assert found.version == 4
    assert found == session.get_one(Organisation, 1).instance_id


def test_the_check_values_are_those_of_the_keys(instance: Instance, tmp_path: Path) -> None:
    row = instance.session.get_one(Organisation, 1)
    public = instance.vault.read_roster_public()
    checks = compute_checks(instance.vault, row.instance_id, public)
    assert (row.pepper_check, row.roster_check) == (checks.pepper, checks.roster)
    other = compute_checks(Vault.create(tmp_path / "other"), row.instance_id, public[::-1])
    assert other.pepper != checks.pepper
    assert other.roster != checks.roster
