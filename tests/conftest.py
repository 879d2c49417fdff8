"""What the tests stand on: both databases, the application, a mail server, a browser.

The cast: Amina reports, Bela does triage at the desk `be`, Chidi is of the desk `nl` and must see
nothing of `be`, Dana administers.
"""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import hypothesis
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from reports.db import make_engine, make_session_factory, upgrade
from reports.delivery import packet_pdf
from reports.stores import mark_stores
from reports.tombstones import FILES
from reports.vault import Vault
from tests.support.cast import Instance, cheap_vault, founded
from tests.support.desk import Browser
from tests.support.mail import MailServer
from tests.support.once import known
from tests.support.postgres import PostgresServer
from tests.support.web import AtSite, Clock, build
from webapp.site.app_services import get_services

# How fast the machine is says nothing about the code; what failed once shall fail again in CI.
hypothesis.settings.register_profile("local", deadline=None)
hypothesis.settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") == "true" else "local")

# A shell ignores Ctrl-C for what it starts in the background, and every process started from there
# would inherit that: the tests are about servers as a person or systemd starts them.
if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

ENGINES = ("sqlite", "postgresql")
pytest_plugins = (
    "tests.support.browsing",
    "tests.support.second",
    "tests.support.sites",
    "tests.support.stores",
)


def migrated(url: str) -> str:
    """`url`, with the schema in place."""
    engine = make_engine(url)
    try:
        upgrade(engine)
    finally:
        engine.dispose()
    return url


@pytest.fixture(autouse=True)
def little_paper(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Packets hold an empty PDF, which is quick, in all tests but those marked `paper`."""
    if "paper" not in request.keywords:
        monkeypatch.setattr(packet_pdf, "render", lambda *_: b"%PDF-1.4 none in this test")


# --- databases ---------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """One server for the whole run."""
    server = PostgresServer()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def postgres_template(postgres_server: PostgresServer) -> str:
    """A migrated database that each test gets a copy of."""
    name = postgres_server.create()
    migrated(postgres_server.url(name))
    return name


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated file that each test gets a copy of."""
    file = tmp_path_factory.mktemp("template") / "wayside.db"
    migrated(f"sqlite:///{file}")
    return file


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """A migrated SQLite database of the test's own."""
    return f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'wayside.db')}"


@pytest.fixture
def postgres_url(postgres_server: PostgresServer, postgres_template: str) -> Iterator[str]:
    """A migrated PostgreSQL database of the test's own."""
    name = postgres_server.create(postgres_template)
    yield postgres_server.url(name)
    postgres_server.drop(name)


@pytest.fixture(params=ENGINES)
def database_url(request: pytest.FixtureRequest) -> str:
    """A migrated, empty database; the test runs once on each engine."""
    fixture = {"sqlite": "sqlite_url", "postgresql": "postgres_url"}[request.param]
    url: str = request.getfixturevalue(fixture)
    return url


@pytest.fixture(params=ENGINES)
def bare_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database without any table, for tests of the migrations; once on each engine."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'bare.db'}"
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    name = server.create()
    yield server.url(name)
    server.drop(name)


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """The engine that the application would make."""
    engine = known(make_engine(database_url))
    yield engine
    engine.dispose()


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """A session on it; what the test does not commit is rolled back."""
    with make_session_factory(engine)() as session:
        yield session


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    """An instance's keys outside the database, with cheap slow keys."""
    return cheap_vault(tmp_path / "var")


@pytest.fixture
def instance(session: Session, vault: Vault) -> Instance:
    """A founded instance where Dana, Bela and Chidi have set up; once on each engine."""
    return founded(session, vault)


# --- the application in this process -----------------------------------------------------------


@pytest.fixture
def clock() -> Clock:
    """The application's time: `clock.forward(minutes=16)`."""
    return Clock()


@pytest.fixture
def make_app(tmp_path: Path, sqlite_url: str, clock: Clock) -> Iterator[Callable[..., Flask]]:
    """Build the application on a migrated SQLite file: `make_app(WAYSIDE_FACE="public")`."""
    made: list[Flask] = []

    def make(**settings: str) -> Flask:
        made.append(build(tmp_path / "var", sqlite_url, clock, settings))
        return made[-1]

    yield make
    for app in made:
        get_services(app).engine.dispose()


@pytest.fixture
def app(make_app: Callable[..., Flask]) -> Flask:
    """The application with the default settings; nothing is founded yet."""
    return make_app()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without script at `https://site.test`; it keeps cookies."""
    app.test_client_class = AtSite
    return app.test_client()


@pytest.fixture
def app_instance(app: Flask) -> Iterator[Instance]:
    """The founded instance behind `app` and `client`, with the cast set up."""
    with make_session_factory(get_services(app).engine)() as session:
        made = founded(session, get_services(app).vault)
        mark_stores(session, {FILES: get_services(app).store})
        yield made


@pytest.fixture
def browser(app: Flask, app_instance: Instance, clock: Clock) -> Callable[[], Browser]:
    """Browsers at the desk of the founded instance: `browser().at_desk("Bela")`."""
    return lambda: Browser(app, app_instance, clock)


# --- servers -----------------------------------------------------------------------------------


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    """A mail server; `WAYSIDE_SMTP_URL` is its `url`."""
    server = MailServer()
    yield server
    server.stop()
