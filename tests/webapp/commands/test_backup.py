"""`backup` and `restore` on the command line, from one data folder into another."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask

from tests.support.cast import NOW
from tests.support.web import put_services
from webapp import create_app
from webapp.config import Config
from webapp.site.app_services import get_services

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
