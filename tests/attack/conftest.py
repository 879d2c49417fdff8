"""One served instance to attack: the real server, the real costs, some made-up reports.

Nothing here leaves the machine. What is asked is bounded in number, and every wait in time. It runs
by `make attack` alone.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from uuid import UUID, uuid4

import pyotp
import pytest
from flask import Flask
from werkzeug.datastructures import Headers
from werkzeug.routing import Rule, UUIDConverter
from werkzeug.test import TestResponse

from tests import page_checker
from tests.support.desk import token_in
from tests.support.length import LONG
from tests.support.served import Answer, Served
from tests.support.site import flask
from webapp import create_app
from webapp.config import Config
from webapp.contacts.views import LettersConverter
from webapp.site.app_services import get_services

collect_ignore_glob = [] if LONG else ["test_*.py"]
KNOWN = {
    "language": "en",
    "letter": "b",
    "code": "b1",
    "place": "a",
    "name": "0" * 12 + ".css",
    "year": 2026,
    "dimension": "country",
    "contact_id": "be-payoke",
}
"""What stands in an address for the parts of its pattern that are no ids."""


@dataclass(frozen=True)
class Route:
    """One address with real ids in it, its pattern, and the methods that it knows."""

    path: str
    pattern: str
    methods: frozenset[str]


@dataclass
class Target:
    """The instance under attack, and what its people know."""

    site: Served
    app: Flask
    staff: Mapping[str, Mapping[str, str]]
    codes: tuple[str, ...]
    cookies: dict[str, str] = field(default_factory=dict)

    def cookie(self, name: str) -> str:
        """The cookie of somebody signed in, as a header's value; one sign-in a run."""
        if name not in self.cookies:
            known = self.staff[name]
            page = self.site.get("/desk/sign-in")
            typed = {
                "form_token": token_in(page.text),
                "name": name,
                "password": known["password"],
                "code": pyotp.TOTP(known["totp_secret"]).now(),
            }
            before = page.headers["Set-Cookie"].split(";")[0]
            answer = self.site.post("/desk/sign-in", typed, Cookie=before)
            assert answer.status == 303, answer.text[:2000]
            self.cookies[name] = answer.headers["Set-Cookie"].split(";")[0]
        return self.cookies[name]

    def routes(self) -> list[Route]:
        """Every address of the URL map."""
        return [
            Route(self._path(rule), str(rule.rule), frozenset(rule.methods or ()))
            for rule in self.app.url_map.iter_rules()
        ]

    def _path(self, rule: Rule) -> str:
        kinds = {name: type(kind) for name, kind in rule._converters.items()}
        values = {
            name: self._id(name) if kind is UUIDConverter else KNOWN[name]
            for name, kind in kinds.items()
        }
        if LettersConverter in kinds.values():
            values["code"] = "bz"
        built = rule.build(values)
        assert built, rule
        return built[1]

    def _id(self, name: str) -> UUID:
        """The id of something that is really there, where there is such a thing."""
        table = {
            "report_id": "report",
            "desk_id": "desk",
            "staff_id": "staff",
            "member_id": "staff",
        }
        if name not in table:
            return uuid4()
        [found] = self.query(f"SELECT id FROM {table[name]} ORDER BY id LIMIT 1")
        return UUID(bytes=found[0])

    def query(self, statement: str) -> list[tuple[Any, ...]]:
        """Look into the database from outside."""
        connection = sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)
        try:
            return connection.execute(statement).fetchall()
        finally:
            connection.close()

    @property
    def database(self) -> Path:
        return self.site.data_dir / "wayside.db"

    def rows(self, *but: str) -> str:
        """A hash over every row of every table, `but` some."""
        digest = hashlib.sha256()
        for [table] in self.query("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY 1"):
            if table not in but:
                digest.update(
                    repr((table, sorted(self.query(f'SELECT * FROM "{table}"'), key=repr))).encode()
                )
        return digest.hexdigest()

    def faults(self, answer: Answer, path: str) -> list[str]:
        """What is wrong with the headers of an answer, by the rules for every answer."""
        seen = SimpleNamespace(
            headers=Headers(answer.headers.items()),
            status_code=answer.status,
            request=SimpleNamespace(path=path),
        )
        desk = path.startswith("/desk")
        found = list(page_checker.header_faults(cast(TestResponse, seen), desk=desk))
        if any(each in answer.text.lower() for each in ("gunicorn", "werkzeug", "traceback")):
            found.append("the body tells what runs here")
        return found


@contextmanager
def demonstration(data_dir: Path, reports: int) -> Iterator[Target]:
    """A demonstration instance, served on loopback."""
    site = Served(data_dir)
    asked = ("demo", "--reports", str(reports), "--new", "--json")
    told = json.loads(flask(site.environ, *asked).stdout)
    app = create_app(Config.from_environ(site.environ))
    staff = {person["name"]: person for person in told["staff"]}
    try:
        site.start()
        yield Target(site, app, staff, tuple(told["receipt_codes"]))
    finally:
        site.stop()
        get_services(app).engine.dispose()


@pytest.fixture(scope="session")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    """One for the whole run."""
    with demonstration(tmp_path_factory.mktemp("attack") / "var", 80) as target:
        yield target


@pytest.fixture(autouse=True)
def _the_server_stands(target: Target) -> Iterator[None]:
    """After every attack the server answers, and has written nothing that it should not."""
    yield
    assert target.site.get("/ready").status == 204
    log = target.site.log.read_text()
    assert "Traceback" not in log, log[-3000:]
    assert "zxinjected" not in log
