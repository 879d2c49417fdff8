"""Whoever still runs while a restore brings another instance writes nothing into that one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Final

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from reports.db import begin_write, make_engine, make_session_factory
from reports.errors import FolderOfAnother
from reports.instance import require_still, stop_writers
from reports.worker import Worker
from tests.support.cast import NOW, cheap_vault, newly_founded
from tests.support.forms import Form, code_on
from tests.support.web import put_services
from webapp import create_app
from webapp.config import Config
from webapp.site.app_services import get_services

pytestmark = pytest.mark.usefixtures("quick_keys")

Make = Callable[[str], Flask]
JOBS: Final = ("deliver", "purge", "chase")
"""The jobs of a worker that write; without a mail server `notify` only says that it ran."""


@pytest.fixture
def start(tmp_path: Path, database_url: str) -> Iterator[Make]:
    """A process over the database, or one over the data folder of that name."""
    made: list[Flask] = []

    def make(name: str) -> Flask:
        environ = {"WAYSIDE_DATA_DIR": str(tmp_path / name), "WAYSIDE_LANGUAGES": "en"}
        if name == "var":
            environ["WAYSIDE_DATABASE_URL"] = database_url
        made.append(create_app(Config.from_environ(environ)))
        put_services(made[-1], clock=lambda: NOW)
        return made[-1]

    yield make
    for app in made:
        get_services(app).engine.dispose()


@pytest.fixture
def copy(start: Make, tmp_path: Path) -> str:
    """A backup of another instance."""
    other, file = start("other"), str(tmp_path / "copy")
    run(other, "init")
    run(other, "backup", file)
    return file


def run(app: Flask, *arguments: str) -> str:
    done = app.test_cli_runner().invoke(args=list(arguments))
    assert done.exit_code == 0, done.output
    return done.output


def test_a_web_server_takes_a_report_only_under_the_keys_of_the_instance_that_is_there(
    start: Make, copy: str
) -> None:
    """It says that it cannot now, the form kept; the same form is taken when it is sent again."""
    run(start("var"), "init")
    web = start("var")
    form = Form(web.test_client())
    review = form.to_step(9)
    assert review.status_code == 200
    run(start("var"), "restore", copy)
    assert form.press("send").status_code == 503
    # What was typed before the restore went with the drafts of before.
    again = Form(web.test_client())
    again.to_step(9)
    code = code_on(again.press("send"))
    fresh = Form(start("var").test_client(), "/en/6")
    assert "Your mailbox" in fresh.press("open", c=code).get_data(as_text=True)
    assert "lines hold" in run(start("var"), "custody-verify")


@pytest.mark.parametrize("job", JOBS)
def test_a_worker_does_nothing_in_an_instance_that_is_not_the_one_it_began_with(
    start: Make, copy: str, job: str
) -> None:
    run(start("var"), "init")
    services = get_services(start("var"))
    worker = Worker(services.config.domain, services.vault, services.engine)
    getattr(worker, job)()
    run(start("var"), "restore", copy)
    with pytest.raises(FolderOfAnother):
        getattr(worker, job)()
    assert "lines hold" in run(start("var"), "custody-verify")


def test_a_restore_waits_for_who_writes_and_who_comes_later_waits_for_it(
    postgres_url: str, tmp_path: Path
) -> None:
    """SQLite has one writer at a time."""
    engine = make_engine(postgres_url)
    make = make_session_factory(engine)
    with make() as session:
        vault = newly_founded(session, cheap_vault(tmp_path / "var")).vault
    both: tuple[Callable[[Session], None], ...] = (
        partial(require_still, vault=vault),
        stop_writers,
    )
    for first, second in (both, both[::-1]):
        with make() as early, make() as late:
            begin_write(early)
            first(early)
            begin_write(late)
            late.execute(text("SET LOCAL lock_timeout = '100ms'"))
            with pytest.raises(OperationalError):
                second(late)
            early.commit()
            begin_write(late)
            second(late)
    engine.dispose()
