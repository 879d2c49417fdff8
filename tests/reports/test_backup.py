"""A backup holds the whole instance and can be restored on either engine."""

from __future__ import annotations

import io
import json
import os
import signal
import tarfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Connection, Engine, Table, func, select

from reports import backup, custody, mailbox
from reports.attachments.objects import make_object_name
from reports.backup import archive, rows
from reports.backup.archive import DIGESTS
from reports.blobs.folder import Folder
from reports.db import begin_write, make_engine, upgrade
from reports.errors import AlreadyFounded, BackupDamaged, BackupOfAnotherVersion
from reports.intake.submit import Receipt
from reports.model import Attachment, Base, Organisation, StaffSession
from reports.vault import Vault
from tests.support.cast import NOW, Instance, cheap_vault
from tests.support.restoring import read_bare, restore


def store_in(data_dir: Path) -> Folder:
    """The store for files of the data folder `data_dir`."""
    return Folder(data_dir / "blobs")


STORY = "zxqv eleven men in one room"


@dataclass
class Taken:
    """A backup of an instance where Amina's report lies, and what she was given."""

    path: Path
    receipt: Receipt
    rows: int


@pytest.fixture
def taken(instance: Instance, vault: Vault, engine: Engine, tmp_path: Path) -> Taken:
    receipt = instance.send(story=STORY)
    instance.sign_in("Bela", NOW)
    path = tmp_path / "copy.backup"
    count = backup.take(engine, vault, store_in(path.parent / "var"), path, NOW)
    instance.session.rollback()
    return Taken(path, receipt, count)


