"""The application in the test's own process, with its clock in the test's hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from jinja2.bccache import Bucket, BytecodeCache
from werkzeug.test import TestResponse

from reports.triage.match_task import match_here
from tests import page_checker
from tests.support.cast import NOW, cheap_vault
from tests.support.once import known, worked_out_once
from webapp import create_app
from webapp.config import Config
from webapp.site.app_services import KEY, get_services
from webapp.site.disk_guard import StoreRoom

SITE = "https://site.test"
EXIT_URL = "https://target.test/"


class Compiled(BytecodeCache):
    """Templates that a test compiled, for the next application of this process."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give what was compiled from the very same text; else nothing."""
        if code := self.kept.get(f"{bucket.key} {bucket.checksum}"):
            bucket.bytecode_from_string(code)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep it."""
        self.kept[f"{bucket.key} {bucket.checksum}"] = bucket.bytecode_to_string()


COMPILED = Compiled()


class AtSite(FlaskClient):
    """A client whose every request goes to `https://site.test`, where `__Host-` cookies live.

    Every answer is checked on the way (`tests/page_checker.py`).
    """

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        kwargs.setdefault("base_url", SITE)
        response = super().open(*args, **kwargs)
        page_checker.check(response)
        return response


@dataclass
class Clock:
    """The time that the application goes by; it stands until it is moved."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **amount: float) -> None:
        """Move on, as `forward(minutes=16)`."""
        self.now += timedelta(**amount)


def put_services(app: Flask, **parts: Any) -> None:
    """Lets `app` go on with these parts in place of its own: `put_services(app, clock=clock)`."""
    app.extensions[KEY] = replace(get_services(app), **parts)


def make_room(*, database: int = 10**12, files: int = 10**12, data_folder: int = 0) -> StoreRoom:
    """Stores that have so many bytes free; of the data folder no request asks."""
    return StoreRoom(lambda: data_folder, lambda: database, lambda: files)


def build(data_dir: Path, database_url: str, clock: Clock, settings: Mapping[str, str]) -> Flask:
    """The application over `database_url`, with cheap slow keys and `settings` (`WAYSIDE_*`)."""
    environ = {
        "WAYSIDE_DATA_DIR": str(data_dir),
        "WAYSIDE_DATABASE_URL": database_url,
        "WAYSIDE_EXIT_URL": EXIT_URL,
        **settings,
    }
    with worked_out_once():
        app = create_app(Config.from_environ(environ))
    known(get_services(app).engine)
    vault = cheap_vault(data_dir)
    # A child process for each report that is opened would take longer than the tests.
    put_services(app, clock=clock, load_vault=lambda: vault, matcher=match_here)
    app.jinja_env.bytecode_cache = COMPILED
    # What goes wrong inside fails the test; one that wants the error page says False here.
    app.config.update(TESTING=True, PROPAGATE_EXCEPTIONS=True)
    return app
