"""`backup` and `restore` on the command line, from one data folder into another."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from unittest.mock import Mock
from uuid import uuid4

import click
import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError

from reports import tombstones
from reports.attachments.objects import erase_rows, make_object_name
from reports.model import Attachment
from tests.support.cast import NOW
from tests.support.web import put_services
from webapp import cli, create_app
from webapp.config import Config
from webapp.site.app_services import get_services
from webapp.site.db import get_session, transaction

Make = Callable[[str], Flask]


@pytest.fixture
def instance_in(tmp_path: Path) -> Iterator[Make]:
    """An application over the data folder of that name."""
    made: list[Flask] = []

    def make(name: str) -> Flask:
        app = create_app(Config.from_environ({"WAYSIDE_DATA_DIR": str(tmp_path / name)}))
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


def test_a_backup_becomes_the_instance_of_an_empty_folder(
    instance_in: Make, tmp_path: Path
) -> None:
    first, second, file = instance_in("first"), instance_in("second"), str(tmp_path / "copy")
    run(first, "demo", "--reports", "2")
    assert "rows" in run(first, "backup", file)
    assert "rows are back" in run(second, "restore", file)
    assert "lines hold" in run(second, "custody-verify")


def test_what_is_in_use_is_not_overwritten(instance_in: Make, tmp_path: Path) -> None:
    app, file = instance_in("first"), str(tmp_path / "copy")
    run(app, "demo", "--reports", "0")
    run(app, "backup", file)
    assert "in use: nothing was changed" in run(app, "restore", file, exit_code=1)


def test_nothing_to_back_up_and_a_file_that_is_no_backup_are_said_in_words(
    instance_in: Make, tmp_path: Path
) -> None:
    app, file = instance_in("first"), tmp_path / "copy"
    assert "wsgi init" in run(app, "backup", str(file), exit_code=1)
    file.write_bytes(b"no backup")
    assert "is damaged" in run(app, "restore", str(file), exit_code=1)
    run(app, "init")
    nowhere = str(tmp_path / "nowhere" / "copy")
    assert "no backup was made" in run(app, "backup", nowhere, exit_code=1)


def begin_forms(app: Flask) -> tuple[str, str]:
    """A form with a file, and one whose file was taken out of it again; the names of both."""
    with app.app_context(), transaction() as session:
        names = []
        for place in (b"sent never", b"taken out"):
            id = uuid4()
            names.append(make_object_name(id))
            get_services().store.put(names[-1], [b"sealed"])
            row = Attachment(id=id, slot=0, blob=names[-1], sealed=b"", seal=b"", place=place)
            row.expires_at = NOW + timedelta(hours=1)
            session.add(row)
        session.flush()
        erase_rows(session, Attachment.place == b"taken out")
    return names[0], names[1]


def list_what_goes(app: Flask) -> set[str]:
    """The beginnings of the names of all objects that a tombstone names."""
    with app.app_context():
        return {f"{each.hex}." for each in tombstones.list_rows(get_session(), tombstones.FILES)}


def test_what_no_form_can_open_any_more_is_erased_and_no_loss(
    instance_in: Make, tmp_path: Path
) -> None:
    """Also where a backup goes back into the instance that it is of, twice in a row."""
    first, second, file = instance_in("first"), instance_in("second"), str(tmp_path / "copy")
    run(first, "init")
    names = begin_forms(first)
    run(first, "backup", file)
    run(second, "restore", file)
    assert "0 unknown, 0 missing" in run(second, "files-check")
    for _ in range(2):
        assert "rows are back" in run(first, "restore", file)
        assert "2 known, 0 unknown, 0 missing" in run(first, "files-check")
        assert {name[:33] for name in names} <= list_what_goes(first)


def test_what_ends_a_restore_is_said_in_words(
    instance_in: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app, file = instance_in("first"), str(tmp_path / "copy")
    run(app, "init")
    run(app, "backup", file)
    failures = {
        "No space left on device": OSError(28, "No space left on device"),
        "its disk is full": OperationalError("", None, Exception()),
    }
    for words, failure in failures.items():
        with monkeypatch.context() as patch:
            patch.setattr("reports.vault.KeyFolder.write_keys", Mock(side_effect=failure))
            assert words in run(app, "restore", file, exit_code=1)


@pytest.mark.parametrize("command", sorted(cli.AS_IT_IS, key=lambda each: each.name or ""))
def test_no_command_of_an_instance_that_is_not_there_ends_with_a_traceback(
    instance_in: Make, tmp_path: Path, command: click.Command
) -> None:
    """The schema is there, as after a restore that was refused."""
    app, broken = instance_in("first"), tmp_path / "no backup"
    broken.write_bytes(b"no backup")
    run(app, "restore", str(broken), exit_code=1)
    needed = {"staff-add": ("Bela", "--role", "triager", "--desk", "be"), "recover": ("Bela",)}
    file = ("be-payoke", "--email", "a@b.test", "--key", str(broken))
    needed |= {"backup": (str(tmp_path / "copy"),), "contact-set": file}
    name = command.name or ""
    done = app.test_cli_runner().invoke(args=[name, *needed.get(name, ())], input="")
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
