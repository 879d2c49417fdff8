"""A database and a keys folder belong to one instance, or are refused by a name."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from reports.db import begin_write
from reports.errors import FolderTaken, KeysUnfit, NotFounded
from reports.instance import claim_keys, compute_checks, read_instance_id, require_keys
from reports.model import Organisation
from reports.roster import bootstrap
from reports.vault import Marker, Vault
from tests.support.cast import NOW, Instance, newly_founded
from tests.support.key_faults import FAULTS, SOMEBODY, KeyFault, read_files

Folder = Path


@pytest.fixture
def data_dir(vault: Vault) -> Folder:
    return vault.key_folder.path.parent


def make_older(instance: Instance, data_dir: Folder) -> None:
    """As the instance is that was founded before there were check values and markers."""
    row = instance.session.get_one(Organisation, 1)
    row.pepper_check = row.roster_check = b""
    instance.session.commit()
    (data_dir / "keys" / "instance").unlink(missing_ok=True)


def claim(session: Session, data_dir: Folder) -> None:
    begin_write(session)
    claim_keys(session, data_dir)
    session.commit()


def test_a_database_without_an_instance_has_no_id(session: Session) -> None:
    with pytest.raises(NotFounded, match="run init"):
        read_instance_id(session)


def test_every_instance_has_an_id_of_its_own(session: Session, vault: Vault) -> None:
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


def test_the_right_keys_are_given_back(instance: Instance, data_dir: Folder) -> None:
    claim(instance.session, data_dir)
    found = require_keys(instance.session, data_dir)
    assert found is not None
    assert found.compute_mac("x", b"y") == instance.vault.compute_mac("x", b"y")


@pytest.mark.parametrize("older", [False, True], ids=["", "founded before the check values"])
@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
def test_keys_that_are_not_right_are_refused_and_stay_as_they_are(
    instance: Instance, data_dir: Folder, fault: KeyFault, older: bool
) -> None:
    claim(instance.session, data_dir)
    if older:
        make_older(instance, data_dir)
    fault.make(data_dir / "keys")
    before = read_files(data_dir)
    for act in (require_keys, claim_keys):
        with pytest.raises(fault.error) as refusal:
            act(instance.session, data_dir)
        assert type(refusal.value) is fault.error
        assert refusal.value.file == data_dir / "keys" / fault.file
        assert str(refusal.value).startswith(f"{refusal.value.file} ")
    assert read_files(data_dir) == before
    assert issubclass(fault.error, KeysUnfit)


def test_the_keys_that_are_compared_are_those_that_will_be_used(
    instance: Instance, data_dir: Folder, tmp_path: Path
) -> None:
    other = Vault.create(tmp_path / "other")
    with pytest.raises(KeysUnfit, match="pepper is not the one"):
        require_keys(instance.session, data_dir, lambda: other)


def test_an_older_instance_is_marked_once_its_keys_are_proved(
    instance: Instance, data_dir: Folder
) -> None:
    row = instance.session.get_one(Organisation, 1)
    checks = (row.pepper_check, row.roster_check)
    make_older(instance, data_dir)
    assert require_keys(instance.session, data_dir)
    claim(instance.session, data_dir)
    instance.session.refresh(row)
    assert (row.pepper_check, row.roster_check) == checks
    assert instance.vault.key_folder.read_marker() == Marker(row.instance_id)


def test_a_changed_custody_line_keeps_no_older_instance_from_its_keys(
    instance: Instance, data_dir: Folder
) -> None:
    make_older(instance, data_dir)
    lines = bootstrap.custody.list_lines(
        instance.session, instance.session.get_one(Organisation, 1)
    )
    lines[0].act = "another"
    instance.session.commit()
    assert require_keys(instance.session, data_dir)


def test_no_check_value_is_taken_from_an_instance_that_has_it(
    instance: Instance, data_dir: Folder
) -> None:
    """With check values nothing else proves a key, whoever wrote the rest of the database."""
    instance.session.get_one(Organisation, 1).pepper_check = b"x" * 32
    instance.session.commit()
    with pytest.raises(KeysUnfit):
        require_keys(instance.session, data_dir)


@pytest.mark.parametrize("keys", ["of an instance", "without a marker"])
def test_no_instance_is_founded_with_the_keys_of_another(
    session: Session, data_dir: Folder, vault: Vault, keys: str
) -> None:
    if keys == "of an instance":
        vault.key_folder.write_marker(Marker(SOMEBODY))
    else:
        (data_dir / "keys" / "instance").unlink()
    with pytest.raises(FolderTaken, match="holds the keys of an instance"):
        require_keys(session, data_dir)


def test_founding_itself_refuses_a_folder_that_is_taken(session: Session, vault: Vault) -> None:
    vault.key_folder.write_marker(Marker(SOMEBODY))
    begin_write(session)
    with pytest.raises(FolderTaken):
        bootstrap.create_instance(session, vault, ("BE",), NOW)


def test_a_founding_that_was_cut_off_is_begun_again_with_the_same_keys(
    session: Session, data_dir: Folder, vault: Vault
) -> None:
    begin_write(session)
    bootstrap.create_instance(session, vault, ("BE",), NOW)
    begun = read_instance_id(session)
    session.rollback()
    assert require_keys(session, data_dir) is None
    pepper = read_files(data_dir)["pepper"]
    begin_write(session)
    bootstrap.create_instance(session, Vault.create(data_dir), ("BE",), NOW)
    session.commit()
    assert read_instance_id(session) == begun
    assert read_files(data_dir)["pepper"] == pepper
    assert require_keys(session, data_dir)


def test_no_folder_is_claimed_where_nothing_is_founded(session: Session, data_dir: Folder) -> None:
    with pytest.raises(NotFounded, match="run init"):
        claim_keys(session, data_dir)
