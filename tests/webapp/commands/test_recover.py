"""`recover`: the key on paper gives an instance its administrator back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner
from sqlalchemy import func, select

from reports.db import make_session_factory
from reports.model import CustodyLine, Staff
from reports.roster import invitation
from tests.support.cast import NOW
from tests.support.web import put_services
from webapp import create_app
from webapp.config import Config
from webapp.site.app_services import get_services


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    """An application over a folder of its own, not founded yet."""
    made = create_app(Config.from_environ({"WAYSIDE_DATA_DIR": str(tmp_path / "var")}))
    put_services(made, clock=lambda: NOW)
    yield made
    get_services(made).engine.dispose()


@pytest.fixture
def run(app: Flask) -> FlaskCliRunner:
    return app.test_cli_runner()


def rows(app: Flask) -> tuple[int, int]:
    """How many people and how many lines of custody there are."""
    with make_session_factory(get_services(app).engine)() as session:
        found = (session.scalar(select(func.count()).select_from(t)) for t in (Staff, CustodyLine))
        people, lines = (count or 0 for count in found)
        return people, lines


def test_the_paper_key_prints_a_link_and_is_not_shown(app: Flask, run: FlaskCliRunner) -> None:
    key = json.loads(run.invoke(args=["init", "--json"]).output)["recovery_key"]
    done = run.invoke(args=["recover", "  New   Dana "], input=f"{key}\n")
    assert done.exit_code == 0, done.output
    assert key not in done.output
    link = next(line for line in done.output.splitlines() if "/desk/setup#" in line)
    with make_session_factory(get_services(app).engine)() as session:
        staff, _ = invitation.find(session, link.rpartition("#")[2], NOW)
        assert (staff.name, staff.role) == ("New Dana", "administrator")


@pytest.mark.parametrize("typed", ["", "no\n", "AAAA-BBBB-CCCC\n", "é\n"])
def test_a_wrong_key_is_told_in_a_sentence_and_changes_nothing(
    app: Flask, run: FlaskCliRunner, typed: str
) -> None:
    run.invoke(args=["init"])
    before = rows(app)
    done = run.invoke(args=["recover", "Eva"], input=typed)
    assert done.exit_code == 1
    assert "does not open this instance" in done.output
    assert "Nothing was changed" in done.output
    assert rows(app) == before


@pytest.mark.parametrize("name", ["", "  ", "x" * 81, "administrator", "a\x00b"])
def test_a_name_that_cannot_be_is_told(app: Flask, run: FlaskCliRunner, name: str) -> None:
    key = json.loads(run.invoke(args=["init", "--json"]).output)["recovery_key"]
    before = rows(app)
    done = run.invoke(args=["recover", name], input=f"{key}\n")
    assert done.exit_code == 2
    assert "NAME" in done.output
    assert rows(app) == before


def test_without_an_instance_there_is_nothing_to_recover(run: FlaskCliRunner) -> None:
    done = run.invoke(args=["recover", "Eva"], input="AAAA\n")
    assert done.exit_code == 1
    assert "wsgi init" in done.output
