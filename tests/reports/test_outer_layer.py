"""After erasing, what a disk still holds of a report does not open: its outer key has gone.

On SQLite alone: PostgreSQL has no outer layer.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select, update
from sqlalchemy.orm import Session

from reports import backup, mailbox, outer_layer, retention, sealed_rows
from reports.blobs.folder import Folder
from reports.db import begin_write
from reports.errors import OuterKeysMissing, SealBroken
from reports.intake.submit import Receipt
from reports.model import Desk, Note, Report, SpentSlot
from reports.roster import membership
from reports.triage import notes
from reports.vault import Opener, open_sealed, outer_keys, unwrap
from reports.vault.outer_keys import KEY_BYTES, OuterKeys
from tests.support.cast import NOW, Instance
from tests.support.filed import Place

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@contextmanager
def writing(session: Session) -> Iterator[Session]:
    begin_write(session)
    yield session
    session.commit()


def overwrite(instance: Instance) -> int:
    return outer_layer.overwrite_spent(lambda: writing(instance.session), instance.vault)


def read_raw(path: Path) -> bytes:
    """In a process of its own: to close the file in this one would drop SQLite's locks."""
    return subprocess.run(["cat", str(path)], capture_output=True, check=True).stdout


class Thief:
    """Has the disk and every key: the desk's, the receipt code's, and the file of outer keys."""

    def __init__(self, instance: Instance, receipt: Receipt) -> None:
        report = instance.report(receipt)
        self.id, vault = report.id, instance.vault
        self.by_desk, self.by_code = report.private_by_desk, report.private_by_code
        self.desk = instance.keyring("Bela").open_desk_key(instance.session, report.desk_key_id)
        self.code = vault.derive_receipt_key(receipt.code.locator, receipt.code.secret)
        self.outer_keys = vault.outer_keys.path

    def find(self, raw: bytes) -> bool:
        """Whether both wraps lie in these bytes."""
        return self.by_desk in raw and self.by_code in raw

    def open(self) -> set[bytes]:
        """The case keys that come out with any key that there is."""
        found = set[bytes]()
        held = self.outer_keys.read_bytes()
        outer = [held[at : at + KEY_BYTES] for at in range(0, len(held), KEY_BYTES)]
        for data, kind in (
            (self.by_desk, outer_layer.BY_DESK),
            (self.by_code, outer_layer.BY_CODE),
        ):
            for inner in [data, *self._unwrap(outer, data, kind)]:
                found.update(self._open_inner(inner))
        return found

    def _unwrap(self, keys: list[bytes], data: bytes, kind: str) -> Iterator[bytes]:
        for key in keys:
            try:
                yield unwrap(key, data, kind=kind, id=self.id.bytes)
            except SealBroken:
                continue

    def _open_inner(self, data: bytes) -> Iterator[bytes]:
        for opened in (open_sealed, unwrap):
            key = self.desk if opened is open_sealed else self.code
            try:
                yield opened(key, data, kind="case key", id=self.id.bytes)
            except SealBroken:
                continue


def test_nothing_that_the_disk_still_holds_of_an_erased_report_opens(
    instance: Instance, engine: Engine, tmp_path: Path
) -> None:
    receipt, kept = instance.send(), instance.send()
    thief, file = Thief(instance, receipt), tmp_path / "wayside.db"
    case = instance.keyring("Bela").open_case_key(instance.session, instance.report(receipt))
    instance.session.rollback()
    assert thief.find(read_raw(file))
    assert thief.open() == {case}
    begin_write(instance.session)
    retention.erase(instance.session, receipt.report_id)
    # What the journal holds now stays in blocks of the disk when it is unlinked.
    assert thief.find(read_raw(file.with_name("wayside.db-journal")))
    instance.session.commit()
    assert thief.open() == {case}
    assert overwrite(instance) == 1
    assert thief.open() == set()
    assert instance.session.scalars(select(SpentSlot.slot)).all() == []
    instance.session.expire_all()
    other = instance.report(kept)
    visit = instance.enter(kept.code)
    by_desk = instance.keyring("Bela").open_case_key(instance.session, other)
    assert mailbox.resume(instance.session, visit, NOW).private == by_desk


def test_a_worker_overwrites_at_its_start_what_a_killed_process_left(place: Place) -> None:
    instance = place.work.instance
    receipt = instance.send()
    thief = Thief(instance, receipt)
    place.erase(receipt.report_id)
    assert len(thief.open()) == 1
    place.worker().purge()
    assert thief.open() == set()
    place.session.rollback()
    assert place.session.scalars(select(SpentSlot.slot)).all() == []


def test_a_slot_is_free_again_only_when_its_key_is_overwritten(
    instance: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outer_keys, "BEGINNING", 1)
    receipt = instance.send()
    assert (instance.report(receipt).outer_slot, instance.vault.outer_keys.count()) == (0, 1)
    begin_write(instance.session)
    retention.erase(instance.session, receipt.report_id)
    instance.session.commit()
    second = instance.report(instance.send())
    assert (second.outer_slot, instance.vault.outer_keys.count()) == (1, 2)
    assert overwrite(instance) == 1
    assert instance.report(instance.send()).outer_slot == 0
    third = instance.report(instance.send())
    assert (third.outer_slot in (2, 3), instance.vault.outer_keys.count()) == (True, 4)


