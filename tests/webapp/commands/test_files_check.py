"""`files-check` tells, and erases only what it was told to, what is old, and not too much."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from flask import Flask

from reports.attachments import objects
from reports.blobs import Store
from reports.db import begin_write
from reports.model import Attachment
from tests.support.cast import Instance
from tests.support.web import Clock
from webapp.site.app_services import get_services

Run = Callable[..., str]


@pytest.fixture
def store(app: Flask, clock: Clock) -> Store:
    """The store of the founded instance. What a test puts there is 25 hours old for the command."""
    clock.now = datetime.now(UTC) + timedelta(hours=25)
    return get_services(app).store


@pytest.fixture
def run(app: Flask, app_instance: Instance) -> Run:
    def act(*options: str, exit_code: int = 0) -> str:
        app_instance.session.rollback()
        done = app.test_cli_runner().invoke(args=["files-check", *options])
        assert done.exit_code == exit_code, done.output
        return done.output

    return act


def keep(instance: Instance, store: Store, count: int) -> list[tuple[UUID, str]]:
    """Files of a report, with their objects."""
    report_id, made = instance.send().report_id, []
    begin_write(instance.session)
    for _ in range(count):
        id = uuid4()
        name = objects.make_object_name(id)
        row = Attachment(id=id, slot=0, report_id=report_id, blob=name, sealed=b"", seal=b"")
        instance.session.add(row)
        store.put(name, [b"sealed"])
        made.append((id, name))
    instance.session.commit()
    return made


def test_all_is_well(run: Run, app_instance: Instance, store: Store) -> None:
    keep(app_instance, store, 2)
    assert run() == (
        "store of files: 2 known, 0 unknown, 0 missing.\n"
        "mail folder: 0 known, 0 unknown, 0 missing.\n"
    )


def test_a_file_that_is_lost_is_named_by_its_id_alone(
    run: Run, app_instance: Instance, store: Store
) -> None:
    (id, name), _ = keep(app_instance, store, 2)
    store.delete([name])
    said = run(exit_code=1)
    assert "1 known, 0 unknown, 1 missing" in said
    assert f"  missing: {id}\n" in said


def test_nothing_is_erased_unless_that_is_said(
    run: Run, app_instance: Instance, store: Store
) -> None:
    keep(app_instance, store, 11)
    store.put(objects.make_object_name(uuid4()), [b"left over"])
    before = store.list_names()
    said = run()
    assert "11 known, 1 unknown, 0 missing" in said
    assert "1 are ours and older than 24 hours; 0 have no name of ours" in said
    assert store.list_names() == before
    assert "store of files: 1 erased." in run("--erase")
    assert len(store.list_names()) == 11


def test_what_others_put_there_stays(run: Run, app_instance: Instance, store: Store) -> None:
    kept = {name for _, name in keep(app_instance, store, 11)}
    for name in ("payroll.xlsx", "db.tar"):
        store.put(name, [b"theirs"])
    assert "2 have no name of ours and always stay" in run("--erase", "--all-the-same")
    assert store.list_names() == {*kept, "payroll.xlsx", "db.tar"}


def test_what_is_young_stays(
    run: Run, app_instance: Instance, store: Store, clock: Clock, tmp_path: Path
) -> None:
    keep(app_instance, store, 11)
    name = objects.make_object_name(uuid4())
    store.put(name, [b"just now"])
    clock.now = store.read_times()[name]
    clock.forward(hours=23)
    assert "store of files: 0 erased." in run("--erase", "--all-the-same")
    assert name in store.list_names()
    clock.forward(hours=2)
    assert "store of files: 1 erased." in run("--erase")


def test_more_than_a_tenth_is_refused_until_somebody_insists(
    run: Run, app_instance: Instance, store: Store
) -> None:
    keep(app_instance, store, 8)
    store.put(objects.make_object_name(uuid4()), [b"left over"])
    before = store.list_names()
    said = run("--erase", exit_code=1)
    assert "more than a tenth of the store of files: nothing was erased" in said
    assert store.list_names() == before
    assert "store of files: 1 erased." in run("--erase", "--all-the-same")
    assert len(store.list_names()) == 8


def test_a_store_that_does_not_answer_is_a_sentence(run: Run, tmp_path: Path) -> None:
    shutil.rmtree(tmp_path / "var" / "blobs")
    (tmp_path / "var" / "blobs").write_bytes(b"no folder")
    assert "does not answer (WAYSIDE_BLOB_URL)" in run(exit_code=1)


def test_without_an_instance_nothing_is_unknown(app: Flask) -> None:
    done = app.test_cli_runner().invoke(args=["files-check", "--erase", "--all-the-same"])
    assert (done.exit_code, done.output) == (
        1,
        "Error: there is nothing to check: run init first\n",
    )
