"""Every command that opens the database refuses one of another version, and leaves it alone."""

from __future__ import annotations

import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine, text

from reports.db import get_head_revision, make_engine
from tests.support.revisions import read_all
from tests.support.second import PutNext
from tests.support.web import put_services
from webapp.cli import COMMANDS
from webapp.site.app_services import get_services

REFUSING = {
    "staff-add": ("Bela", "--role", "triager", "--desk", "be"),
    "recover": ("Bela",),
    "contact-set": ("be-payoke", "--email", "a@b.test", "--key", "{file}"),
    "mail-report": (),
    "custody-verify": (),
    "files-check": (),
    "backup": ("{file}.tar",),
    "worker": (),
}
"""Commands that open the database as it is."""
MOVING = {"init": (), "demo": (), "restore": ("{file}",)}
"""Commands that bring an older schema to ours; a newer one is refused by these too."""
WITHOUT = {
    "route": ("--mode", "help"),
    "languages": (),
    "roles": (),
    "print": ("{file}.papers", "--url", "https://site.test"),
}
"""Commands that need no database."""
LONG = ("countries-check", "export")
"""Two more that need none, and take long."""
ANSWERED = {k: v for k, v in {**REFUSING, **MOVING}.items() if k != "worker"}
"""Commands that do not wait for the database."""
NEWER = "Error: The database is at revision 9999, made by a newer Wayside"

Run = Callable[[str, tuple[str, ...]], tuple[int, str]]


@pytest.fixture
def english(make_app: Callable[..., Flask]) -> Flask:
    return make_app(WAYSIDE_LANGUAGES="en")


@pytest.fixture
def run(english: Flask, tmp_path: Path) -> Run:
    file = tmp_path / "file"
    file.write_bytes(b"")

    def act(name: str, arguments: tuple[str, ...]) -> tuple[int, str]:
        told = [argument.format(file=file) for argument in arguments]
        done = english.test_cli_runner().invoke(args=[name, *told], input="")
        return done.exit_code, done.output

    return act


def stamp(engine: Engine, revision: str | None) -> None:
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM alembic_version"))
        if revision:
            connection.execute(text("INSERT INTO alembic_version VALUES (:r)"), {"r": revision})


def test_every_command_says_what_it_needs() -> None:
    named = [*REFUSING, *MOVING, *WITHOUT, *LONG]
    assert sorted(named) == sorted(str(command.name) for command in COMMANDS)


@pytest.mark.parametrize(("name", "arguments"), {**REFUSING, **MOVING}.items())
def test_a_newer_database_is_refused(
    english: Flask, run: Run, name: str, arguments: tuple[str, ...]
) -> None:
    engine = get_services(english).engine
    stamp(engine, "9999")
    before = read_all(engine)
    exit_code, said = run(name, arguments)
    assert exit_code == 1
    assert said.startswith(NEWER)
    assert said.count("\n") == 1
    assert read_all(engine) == before


@pytest.mark.parametrize(("name", "arguments"), REFUSING.items())
def test_a_refusal_leaves_the_signals_of_the_process_as_they_were(
    english: Flask, run: Run, name: str, arguments: tuple[str, ...]
) -> None:
    """What a process starts afterwards inherits them, and must be able to hear SIGTERM."""
    stamp(get_services(english).engine, "9999")
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ())
    try:
        assert run(name, arguments)[0] == 1
    finally:
        after = signal.pthread_sigmask(signal.SIG_SETMASK, before)
    assert after == before


@pytest.mark.parametrize(("name", "arguments"), REFUSING.items())
def test_one_without_a_schema_is_refused(
    english: Flask, run: Run, name: str, arguments: tuple[str, ...]
) -> None:
    stamp(get_services(english).engine, None)
    exit_code, said = run(name, arguments)
    assert (exit_code, said) == (
        1,
        "Error: There is no schema in the database: run `flask --app wsgi init`\n",
    )


def test_an_older_one_is_refused_until_init_has_run(
    english: Flask, run: Run, put_next: PutNext
) -> None:
    ours, needed = get_head_revision(), put_next()
    exit_code, said = run("custody-verify", ())
    assert (exit_code, said) == (
        1,
        f"Error: The database is at revision {ours}, this Wayside needs {needed}: "
        "run `flask --app wsgi init`\n",
    )
    assert run("init", ())[0] == 0
    assert run("custody-verify", ()) == (0, "2 lines hold.\n")


@pytest.mark.parametrize(("name", "arguments"), ANSWERED.items())
def test_one_that_does_not_answer_is_a_sentence_too(
    make_app: Callable[..., Flask], tmp_path: Path, name: str, arguments: tuple[str, ...]
) -> None:
    (tmp_path / "file").write_bytes(b"")
    app = make_app()
    silent = make_engine(f"postgresql+psycopg:///x?host={tmp_path}")
    put_services(app, engine=silent)
    told = [argument.format(file=tmp_path / "file") for argument in arguments]
    done = app.test_cli_runner().invoke(args=[name, *told], input="")
    assert (done.exit_code, done.output) == (
        1,
        "Error: The database does not answer (WAYSIDE_DATABASE_URL).\n",
    )


@pytest.mark.parametrize(("name", "arguments"), WITHOUT.items())
def test_what_needs_no_database_runs_without_one(
    english: Flask, run: Run, name: str, arguments: tuple[str, ...]
) -> None:
    stamp(get_services(english).engine, "9999")
    exit_code, said = run(name, arguments)
    assert exit_code == 0, said