def test_a_failure_while_overwriting_leaves_it_written_down(
    instance: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    receipt = instance.send()
    begin_write(instance.session)
    retention.erase(instance.session, receipt.report_id)
    instance.session.commit()
    thief_path = instance.vault.outer_keys.path
    before = thief_path.read_bytes()
    with monkeypatch.context() as broken:
        broken.setattr(OuterKeys, "overwrite", _fail)
        with pytest.raises(OSError, match="disk"):
            overwrite(instance)
    instance.session.rollback()
    assert thief_path.read_bytes() == before
    assert overwrite(instance) == 1
    assert thief_path.read_bytes() != before


def _fail(*_: object) -> None:
    raise OSError("the disk")


def make_bare(instance: Instance, report: Report) -> None:
    """As an earlier version stored it, or a backup holds it."""
    row = {
        name: getattr(report, name)
        for name in ("id", "outer_slot", "private_by_desk", "private_by_code")
    }
    assert outer_layer.strip(instance.vault.outer_keys, row)
    begin_write(instance.session)
    instance.session.execute(update(Report).where(Report.id == report.id).values(row))
    instance.session.commit()
    instance.session.expire_all()


def test_a_report_of_an_earlier_version_opens_and_gets_an_outer_key(instance: Instance) -> None:
    receipt = instance.send()
    report, bela = instance.report(receipt), instance.keyring("Bela")
    case = bela.open_case_key(instance.session, report)
    make_bare(instance, report)
    assert report.outer_slot is None
    assert bela.open_case_key(instance.session, report) == case
    assert mailbox.resume(instance.session, instance.enter(receipt.code), NOW).private == case
    begin_write(instance.session)
    assert outer_layer.cover_found(instance.session, instance.vault, 10) == 1
    assert outer_layer.cover_found(instance.session, instance.vault, 10) == 0
    instance.session.commit()
    assert report.outer_slot is not None
    assert bela.open_case_key(instance.session, report) == case
    assert mailbox.resume(instance.session, instance.enter(receipt.code), NOW).private == case
    with pytest.raises(SealBroken):
        open_sealed(
            bela.open_desk_key(instance.session, report.desk_key_id),
            report.private_by_desk,
            kind="case key",
            id=report.id.bytes,
        )


def test_a_new_key_of_the_desk_keeps_the_layer(instance: Instance) -> None:
    receipt = instance.send()
    desk = instance.session.scalars(select(Desk).where(Desk.country == "BE")).one()
    begin_write(instance.session)
    membership.renew(instance.act("Dana"), desk.id)
    instance.session.commit()
    report = instance.report(receipt)
    sealed, key_id = report.private_by_desk, report.desk_key_id
    assert instance.keyring("Bela").open_case_key(instance.session, report)
    private = instance.keyring("Bela").open_desk_key(instance.session, key_id)
    with pytest.raises(SealBroken):
        open_sealed(private, sealed, kind="case key", id=report.id.bytes)


def test_a_backup_holds_no_outer_key_and_needs_all_of_them(
    instance: Instance, engine: Engine, tmp_path: Path
) -> None:
    receipt = instance.send()
    thief = Thief(instance, receipt)
    instance.session.rollback()
    store, path = Folder(tmp_path / "var/blobs"), tmp_path / "taken.tar"
    backup.take(engine, instance.vault, store, path, NOW)
    assert thief.outer_keys.read_bytes() not in path.read_bytes()
    thief.outer_keys.write_bytes(bytes(thief.outer_keys.stat().st_size))
    with pytest.raises(OSError, match="outer keys of 1 reports"):
        backup.take(engine, instance.vault, store, path, NOW)
    assert instance.session.scalar(select(func.count()).select_from(Report)) == 1


def test_a_lost_file_of_outer_keys_is_no_crash(instance: Instance) -> None:
    receipt = instance.send()
    report, bela = instance.report(receipt), instance.keyring("Bela")
    instance.vault.outer_keys.path.unlink()
    with pytest.raises(SealBroken):
        bela.open_case_key(instance.session, report)
    with pytest.raises(OuterKeysMissing):
        outer_layer.require_all(instance.session, instance.vault)
    later = instance.report(instance.send())
    assert later.outer_slot != report.outer_slot
    assert bela.open_case_key(instance.session, later)


def test_what_staff_write_takes_the_case_key_as_well(instance: Instance) -> None:
    receipt = instance.send()
    report, act = instance.report(receipt), instance.act("Bela")
    begin_write(instance.session)
    notes.add(act, report, "She is safe.")
    instance.session.commit()
    row = instance.session.scalars(select(Note)).one()
    desk = Opener(act.keyring.open_desk_key(instance.session, row.desk_key_id))
    inner = sealed_rows.open_data(instance.session, instance.vault, desk, row)
    assert b"safe" not in inner
    with pytest.raises(SealBroken):
        sealed_rows.open_row(instance.session, instance.vault, desk, row)
    [note] = notes.read(instance.session, instance.vault, act.keyring, report)
    assert note.text == "She is safe."
