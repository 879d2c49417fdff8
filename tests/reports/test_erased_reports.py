"""What was erased stays erased: no restore of a backup of before brings it back."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Engine, select

from reports import backup, custody, erased_reports, withdraw
from reports.blobs.marker import ERASED
from reports.db import begin_write, make_session_factory
from reports.errors import StoreFailed
from reports.instance import require_keys
from reports.inventory import check_files
from reports.model import ErasedReport, Report
from tests.support.cast import NOW
from tests.support.filed import Place
from tests.support.restoring import restore


def take(place: Place, tmp_path: Path) -> Path:
    path = tmp_path / "copy.backup"
    place.session.rollback()
    backup.take(place.work.engine, place.work.instance.vault, place.store, path, NOW)
    return path


def waiting(place: Place) -> int:
    place.session.rollback()
    found = len(place.session.scalars(select(ErasedReport)).all())
    place.session.rollback()
    return found


def test_a_restore_erases_again_what_was_erased_since_and_nothing_else(
    place: Place, empty: Engine, tmp_path: Path
) -> None:
    (gone, gone_blob), (kept, kept_blob) = place.report(), place.report()
    path = take(place, tmp_path)
    place.erase(gone)
    place.worker().purge()
    assert waiting(place) == 0
    session = restore(empty, path, tmp_path / "new", place.store)
    with session:
        assert session.info["erased"] == 1
        assert set(session.scalars(select(Report.id))) == {kept}
        vault = require_keys(session, tmp_path / "new")
        assert vault is not None
        assert custody.verify(session, vault)
    # The backup brought its file along; its tombstone came back too.
    assert {gone_blob, kept_blob} <= place.store.list_names()


def test_what_a_reporter_withdrew_does_not_come_back(
    place: Place, empty: Engine, tmp_path: Path
) -> None:
    instance = place.work.instance
    receipt = instance.send()
    path = take(place, tmp_path)
    begin_write(place.session)
    withdraw.withdraw(place.session, instance.vault, instance.enter(receipt.code), NOW)
    place.session.commit()
    place.worker().purge()
    session = restore(empty, path, tmp_path / "new", place.store)
    with session:
        assert (session.info["erased"], session.scalars(select(Report.id)).all()) == (1, [])


def test_nothing_is_on_record_before_the_erasing_is_committed(place: Place) -> None:
    report_id, _ = place.report()
    begin_write(place.session)
    erased_reports.write(place.session, report_id)
    place.session.rollback()
    place.worker().purge()
    assert not on_record(place, report_id)


def on_record(place: Place, report_id: Any) -> bool:
    return erased_reports.is_on_record(place.store, place.work.instance.vault, report_id)


def test_a_store_that_fails_is_asked_again_at_the_next_turn(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    report_id, _ = place.report()
    place.erase(report_id)

    def fail(*_: object) -> None:
        raise StoreFailed("no answer")

    with monkeypatch.context() as patch:
        patch.setattr(erased_reports, "put_on_record", fail)
        place.worker().purge()
    assert waiting(place) == 1
    place.take_lease_away()
    place.worker().purge()
    assert (waiting(place), on_record(place, report_id)) == (0, True)


def test_a_worker_says_it_at_the_latest_when_it_ends(place: Place) -> None:
    ids = [place.report()[0] for _ in range(3)]
    worker = place.worker()
    worker.stop()
    for each in ids:
        place.erase(each)
    worker.close()
    assert (waiting(place), [on_record(place, each) for each in ids]) == (0, [True] * 3)


def test_a_worker_says_it_at_its_end_though_one_that_was_killed_has_the_lease(
    place: Place,
) -> None:
    """Of that one nothing will come, and whoever stops the instance may restore next."""
    gone, _ = place.report()
    place.worker().purge()
    place.erase(gone)
    place.worker().close()
    assert waiting(place) == 0
    assert erased_reports.is_on_record(place.store, place.work.instance.vault, gone)


def test_what_was_erased_where_a_backup_goes_and_not_said_yet_does_not_come_back(
    place: Place, empty: Engine, tmp_path: Path
) -> None:
    report_id, _ = place.report()
    path = take(place, tmp_path)
    with make_session_factory(empty)() as session:
        begin_write(session)
        erased_reports.write(session, report_id)
        session.commit()
    session = restore(empty, path, tmp_path / "new", place.store)
    with session:
        assert (session.info["erased"], session.scalars(select(Report.id)).all()) == (1, [])


def test_a_worker_that_ended_between_the_record_and_its_row_puts_it_there_once_more(
    place: Place,
) -> None:
    report_id, _ = place.report()
    place.erase(report_id)
    erased_reports.put_on_record(place.store, place.work.instance.vault, [report_id])
    place.worker().purge()
    assert (waiting(place), on_record(place, report_id)) == (0, True)


def test_the_record_names_no_report_and_no_list_of_objects_names_it(place: Place) -> None:
    report_id, _ = place.report()
    place.erase(report_id)
    place.worker().purge()
    name = erased_reports.make_name(place.work.instance.vault, report_id)
    assert name.startswith(ERASED)
    assert report_id.hex not in name
    assert name not in place.store.list_names()
    found = check_files(place.session, place.store)
    assert (found.unknown, found.missing) == ({}, frozenset())


def test_many_are_put_on_record(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(erased_reports, "AT_ONCE", 3)
    ids = [uuid4() for _ in range(7)]
    begin_write(place.session)
    for each in ids:
        erased_reports.write(place.session, each)
    place.session.commit()
    place.worker().purge()
    assert waiting(place) == 0
    assert all(on_record(place, each) for each in ids)
