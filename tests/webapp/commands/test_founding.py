"""The commands that make, fill and check an instance, on an empty folder as a newcomer has it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pyotp
import pytest
from flask import Flask
from flask.testing import FlaskCliRunner
from sqlalchemy import delete, func, select

from reports import codes, mailbox
from reports.db import begin_write, make_session_factory
from reports.model import ContactSetting, CustodyLine, Desk, Publication, Report, Staff
from reports.roster import bootstrap, invitation, sign_in
from reports.roster.factor import OfferedFactor
from reports.roster.sign_in import SignInAttempt
from reports.vault import Vault
from tests.support.cast import NOW
from tests.support.site import ROOT, START, flask
from tests.support.web import put_services
from webapp import create_app
from webapp.config import Config
from webapp.site.app_services import get_services

pytestmark = pytest.mark.usefixtures("quick_keys")

CAST = ("Dana", "Bela", "Chidi", "Emil", "Fatou")


@pytest.fixture
def bare_app(tmp_path: Path) -> Iterator[Flask]:
    """An application over a folder that does not exist yet."""
    app = create_app(Config.from_environ({"WAYSIDE_DATA_DIR": str(tmp_path / "var")}))
    put_services(app, clock=lambda: NOW)
    yield app
    get_services(app).engine.dispose()


@pytest.fixture
def run(bare_app: Flask) -> FlaskCliRunner:
    return bare_app.test_cli_runner()


def output(run: FlaskCliRunner, *arguments: str, exit_code: int = 0) -> str:
    done = run.invoke(args=list(arguments))
    assert done.exit_code == exit_code, done.output
    return done.output


def count(app: Flask, table: type) -> int:
    with make_session_factory(get_services(app).engine)() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_init_tells_its_secrets_once(run: FlaskCliRunner, bare_app: Flask, tmp_path: Path) -> None:
    told = json.loads(output(run, "init", "--json"))
    assert told["setup_link"].startswith("http://127.0.0.1:8001/desk/setup#")
    assert count(bare_app, Desk) == 4
    assert json.loads(output(run, "init", "--json")) == {"founded": False}
    assert "already" in output(run, "init")
    kept = b"".join(path.read_bytes() for path in (tmp_path / "var").rglob("*") if path.is_file())
    for secret in (told["recovery_key"], told["setup_link"].rpartition("#")[2]):
        assert secret.encode() not in kept


def test_the_link_of_init_sets_up_the_first_administrator(
    run: FlaskCliRunner, bare_app: Flask, tmp_path: Path
) -> None:
    link = json.loads(output(run, "init", "--json"))["setup_link"].rpartition("#")[2]
    with make_session_factory(get_services(bare_app).engine)() as session:
        staff, _ = invitation.find(session, link, NOW)
        assert (staff.name, staff.role) == (bootstrap.FIRST_NAME, "administrator")


def test_staff_added_here_wait_for_an_administrator(run: FlaskCliRunner, bare_app: Flask) -> None:
    output(run, "init")
    said = output(run, "staff-add", "Bela", "--role", "triager", "--desk", "be")
    assert "/desk/setup#" in said
    assert "an administrator confirms Bela" in said
    with make_session_factory(get_services(bare_app).engine)() as session:
        bela = session.scalars(select(Staff).where(Staff.name == "Bela")).one()
        assert (bela.state, bela.public, bela.signature) == ("invited", None, None)


@pytest.mark.parametrize(
    "arguments",
    [
        ("Bela", "--role", "boss", "--desk", "be"),
        ("Bela", "--role", "triager", "--desk", "mars"),
        ("ADMINISTRATOR", "--role", "triager", "--desk", "be"),
        ("  ", "--role", "triager", "--desk", "be"),
        ("Bela", "--role", "triager"),
    ],
)
def test_staff_that_cannot_be_added_are_not(
    run: FlaskCliRunner, bare_app: Flask, arguments: tuple[str, ...]
) -> None:
    output(run, "init")
    output(run, "staff-add", *arguments, exit_code=2)
    assert count(bare_app, Staff) == 1


def test_a_demonstration_gives_a_visitor_all_they_need(
    run: FlaskCliRunner, bare_app: Flask, tmp_path: Path
) -> None:
    output(run, "init")
    told = json.loads(output(run, "demo", "--reports", "7", "--seed", "3", "--json"))
    assert count(bare_app, Report) == 7
    assert [person["name"] for person in told["staff"]] == list(CAST)
    assert count(bare_app, ContactSetting)
    assert count(bare_app, Publication)
    bela = next(person for person in told["staff"] if person["name"] == "Bela")
    vault = Vault.load(tmp_path / "var")
    with make_session_factory(get_services(bare_app).engine)() as session:
        key = sign_in.derive_password_key(session, vault, "Bela", bela["password"])
        begin_write(session)
        code = pyotp.TOTP(bela["totp_secret"]).at(NOW)
        cookie = sign_in.sign_in(
            session, vault, SignInAttempt("Bela", key, OfferedFactor(code)), NOW
        )
        held = sign_in.resume(session, vault, cookie, NOW)
        readable = [desk.name for desk in held.list_desks(session)]
        receipt = codes.parse(told["receipt_codes"][0])
        receipt_key = vault.derive_receipt_key(receipt.locator, receipt.secret)
        visit = mailbox.enter(session, vault, receipt, receipt_key, NOW)
        assert mailbox.resume(session, visit, NOW).report.status == "received"
    assert readable == ["be"]


def test_a_demonstration_can_be_of_new_reports_alone(run: FlaskCliRunner, bare_app: Flask) -> None:
    told = json.loads(output(run, "demo", "--reports", "5", "--new", "--json"))
    with make_session_factory(get_services(bare_app).engine)() as session:
        assert set(session.scalars(select(Report.status))) == {"received"}
    assert [person["name"] for person in told["staff"]] == [*CAST[:-1]]
    assert count(bare_app, ContactSetting) == 0


def test_the_same_seed_makes_up_the_same_reports(tmp_path: Path) -> None:
    def made(name: str, seed: str) -> list[tuple[object, ...]]:
        app = create_app(Config.from_environ({"WAYSIDE_DATA_DIR": str(tmp_path / name)}))
        put_services(app, clock=lambda: NOW)
        output(app.test_cli_runner(), "demo", "--reports", "12", "--seed", seed, "--new")
        columns = (Report.country, Report.form, Report.urgency, Report.received_day)
        with make_session_factory(get_services(app).engine)() as session:
            rows = sorted(str(tuple(row)) for row in session.execute(select(*columns)))
        get_services(app).engine.dispose()
        return [(row,) for row in rows]

    assert made("one", "5") == made("two", "5")
    assert made("three", "6") != made("one-again", "5")


def test_a_demonstration_touches_no_instance_in_use(run: FlaskCliRunner, bare_app: Flask) -> None:
    output(run, "demo", "--reports", "2")
    assert "in use" in output(run, "demo", "--reports", "2", exit_code=1)
    assert count(bare_app, Report) == 2


def test_production_has_no_demonstration(tmp_path: Path) -> None:
    settings = {
        "WAYSIDE_DATA_DIR": str(tmp_path / "var"),
        "WAYSIDE_ENV": "production",
        "WAYSIDE_MAIL_FROM": "desk@example.org",
        "WAYSIDE_EXIT_URL": "https://example.org/",
    }
    app = create_app(Config.from_environ(settings))
    said = output(app.test_cli_runner(), "demo", exit_code=1)
    assert "production" in said
    get_services(app).engine.dispose()


def test_custody_verify_names_the_first_broken_line(run: FlaskCliRunner, bare_app: Flask) -> None:
    output(run, "demo", "--reports", "1")
    assert "lines hold" in output(run, "custody-verify")
    with make_session_factory(get_services(bare_app).engine)() as session:
        begin_write(session)
        zero = CustodyLine.chain == bootstrap.custody.INSTANCE
        session.execute(delete(CustodyLine).where(zero, CustodyLine.number == 2))
        session.commit()
    assert "line 2" in output(run, "custody-verify", exit_code=1)


def test_every_language_is_counted(run: FlaskCliRunner) -> None:
    rows = {row["tag"]: row for row in json.loads(output(run, "languages", "--json"))}
    assert rows["ar"]["direction"] == "rtl"
    assert rows["en"]["translated"]["messages"] == 1.0
    assert set(rows) >= {"en", "nl", "fr", "de", "ar"}
    assert "Nederlands" in output(run, "languages")


@pytest.mark.parametrize("command", ["init", "restore"])
def test_of_two_that_begin_at_once_one_does_it_and_the_other_says_so(
    tmp_path: Path, bare_database_url: str, command: str
) -> None:
    """As where a web server and a worker are set up by the same script at the same time."""
    arguments = [command]
    if command == "restore":
        arguments.append(str(tmp_path / "copy"))
        source = {**os.environ, "WAYSIDE_DATA_DIR": str(tmp_path / "source")}
        for first in (["init"], ["backup", arguments[1]]):
            flask(source, *first)
    told = {"WAYSIDE_DATA_DIR": str(tmp_path / "var"), "WAYSIDE_DATABASE_URL": bare_database_url}
    line = [sys.executable, "-m", "flask", "--app", "wsgi", *arguments]
    pipe, errors = subprocess.PIPE, subprocess.STDOUT
    both = [
        subprocess.Popen(
            line, cwd=ROOT, env={**os.environ, **told}, stdout=pipe, stderr=errors, text=True
        )
        for _ in range(2)
    ]
    said = [each.communicate(timeout=START)[0] for each in both]
    assert not [each for each in said if "Traceback" in each]
    done = "shown once and stored nowhere" if command == "init" else "rows are back"
    assert any(done in each for each in said)
    if command == "init":
        assert sum(done in each for each in said) == 1
    assert flask({**os.environ, **told}, "custody-verify").returncode == 0
