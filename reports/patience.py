"""How long PostgreSQL is waited for, each figure with its reason.

The server ends a statement that takes too long (`statement_timeout` and its kin). A server that is
stopped ends nothing, and its machine goes on confirming what arrives: so the connection itself
gives up a moment later, and closes. Either way SQLAlchemy's `OperationalError` comes out, as it
does on SQLite when a lock is held for longer than `busy_timeout`.

Work that takes longer than a request may says which work it is: `allow_time(connection, BACKUP)`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from psycopg import Connection as DriverConnection
from psycopg import OperationalError as DriverFailure
from psycopg.abc import RV, PQGen
from psycopg.errors import IdleInTransactionSessionTimeout, TransactionTimeout
from psycopg.pq import TransactionStatus
from sqlalchemy import URL, Connection, Engine, event, text
from sqlalchemy.engine.interfaces import ExceptionContext
from sqlalchemy.exc import OperationalError

CONNECT: Final = 3
"""Seconds to connect, and to try a connection that lay idle. A server that is well takes
milliseconds; libpq counts whole seconds, two at least."""
MARGIN: Final = 2.0
"""Seconds by which we wait longer for an answer than the server was told to take: so its own word,
which keeps the connection, comes first wherever there is a server to say it."""
HOST: Final = 10
"""Seconds without any sign of the other machine, after which it counts as dead."""
_LOOKS: Final = 0.1
"""Seconds between two looks whether Ctrl-C was pressed, as psycopg has them."""


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds that a `statement` may take, that it may wait for a `lock`, and that a transaction
    may lie `idle` between two statements; 0 is without end."""

    statement: int
    lock: int
    idle: int

    @property
    def limits(self) -> Mapping[str, str]:
        """PostgreSQL's settings, by their names."""
        return {
            "statement_timeout": f"{self.statement}s",
            "lock_timeout": f"{self.lock}s",
            "idle_in_transaction_session_timeout": f"{self.idle}s",
        }


REQUEST: Final = Patience(statement=15, lock=10, idle=120)
"""A page's statements take milliseconds, so 15 seconds mean that something is wrong. A lock is
waited for as long as on SQLite (docs/security-parameters.md#SP-3.3). Between two statements a page
may read files from a store or draw a packet, which takes a minute at worst; a process that was
stopped in the midst of a transaction holds everybody else up no longer than two."""
WORKER: Final = Patience(statement=120, lock=60, idle=180)
"""Erasing and claiming touch many rows, and nobody waits in front of a screen; no longer than the
leases under which they are done (docs/security-parameters.md#SP-3.6)."""
STATISTICS: Final = Patience(statement=60, lock=10, idle=300)
"""A year of reports is read at once, and each is opened before the next statement comes."""
BACKUP: Final = Patience(statement=3600, lock=60, idle=0)
"""One transaction sees the database as it was while every file is copied."""
RESTORE: Final = Patience(statement=3600, lock=60, idle=0)
"""One transaction, as for a backup; nobody uses the instance yet."""
UPGRADE: Final = Patience(statement=0, lock=60, idle=0)
"""A table may be written anew, and half an upgrade helps nobody. Who holds a table while the
processes should be stopped is not waited for for long."""


class PatientConnection(DriverConnection[Any]):
    """A connection that closes itself when the server stays silent for longer than allowed."""

    patience: Patience = REQUEST

    def wait(self, gen: PQGen[RV], interval: float = _LOOKS, timeout: float | None = None) -> RV:
        """Returns what `gen` comes to. Raises psycopg's `OperationalError` after the time allowed.

        Outside of transactions nothing runs but the trial of a connection before its use.
        """
        allowed = self.patience.statement + MARGIN if self.patience.statement else None
        if self.autocommit:
            allowed = CONNECT
        try:
            return super().wait(gen, interval, timeout if timeout is not None else allowed)
        except DriverFailure:
            # Still at work means that no answer came: one that comes now is nobody's any more.
            if self.pgconn.transaction_status == TransactionStatus.ACTIVE:
                self.close()
            raise


def build_connect_args(url: URL, patience: Patience) -> dict[str, Any]:
    """Returns what the driver is told at each connection; what `url` says itself is left alone."""
    told: dict[str, Any] = {
        "connect_timeout": CONNECT,
        "tcp_user_timeout": HOST * 1000,
        # Waiting for an answer sends nothing that could stay unconfirmed: so somebody must ask.
        "keepalives_idle": HOST // 2,
        "keepalives_interval": 2,
        "keepalives_count": 3,
    }
    told = {name: value for name, value in told.items() if name not in url.query}
    ours = " ".join(f"-c {name}={value}" for name, value in patience.limits.items())
    return {**told, "options": f"{ours} {url.query.get('options', '')}".strip()}


def limit_waiting(engine: Engine, patience: Patience) -> None:
    """Lets every connection of `engine`, which is PostgreSQL's, wait as `patience` says."""

    def connect(_dialect: object, _record: object, told: list[Any], named: dict[str, Any]) -> Any:
        made = PatientConnection.connect(*told, **named)
        made.patience = patience
        return made

    def part(raw: Any, record: Any) -> None:
        # What was allowed for one long work is no one else's.
        if raw is not None and raw.patience is not patience:
            record.invalidate()

    event.listen(engine, "do_connect", connect)
    event.listen(engine, "checkin", part)
    event.listen(engine, "handle_error", _name_failure)


def allow_time(connection: Connection, patience: Patience) -> None:
    """Lets this one connection wait as `patience` says, until it is given back.

    It is part of the transaction: rolled back, PostgreSQL's limits are those of before. Nothing
    happens on SQLite, where no statement is ended for its length.
    """
    if connection.dialect.name != "postgresql":
        return
    raw = connection.connection.driver_connection
    if not isinstance(raw, PatientConnection):
        raise TypeError("no connection of an engine of ours")
    for name, value in patience.limits.items():
        connection.execute(
            text("SELECT set_config(:name, :value, false)"), {"name": name, "value": value}
        )
    raw.patience = patience


def _name_failure(context: ExceptionContext) -> BaseException | None:
    """A session that the server ended is a database that does not answer, whatever class the driver
    gives it: one kind of failure for whoever asks."""
    ended = (IdleInTransactionSessionTimeout, TransactionTimeout)
    if not isinstance(context.original_exception, ended):
        return None
    context.is_disconnect = True
    return OperationalError(
        context.statement, None, context.original_exception, hide_parameters=True
    )
