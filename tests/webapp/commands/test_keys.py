"""Founding alone makes keys; every command that needs them refuses others, and changes nothing."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner
from sqlalchemy.orm import Session

from reports.db import make_session_factory
from reports.instance import read_instance_id, require_keys
from reports.model import Organisation
from reports.roster import bootstrap
from reports.vault import WORKER_KEYS, Marker, Vault
from reports.vault.purposes import format_files
from tests.support.cast import NOW
from tests.support.key_faults import FAULTS, KeyFault, read_files
from tests.support.once import worked_out_once
from tests.support.revisions import read_all
from tests.support.web import put_services
from webapp import create_app
from webapp.commands import init as init_command
from webapp.config import Config
from webapp.site.app_services import get_services

pytestmark = pytest.mark.usefixtures("quick_keys")

KEYED = {
    "staff-add": ("Bela", "--role", "triager", "--desk", "be"),
    "recover": ("Bela",),
    "contact-set": ("be-payoke", "--email", "a@b.test", "--key", "{file}"),
    "mail-report": (),
    "custody-verify": (),
    "backup": ("{file}.tar",),
    "init": (),
    "demo": ("--reports", "1"),
}
"""All but `restore`, which brings keys (tests/reports/test_backup.py), `worker`, which needs no
pepper, and those without any."""
Found = Callable[[], Flask]


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    return tmp_path / "var"


@pytest.fixture
def start(data_dir: Path, database_url: str) -> Iterator[Found]:
    """A process over the data folder and the database, on each engine: `start()`."""
    made: list[Flask] = []

    def make() -> Flask:
        environ = {"WAYSIDE_DATA_DIR": str(data_dir), "WAYSIDE_DATABASE_URL": database_url}
        with worked_out_once():
            made.append(create_app(Config.from_environ({**environ, "WAYSIDE_LANGUAGES": "en"})))
        put_services(made[-1], clock=lambda: NOW)
        return made[-1]

    yield make
    for app in made:
        get_services(app).engine.dispose()


@pytest.fixture
def run(start: Found) -> FlaskCliRunner:
    return start().test_cli_runner()


@pytest.fixture
def session(start: Found) -> Iterator[Session]:
    with make_session_factory(get_services(start()).engine)() as session:
        yield session


def output(run: FlaskCliRunner, *arguments: str, exit_code: int = 0) -> str:
    done = run.invoke(args=list(arguments), input="")
    assert done.exit_code == exit_code, done.output
    return done.output


def read_id(session: Session) -> UUID:
    """The id of the instance; nobody who writes waits for the session that read it."""
    found = read_instance_id(session)
    session.rollback()
    return found


def test_init_marks_the_keys_folder_as_that_of_its_instance(
    run: FlaskCliRunner, session: Session, data_dir: Path
) -> None:
    output(run, "init")
    marker = data_dir / "keys" / "instance"
    assert marker.read_text() == f"{read_id(session)}\n"
    assert marker.stat().st_mode & 0o777 == 0o444
    before = read_files(data_dir)
    assert output(run, "init") == "Wayside is set up already.\n"
    assert read_files(data_dir) == before


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
def test_no_command_goes_on_without_the_right_keys(
    start: Found, session: Session, data_dir: Path, fault: KeyFault
) -> None:
    """In one sentence that names the file; no command makes a key, or writes a row."""
    output(start().test_cli_runner(), "init")
    fault.make(data_dir / "keys")
    (data_dir / "file").write_bytes(b"")
    before = read_files(data_dir), read_all(session.get_bind().engine)
    run = start().test_cli_runner()
    for name, arguments in KEYED.items():
        told = [argument.format(file=data_dir / "file") for argument in arguments]
        said = output(run, name, *told, exit_code=1)
        assert said.startswith(f"Error: {data_dir / 'keys' / fault.file} "), name
        assert said.count("\n") == 1
        assert (read_files(data_dir), read_all(session.get_bind().engine)) == before, name


@pytest.mark.parametrize("file", [*WORKER_KEYS, "roster.pub"])
@pytest.mark.parametrize("content", [None, b"o" * 16])
def test_a_worker_does_not_begin_without_the_keys_of_its_own(
    start: Found, data_dir: Path, file: str, content: bytes | None
) -> None:
    output(start().test_cli_runner(), "init")
    (data_dir / "keys" / file).unlink()
    if content:
        (data_dir / "keys" / file).write_bytes(content)
    said = output(start().test_cli_runner(), "worker", exit_code=1)
    assert said.startswith(f"Error: {data_dir / 'keys' / file} is ")
    output(start().test_cli_runner(), "init", exit_code=1 if file == "roster.pub" else 0)


def test_a_worker_does_not_begin_with_the_keys_of_another_instance(
    start: Found, data_dir: Path
) -> None:
    output(start().test_cli_runner(), "init")
    (data_dir / "keys" / "outbox").write_bytes(format_files(b"o" * 32)["outbox"])
    said = output(start().test_cli_runner(), "worker", exit_code=1)
    assert said.startswith(f"Error: {data_dir / 'keys' / 'outbox'} is not the one of the instance")


def test_a_second_instance_is_not_founded_on_the_keys_of_a_live_one(
    run: FlaskCliRunner, data_dir: Path, tmp_path: Path, session: Session
) -> None:
    output(run, "init")
    before = read_files(data_dir)
    url = f"sqlite:///{tmp_path / 'second.db'}"
    second = create_app(
        Config.from_environ({"WAYSIDE_DATA_DIR": str(data_dir), "WAYSIDE_DATABASE_URL": url})
    )
    for name in ("init", "demo"):
        said = output(second.test_cli_runner(), name, exit_code=1)
        assert f"{data_dir / 'keys'} holds the keys of an instance, and the database" in said
    get_services(second).engine.dispose()
    assert read_files(data_dir) == before
    assert require_keys(session, data_dir)


def test_keys_without_a_marker_are_those_of_an_instance_too(
    run: FlaskCliRunner, data_dir: Path
) -> None:
    Vault.create(data_dir)
    (data_dir / "keys" / "instance").unlink()
    assert "holds the keys of an instance" in output(run, "init", exit_code=1)


def test_an_instance_of_before_the_marker_is_marked_by_init(
    run: FlaskCliRunner, session: Session, data_dir: Path
) -> None:
    output(run, "init")
    before = read_files(data_dir)
    row = session.get_one(Organisation, 1)
    checks = (row.pepper_check, row.roster_check)
    row.pepper_check = row.roster_check = b""
    session.commit()
    (data_dir / "keys" / "instance").unlink()
    assert "lines hold" in output(run, "custody-verify")
    assert output(run, "init") == "Wayside is set up already.\n"
    session.refresh(row)
    assert (row.pepper_check, row.roster_check) == checks
    assert read_files(data_dir) == before


def test_keys_that_nobody_may_write_serve_an_instance_that_is_marked(
    run: FlaskCliRunner, data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    output(run, "init")

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("reports.vault.key_folder._write_private", refuse)
    assert output(run, "init") == "Wayside is set up already.\n"


def test_what_init_tells_is_told_before_anything_else_can_fail(
    run: FlaskCliRunner, monkeypatch: pytest.MonkeyPatch, session: Session, data_dir: Path
) -> None:
    def fail() -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(init_command, "mark_keys", fail)
        said = run.invoke(args=["init", "--json"]).output
    assert json.loads(said.splitlines()[0])["recovery_key"]
    assert require_keys(session, data_dir)
    session.rollback()
    output(run, "init")
    assert (data_dir / "keys" / "instance").read_text() == f"{read_id(session)}\n"


def test_a_founding_that_fails_can_be_begun_again(
    run: FlaskCliRunner, monkeypatch: pytest.MonkeyPatch, session: Session, data_dir: Path
) -> None:
    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(bootstrap.custody, "append", fail)
        assert run.invoke(args=["init"]).exit_code == 1
    assert "Recovery key" in output(run, "init")
    assert require_keys(session, data_dir)


def test_a_demonstration_goes_on_with_the_id_of_the_instance_that_it_takes_over(
    run: FlaskCliRunner, session: Session, data_dir: Path
) -> None:
    output(run, "init")
    before = read_id(session)
    output(run, "demo", "--reports", "0")
    assert read_instance_id(session) == before
    assert require_keys(session, data_dir)
    folder = Vault.load(data_dir).key_folder
    assert folder.read_marker() == Marker(before)
