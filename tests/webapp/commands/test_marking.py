"""`init`, `demo`, `backup` and `restore` mark the stores, and take none that is another's."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from flask import Flask

from reports.blobs import Store, marker
from reports.db import make_session_factory
from reports.errors import StoreFailed
from reports.instance import read_instance_id
from reports.roster import bootstrap
from reports.stores import list_stores
from reports.tombstones import FILES, MAIL
from tests.support.cast import NOW
from tests.support.web import put_services
from webapp import create_app
from webapp.config import Config
from webapp.site.app_services import get_services

pytestmark = pytest.mark.usefixtures("quick_keys")

Make = Callable[[str], Flask]


@pytest.fixture(params=["folder", "bucket"])
def instance_in(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Make]:
    """An application over the data folder of that name, with a store of its own."""
    made: list[Flask] = []
    url = "" if request.param == "folder" else request.getfixturevalue("bucket")

    def make(name: str, at: str = "") -> Flask:
        settings = {"WAYSIDE_DATA_DIR": str(tmp_path / name)}
        if url:
            settings["WAYSIDE_BLOB_URL"] = f"{url}/{at or name}"
        elif at:
            (tmp_path / name).mkdir()
            (tmp_path / name / "blobs").symlink_to(tmp_path / at / "blobs")
        app = create_app(Config.from_environ(settings))
        put_services(app, clock=lambda: NOW)
        made.append(app)
        return app

    yield make
    for app in made:
        get_services(app).engine.dispose()


def run(app: Flask, *arguments: str, exit_code: int = 0) -> str:
    done = app.test_cli_runner().invoke(args=list(arguments))
    assert done.exit_code == exit_code, done.output
    return done.output


def stores_of(app: Flask) -> dict[str, Store]:
    return list_stores(get_services(app).config.domain)


def id_of(app: Flask) -> UUID:
    with make_session_factory(get_services(app).engine)() as session:
        return read_instance_id(session)


def marks_of(app: Flask) -> set[UUID | None]:
    return {marker.read(store, place) for place, store in stores_of(app).items()}


def is_founded(app: Flask) -> bool:
    with make_session_factory(get_services(app).engine)() as session:
        return bootstrap.is_founded(session)


def test_founding_marks_both_and_a_second_run_leaves_them(instance_in: Make) -> None:
    app = instance_in("one")
    run(app, "init", "--json")
    assert marks_of(app) == {id_of(app)}
    run(app, "init")
    assert marks_of(app) == {id_of(app)}


def test_a_second_instance_is_not_founded_on_a_live_store(instance_in: Make) -> None:
    first = instance_in("one")
    run(first, "init")
    stores_of(first)[FILES].put("ab.12", [b"a file"])
    second = instance_in("two", at="one")
    assert "belongs to another instance" in run(second, "init", exit_code=1)
    assert not is_founded(second)
    assert marks_of(first) == {id_of(first)}
    assert stores_of(first)[FILES].list_names() == {"ab.12"}


def test_nor_on_a_live_mail_folder(instance_in: Make) -> None:
    app = instance_in("one")
    marker.write(stores_of(app)[MAIL], uuid4())
    assert "mail folder belongs to another" in run(app, "init", exit_code=1)
    assert not is_founded(app)


def test_nor_in_a_bucket_that_others_use(instance_in: Make) -> None:
    app = instance_in("one")
    stores_of(app)[FILES].put("payroll.xlsx", [b"theirs"])
    assert "such as s3://bucket/folder" in run(app, "init", exit_code=1)
    assert not is_founded(app)
    assert stores_of(app)[FILES].list_names() == {"payroll.xlsx"}


def test_a_store_that_takes_nothing_is_named(
    instance_in: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = instance_in("one")

    def fail(*_arguments: object) -> None:
        raise StoreFailed("access denied")

    monkeypatch.setattr(type(stores_of(app)[FILES]), "put", fail)
    assert "can be read but not written" in run(app, "init", exit_code=1)
    assert not is_founded(app)


def test_a_demonstration_keeps_the_id_and_the_marks_of_the_instance_that_it_fills(
    instance_in: Make,
) -> None:
    app = instance_in("one")
    run(app, "init")
    before = id_of(app)
    run(app, "demo", "--reports", "1", "--new")
    assert id_of(app) == before
    assert marks_of(app) == {before}


def test_a_demonstration_marks_the_stores_of_the_instance_that_it_founds(
    instance_in: Make,
) -> None:
    app = instance_in("one")
    run(app, "demo", "--reports", "1", "--new")
    assert marks_of(app) == {id_of(app)}


def test_a_restored_instance_has_marked_the_stores_that_it_filled(
    instance_in: Make, tmp_path: Path
) -> None:
    first, second = instance_in("one"), instance_in("two")
    run(first, "demo", "--reports", "2", "--new")
    run(first, "backup", str(tmp_path / "copy"))
    assert marker.MARKER.encode() not in (tmp_path / "copy").read_bytes()
    run(second, "restore", str(tmp_path / "copy"))
    assert id_of(second) == id_of(first)
    assert marks_of(second) == {id_of(first)}
    assert "0 unknown, 0 missing" in run(second, "files-check")


def test_nothing_is_restored_into_the_store_of_another(instance_in: Make, tmp_path: Path) -> None:
    first, second = instance_in("one"), instance_in("two")
    run(first, "demo", "--reports", "1", "--new")
    run(first, "backup", str(tmp_path / "copy"))
    marker.write(stores_of(second)[FILES], other := uuid4())
    assert "belongs to another" in run(second, "restore", str(tmp_path / "copy"), exit_code=1)
    assert not is_founded(second)
    assert marker.read(stores_of(second)[FILES], "x") == other


def test_no_backup_is_taken_from_the_store_of_another(instance_in: Make, tmp_path: Path) -> None:
    app = instance_in("one")
    run(app, "init")
    marker.write(stores_of(app)[FILES], uuid4())
    assert "belongs to another" in run(app, "backup", str(tmp_path / "copy"), exit_code=1)
    assert not (tmp_path / "copy").exists()


def test_nothing_unknown_is_erased_in_the_store_of_another(instance_in: Make) -> None:
    app = instance_in("one")
    run(app, "init")
    marker.write(stores_of(app)[FILES], uuid4())
    said = run(app, "files-check", "--erase", "--all-the-same", exit_code=1)
    assert "belongs to another" in said
