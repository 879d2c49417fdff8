"""The request's database session, and the one place of the web side that commits.

A handler that reads uses `current()`. A handler that writes says `with transaction() as session:`;
what follows the block may acknowledge, because the commit has returned by then.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Final, cast

from flask import Flask, g
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.orm import Session

from reports import instance
from reports.db import begin_write, make_engine, require_head
from reports.errors import Busy, KeysUnfit
from reports.vault import Vault
from webapp.site import failure_log
from webapp.site.app_services import get_services

PATIENCE: Final = 10.0
"""Seconds to wait for a turn to write: as many as SQLite itself waits
(docs/security-parameters.md#SP-3.3)."""


def get_session() -> Session:
    """This request's session; opened at first use, closed when the request ends.

    Raises `SchemaUnfit` where the database is of another version, and `KeysUnfit` where the keys
    outside it are not those of its instance. Its use raises `Busy` where as many wait for the
    database as may.
    """
    if "session" not in g:
        require_schema()
        require_keys()
        g.session = get_services().sessions()
    return cast(Session, g.session)


@contextmanager
def transaction() -> Iterator[Session]:
    """A write transaction on this request's session: committed at the end, or nothing of it.

    Raises `Busy` when the writers of this process that came before take too long, or as many wait
    for the database as may; and as `get_session` does, also where a restore has brought another
    instance since this process compared its keys.
    """
    with _writing(get_session()) as session:
        _require_still(session)
        yield session


@contextmanager
def open_restoration() -> Iterator[Session]:
    """A write transaction that brings an instance and its keys: nothing compares them before.

    Raises `SchemaUnfit`, and `Busy` as `transaction` does.
    """
    require_schema()
    with get_services().sessions() as session, _writing(session):
        yield session


@contextmanager
def _writing(session: Session) -> Iterator[Session]:
    session.rollback()  # who waits for a turn keeps nobody else from writing
    with get_services().waiting_room.take_seat(), _turn():
        begin_write(session)
        try:
            yield session
            session.commit()
        except BaseException:
            session.rollback()
            raise


@contextmanager
def _turn() -> Iterator[None]:
    """SQLite takes one writer at a time. Those of this process wait in line, where it would have
    each of them come again after a while, and the unlucky ones again and again."""
    line = get_services().writers
    if line is None:
        yield
        return
    if not line.acquire(timeout=PATIENCE):
        raise Busy("too many want to write")
    try:
        yield
    finally:
        line.release()


def end_reading() -> None:
    """Give back what this request has read with, before something that takes long begins.

    Otherwise a transaction lies idle meanwhile, and the database may end it.
    """
    if "session" in g:
        get_session().rollback()


def require_schema() -> None:
    """Return when the database has the schema of this version; it is asked once in this process.

    Raises `SchemaUnfit`, and SQLAlchemy's `OperationalError` when the database does not answer.
    """
    services = get_services()
    if not services.schema_compared.is_set():
        with services.waiting_room.take_seat():
            require_head(services.engine)
        services.schema_compared.set()


def require_keys() -> None:
    """Return when the keys are those of the instance in the database.

    They are asked for once in this process; before the founding, which need not end it, each time.
    The keys that are compared are those that are used. Raises `KeysUnfit`, and SQLAlchemy's
    `OperationalError` when the database does not answer.
    """
    services = get_services()
    if services.keys_compared.is_set():
        return
    with services.sessions() as session:
        try:
            found = instance.require_keys(
                session,
                services.config.domain.data_dir,
                lambda: services.vault,
                services.config.purposes,
            )
        except KeysUnfit:
            services.forget_vault()
            raise
    if found:
        services.keys_compared.set()


def _require_still(session: Session) -> None:
    services = get_services()
    if not services.keys_compared.is_set():
        return
    try:
        instance.require_still(session, services.vault)
    except KeysUnfit:
        # A restore puts the right keys into the folder: the next request loads and compares them.
        forget_instance()
        raise


def forget_instance() -> None:
    """Lets whoever writes next in this process compare keys and stores anew: the instance in the
    database is another one from now on, or gone."""
    services = get_services()
    services.keys_compared.clear()
    services.store_compared.clear()
    services.forget_vault()


def compare_at_start(app: Flask) -> None:
    """Whoever serves `app` asks this first. Raises `SchemaUnfit` and `KeysUnfit`.

    A database that does not answer keeps nobody from the information pages: it is compared before
    it is used, when it does.
    """
    with app.app_context():
        try:
            require_schema()
            require_keys()
            if get_services().config.domain.production:
                get_vault().key_folder.require_roster_fixed()
        except OperationalError as silence:
            failure_log.log_failure(silence)


def get_vault() -> Vault:
    """The instance's keys outside the database. Raises `NotFounded` before `init`."""
    return get_services().vault


def prepare_engine(url: str) -> tuple[Engine, Lock | None]:
    """The engine for `url`, and the line of its writers where there is one; no connection yet."""
    made = make_engine(url)
    if made.url.get_backend_name() != "sqlite":
        return made, None
    if made.url.database:
        Path(made.url.database).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    return made, Lock()


def init_app(app: Flask) -> None:
    """Close a request's session at its end."""
    app.teardown_appcontext(_close)


def _close(_error: BaseException | None) -> None:
    session: Session | None = g.pop("session", None)
    if session is None:
        return
    try:
        session.close()
    except SQLAlchemyError as problem:
        # The answer is made, and what it acknowledges is committed: it must not fail for this.
        failure_log.log_failure(problem)
        session.invalidate()
    finally:
        get_services().waiting_room.release()