@pytest.fixture(params=["sqlite", "postgresql"])
def elsewhere(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """Another machine's database, empty, on each engine."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'elsewhere.db'}"
    else:
        server = request.getfixturevalue("postgres_server")
        url = server.url(server.create())
    engine = make_engine(url)
    upgrade(engine)
    yield engine
    engine.dispose()


def altered(path: Path, name: str, content: bytes) -> Path:
    """A copy of a backup with one member's content changed, its list of digests as it was."""
    copy = path.with_name("altered.backup")
    with tarfile.open(copy, "w") as tar:
        for member, data in archive.read_members(path):
            changed = content if member == name else data
            info = tarfile.TarInfo(member)
            info.size = len(changed)
            tar.addfile(info, io.BytesIO(changed))
    return copy


def test_a_restored_report_opens_with_its_code_and_its_custody_holds(
    taken: Taken, elsewhere: Engine, tmp_path: Path
) -> None:
    """From either engine into either engine."""
    folder = tmp_path / "elsewhere"
    with restore(elsewhere, taken.path, folder) as session:
        vault = cheap_vault(folder)
        code = taken.receipt.code
        key = vault.derive_receipt_key(code.locator, code.secret)
        visit = mailbox.enter(session, vault, code, key, NOW)
        session.commit()
        assert mailbox.resume(session, visit, NOW).report.id == taken.receipt.report_id
        assert custody.verify(session, vault) > 3
        acts = [line.act for line in custody.list_lines(session, session.get_one(Organisation, 1))]
        assert acts[-1] == "restored"


def test_every_row_that_is_kept_comes_back_the_same(
    taken: Taken, engine: Engine, vault: Vault, elsewhere: Engine, tmp_path: Path
) -> None:
    there = cheap_vault(tmp_path / "elsewhere")
    with restore(elsewhere, taken.path, tmp_path / "elsewhere"):
        for table in rows.list_tables():
            if table.name in ("organisation", "custody_line"):
                continue  # the line that says "restored" was added to these
            before, after = read_bare(engine, table, vault), read_bare(elsewhere, table, there)
            assert before == after, table.name


def test_sessions_and_drafts_stay_behind(taken: Taken, elsewhere: Engine, tmp_path: Path) -> None:
    with restore(elsewhere, taken.path, tmp_path / "elsewhere") as session:
        assert session.scalar(select(func.count()).select_from(StaffSession)) == 0
    assert {table.name for table in Base.metadata.sorted_tables} >= rows.LEFT_OUT
    with tarfile.open(taken.path) as tar:
        assert not [name for name in tar.getnames() if name.split("/")[1:2] == ["staff_session"]]


def test_the_files_of_reports_come_along_and_those_of_drafts_do_not(
    taken: Taken, instance: Instance, engine: Engine, vault: Vault, tmp_path: Path
) -> None:
    here, there = store_in(tmp_path / "var"), store_in(tmp_path / "elsewhere")
    ids = [uuid4() for _ in range(3)]
    names = [make_object_name(id) for id in ids]
    begin_write(instance.session)
    for id, name, sent in zip(ids, names, (True, True, False), strict=True):
        row = Attachment(id=id, slot=0, blob=name, sealed=b"", seal=b"")
        row.place, row.report_id = (None, taken.receipt.report_id) if sent else (b"a form", None)
        instance.session.add(row)
    instance.session.commit()
    # The second file was erased after its row was read.
    for name in (names[0], names[2]):
        here.put(name, [b"sealed ", b"bytes"])
    path = tmp_path / "files.backup"
    backup.take(engine, vault, here, path, NOW)
    other = make_engine(f"sqlite:///{tmp_path / 'files.db'}")
    upgrade(other)
    with restore(other, path, tmp_path / "elsewhere"):
        assert there.list_names() == {names[0]}
        assert b"".join(there.get(names[0])) == b"sealed bytes"
    other.dispose()


def test_a_backup_is_readable_by_its_owner_alone_and_shows_no_word_of_a_report(
    taken: Taken,
) -> None:
    assert taken.path.stat().st_mode & 0o777 == 0o600
    assert STORY.encode() not in taken.path.read_bytes()
    assert [path.name for path in taken.path.parent.glob("*backup*")] == [taken.path.name]


def test_a_backup_that_was_cut_off_changes_nothing(
    taken: Taken, elsewhere: Engine, tmp_path: Path
) -> None:
    whole = taken.path.read_bytes()
    for share in (0, 0.3, 0.7):
        taken.path.write_bytes(whole[: int(len(whole) * share)])
        with pytest.raises(BackupDamaged):
            restore(elsewhere, taken.path, tmp_path / "elsewhere")
    assert not (tmp_path / "elsewhere").exists()


def test_a_changed_member_is_noticed_and_named(
    taken: Taken, elsewhere: Engine, tmp_path: Path
) -> None:
    with pytest.raises(BackupDamaged, match="keys/pepper"):
        restore(elsewhere, altered(taken.path, "keys/pepper", b"another"), tmp_path / "elsewhere")


def test_a_backup_of_another_schema_is_refused_by_its_name(
    taken: Taken, elsewhere: Engine, tmp_path: Path
) -> None:
    path = tmp_path / "old.backup"
    with archive.create(path) as made:
        for name, data in archive.read_members(taken.path):
            if name == "wayside.json":
                told = json.loads(data) | {"schema": "0000"}
                made.add(name, json.dumps(told).encode())
            elif name != DIGESTS:
                made.add(name, data)
    with pytest.raises(BackupOfAnotherVersion, match="0000"):
        restore(elsewhere, path, tmp_path / "elsewhere")


def test_an_instance_in_use_is_never_overwritten(
    taken: Taken, instance: Instance, vault: Vault, tmp_path: Path
) -> None:
    begin_write(instance.session)
    with pytest.raises(AlreadyFounded):
        backup.restore(
            instance.session, tmp_path / "var", store_in(tmp_path / "var"), taken.path, NOW
        )
    instance.session.rollback()
    assert instance.report(taken.receipt)


def test_a_second_backup_takes_the_place_of_the_first_only_when_it_is_whole(
    taken: Taken, engine: Engine, vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = taken.path.read_bytes()
    with monkeypatch.context() as patch:
        patch.setattr(Vault, "read_key_files", full_disk)
        with pytest.raises(OSError, match="No space"):
            backup.take(engine, vault, store_in(taken.path.parent / "var"), taken.path, NOW)
    assert taken.path.read_bytes() == before


def full_disk(_vault: Vault) -> dict[str, bytes]:
    raise OSError(28, "No space left on device")


def test_what_is_written_while_a_backup_is_taken_waits_for_nobody(
    taken: Taken,
    instance: Instance,
    engine: Engine,
    vault: Vault,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A report sent in the midst is acknowledged, and is not half in the copy."""
    pieces = rows.dump
    sent = []

    def meanwhile(connection: Connection, table: Table, *change: Any) -> Iterator[bytes]:
        if table.name == "report":
            sent.append(instance.send())
        return pieces(connection, table, *change)

    monkeypatch.setattr(rows, "dump", meanwhile)
    path = tmp_path / "second.backup"
    assert backup.take(engine, vault, store_in(path.parent / "var"), path, NOW) == taken.rows
    assert instance.report(sent[0])


def test_a_backup_that_was_cut_off_leaves_nothing_that_the_next_one_does_not_remove(
    taken: Taken, engine: Engine, vault: Vault
) -> None:
    """Not even under another name: the copy of the database holds what is erased afterwards."""
    folder = taken.path.parent / "kept"
    folder.mkdir()
    child = os.fork()
    if child == 0:
        with suppress(BaseException), archive.create(folder / "monday") as made:
            made.add("wayside.json", b"{}")
            with archive.make_room_beside(folder / "monday") as copied:
                copied.write_bytes(b"rows")
                os.kill(os.getpid(), signal.SIGKILL)
        os._exit(1)
    assert os.WTERMSIG(os.waitpid(child, 0)[1]) == signal.SIGKILL
    assert len(list(folder.iterdir())) == 2
    (folder / "other.partial").write_bytes(b"somebody's")
    backup.take(engine, vault, store_in(taken.path.parent / "var"), folder / "tuesday", NOW)
    assert {each.name for each in folder.iterdir()} == {"tuesday", "other.partial"}


def test_two_backups_at_once_are_both_whole_or_one_is_refused(
    taken: Taken, engine: Engine, vault: Vault
) -> None:
    store, path = store_in(taken.path.parent / "var"), taken.path
    before = path.read_bytes()
    with archive.create(path) as made:
        with pytest.raises(OSError, match="another backup"):
            backup.take(engine, vault, store, path, NOW)
        assert path.read_bytes() == before
        backup.take(engine, vault, store, path.with_name("other.backup"), NOW)
        made.add("wayside.json", b"{}")
    assert archive.verify(path).keys() == {"wayside.json"}
    archive.verify(path.with_name("other.backup"))


def test_a_file_that_is_erased_while_a_backup_is_taken_does_not_end_it(
    taken: Taken, engine: Engine, vault: Vault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, name = store_in(tmp_path / "var"), make_object_name(uuid4())
    monkeypatch.setattr("reports.backup.snapshot._objects", lambda *_: [name])
    backup.take(engine, vault, store, tmp_path / "copy", NOW)
    assert not [each for each in archive.verify(tmp_path / "copy") if each.startswith("files/")]


def test_a_restore_removes_what_one_that_was_cut_off_has_left(
    taken: Taken, elsewhere: Engine, tmp_path: Path
) -> None:
    left = tmp_path / "elsewhere" / ".restore-before"
    left.mkdir(parents=True)
    (left / "older").write_bytes(b"rows")
    with restore(elsewhere, taken.path, tmp_path / "elsewhere"):
        assert not left.exists()
