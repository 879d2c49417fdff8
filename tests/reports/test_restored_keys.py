"""A restore brings id, keys and marker along, and never over the keys of another instance."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import pytest
from sqlalchemy import Engine, inspect, select
from sqlalchemy.orm import Session

from reports import backup, custody
from reports.backup import archive, rows
from reports.blobs.folder import Folder
from reports.db import begin_write, make_engine, make_session_factory, upgrade
from reports.errors import BackupDamaged, KeysOfAnother, MarkerDamaged
from reports.instance import read_instance_id, require_keys
from reports.model import Base, Organisation
from reports.vault import Marker, Vault
from reports.vault.key_folder import KeyFolder
from tests.support import stored
from tests.support.cast import NOW, Instance, cheap_vault, newly_founded
from tests.support.key_faults import SOMEBODY, read_files
from tests.support.restoring import read_bare, restore

OF_THE_RESTORE: Final = ("organisation", "custody_line")
"""The tables that a restore writes a line into, beside the rows of the backup."""


@pytest.fixture
def taken(sqlite_url: str, tmp_path: Path) -> tuple[Path, Instance]:
    """A backup, and the instance that it is of."""
    engine = make_engine(sqlite_url)
    with make_session_factory(engine)() as session:
        live = newly_founded(session, cheap_vault(tmp_path / "live"))
        path = tmp_path / "copy.backup"
        backup.take(engine, live.vault, Folder(tmp_path / "live" / "blobs"), path, NOW)
    engine.dispose()
    return path, live


def holds_together(session: Session, data_dir: Path) -> bool:
    vault = require_keys(session, data_dir)
    marker = KeyFolder(data_dir / "keys").read_marker()
    return bool(
        vault
        and custody.verify(session, vault)
        and marker == Marker(read_instance_id(session))
        and session.get_one(Organisation, 1).pepper_check
    )


def test_a_restored_instance_is_the_same_one_with_the_same_keys(
    taken: tuple[Path, Instance], empty: Engine, tmp_path: Path
) -> None:
    path, live = taken
    with restore(empty, path, tmp_path / "new") as session:
        assert read_instance_id(session) == read_instance_id(live.session)
        assert holds_together(session, tmp_path / "new")
        files = read_files(tmp_path / "new")
        assert {name: files[name] for name in ("pepper", "roster.pub", "signing")} == (
            live.vault.read_key_files()
        )


def lose_the_database(live: Instance, folder: KeyFolder) -> None:
    """The keys folder is there, with its marker; the database is new."""
    folder.write_keys(live.vault.read_key_files())
    folder.write_marker(Marker(read_instance_id(live.session)))


def lose_the_marker_too(live: Instance, folder: KeyFolder) -> None:
    lose_the_database(live, folder)
    (folder.path / "instance").unlink()


def begin_a_founding(_live: Instance, folder: KeyFolder) -> None:
    folder.begin_founding()


Prepare = Callable[[Instance, KeyFolder], None]
ROOM: Final[Mapping[str, Prepare]] = {
    "its own keys": lose_the_database,
    "its own keys without a marker": lose_the_marker_too,
    "a founding that was cut off": begin_a_founding,
}


@pytest.mark.parametrize("prepare", ROOM.values(), ids=ROOM.keys())
def test_it_is_restored_beside_what_is_its_own_or_nobodys(
    taken: tuple[Path, Instance],
    empty: Engine,
    tmp_path: Path,
    prepare: Prepare,
) -> None:
    data_dir = tmp_path / "new"
    prepare(taken[1], KeyFolder(data_dir / "keys"))
    with restore(empty, taken[0], data_dir) as session:
        assert holds_together(session, data_dir)


def test_it_takes_the_place_of_an_instance_that_nobody_has_used(
    taken: tuple[Path, Instance], empty: Engine, tmp_path: Path
) -> None:
    data_dir = tmp_path / "new"
    with make_session_factory(empty)() as session:
        begin_write(session)
        vault = Vault.create(data_dir)
        backup.restoration.bootstrap.create_instance(session, vault, ("BE",), NOW)
        vault.key_folder.write_marker(Marker(read_instance_id(session)))
        session.commit()
    with restore(empty, taken[0], data_dir) as session:
        assert read_instance_id(session) == read_instance_id(taken[1].session)
        assert holds_together(session, data_dir)


@pytest.mark.parametrize("marked", [True, False])
def test_it_is_not_restored_over_the_keys_of_another_instance(
    taken: tuple[Path, Instance], empty: Engine, tmp_path: Path, marked: bool
) -> None:
    folder = KeyFolder(tmp_path / "theirs" / "keys")
    folder.write_keys({"pepper": b"o" * 32, "roster.pub": b"o" * 32})
    if marked:
        folder.write_marker(Marker(SOMEBODY))
    before = read_files(tmp_path / "theirs")
    with pytest.raises(KeysOfAnother):
        restore(empty, taken[0], tmp_path / "theirs")
    assert read_files(tmp_path / "theirs") == before
    with make_session_factory(empty)() as session:
        assert session.scalars(select(Organisation)).all() == []


def test_it_is_not_restored_beside_a_damaged_marker(
    taken: tuple[Path, Instance], empty: Engine, tmp_path: Path
) -> None:
    folder = KeyFolder(tmp_path / "theirs" / "keys")
    folder.write_keys({"instance": b"?"})
    with pytest.raises(MarkerDamaged):
        restore(empty, taken[0], tmp_path / "theirs")


@pytest.mark.parametrize("name", ["pepper", "roster.pub"])
@pytest.mark.parametrize("content", [b"o" * 32, None], ids=["another", "none"])
def test_a_backup_whose_keys_are_not_its_own_is_damaged(
    taken: tuple[Path, Instance], empty: Engine, tmp_path: Path, name: str, content: bytes | None
) -> None:
    path = tmp_path / "other.backup"
    with archive.create(path) as made:
        for member, data in archive.read_members(taken[0]):
            if member == f"keys/{name}":
                if content:
                    made.add(member, content)
            elif member != archive.DIGESTS:
                made.add(member, data)
    with pytest.raises(BackupDamaged, match=f"keys/{name}"):
        restore(empty, path, tmp_path / "new")
    assert read_files(tmp_path / "new") == {}


def write_first_backup(path: Path) -> None:
    """A backup as the first release wrote it, of the instance whose bytes are kept."""
    told = json.loads(stored.FILE.read_text(encoding="utf-8"))
    with archive.create(path) as made:
        about = {"format": 1, "schema": stored.FIRST, "day": date(2027, 3, 10).isoformat()}
        made.add("wayside.json", json.dumps(about).encode())
        for table in Base.metadata.sorted_tables:
            kept = told["rows"].get(table.name, [])
            if kept and table.name not in rows.LEFT_OUT:
                lines = [[*kept[0]], *([in_line(value) for value in row.values()] for row in kept)]
                made.add(f"tables/{table.name}/000000", "\n".join(map(json.dumps, lines)).encode())
        for name, value in told["keys"].items():
            made.add(f"keys/{name}", base64.b64decode(value["bytes"]))


def in_line(told: Any) -> Any:
    """A value as it stands in a line of a backup."""
    if not isinstance(told, dict):
        return told
    [(kind, text)] = told.items()
    return str(UUID(text)) if kind == "id" else text


def test_a_backup_of_the_first_release_is_restored_with_every_row(
    empty: Engine, tmp_path: Path
) -> None:
    path, beside = tmp_path / "first.backup", make_engine(f"sqlite:///{tmp_path / 'beside.db'}")
    write_first_backup(path)
    kept = stored.load(beside, tmp_path / "beside")
    # What `init` and `restore` do to rows of earlier versions.
    begin_write(kept.session)
    assert custody.forget_times(kept.session, kept.vault, most=9)
    kept.session.commit()
    kept.session.close()
    there = cheap_vault(tmp_path / "new")
    with restore(empty, path, tmp_path / "new") as session:
        assert holds_together(session, tmp_path / "new")
        for table in rows.list_tables():
            if table.name not in OF_THE_RESTORE:
                before = read_bare(beside, table, kept.vault)
                assert before == read_bare(empty, table, there), table.name
    beside.dispose()
    assert not [each for each in (tmp_path / "new").iterdir() if each.name.startswith(".restore")]


def test_a_backup_of_the_first_release_keeps_the_id_that_its_keys_have(
    empty: Engine, tmp_path: Path
) -> None:
    """The database was lost; the keys had been marked, and so may other things have been."""
    path, data_dir = tmp_path / "first.backup", tmp_path / "new"
    write_first_backup(path)
    with restore(empty, path, data_dir) as session:
        kept = read_instance_id(session)
    again = make_engine(f"sqlite:///{tmp_path / 'again.db'}")
    upgrade(again)
    with restore(again, path, data_dir) as session:
        assert read_instance_id(session) == kept
        assert holds_together(session, data_dir)
    again.dispose()


def test_rows_that_the_schema_of_a_backup_does_not_know_are_damage(
    empty: Engine, tmp_path: Path
) -> None:
    path = tmp_path / "first.backup"
    write_first_backup(path)
    wrong = tmp_path / "wrong.backup"
    with archive.create(wrong) as made:
        for name, data in archive.read_members(path):
            if name == "tables/organisation/000000":
                made.add(name, data.replace(b'"founded_day"', b'"a_day"'))
            elif name != archive.DIGESTS:
                made.add(name, data)
    with pytest.raises(BackupDamaged, match="organisation"):
        restore(empty, wrong, tmp_path / "new")
    assert inspect(empty).has_table("organisation")
