"""An instance with a confirmed contact point, and the workers that deliver from it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

from sqlalchemy import Engine, update

from reports.model import Delivery
from reports.settings import Settings
from reports.worker import Worker
from tests.support.cast import Instance
from tests.support.office import PAYOKE, Office, refer
from tests.support.site import ROOT, START

STORY = "zxqv-eleven-men"


@dataclass
class Workplace:
    """Everything happens by this machine's clock, as the worker sees it."""

    instance: Instance
    engine: Engine
    environ: Mapping[str, str]
    office: Office = field(default_factory=Office)

    @classmethod
    def at(cls, instance: Instance, engine: Engine, data_dir: Path) -> Workplace:
        url = engine.url.render_as_string(hide_password=False)
        environ = {"WAYSIDE_DATA_DIR": str(data_dir), "WAYSIDE_DATABASE_URL": url}
        made = cls(instance, engine, environ)
        made.office.confirm(instance)
        # As `init` does: a worker of its own has no pepper.
        instance.vault.key_folder.write_purposes()
        return made

    def settings(self, **more: str) -> Settings:
        return Settings.from_environ({**self.environ, **more})

    def worker(self, **more: str) -> Worker:
        return Worker(self.settings(**more), self.instance.vault, self.engine)

    def send(self, contact_id: str = PAYOKE) -> UUID:
        """A report that is referred now; its delivery."""
        receipt = self.instance.send(story=STORY)
        now = datetime.now(UTC)
        [made] = refer(self.instance, receipt, self.settings(), contact_id, now=now)
        # On SQLite an open reader keeps every writer from committing.
        self.instance.session.rollback()
        return made

    def row(self, delivery_id: UUID) -> Delivery:
        """The delivery as the database has it now."""
        session = self.instance.session
        session.rollback()
        session.expire_all()
        found = session.get_one(Delivery, delivery_id)
        session.expunge(found)
        session.rollback()
        return found

    def due_now(self) -> None:
        """As if every wait and every lease were over."""
        past = datetime.now(UTC) - timedelta(seconds=1)
        session = self.instance.session
        session.execute(update(Delivery).where(Delivery.state == "due").values(next_at=past))
        held = update(Delivery).where(Delivery.state == "claimed")
        session.execute(held.values(lease_until=past))
        session.commit()


class Process:
    """`flask --app wsgi worker`, as `make run` starts it."""

    def __init__(self, environ: Mapping[str, str], log: Path, *, under: Iterable[str] = ()) -> None:
        """`under` is a program that runs the worker, such as `strace`, with its arguments."""
        self._log = log
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("WAYSIDE_")}
        with log.open("ab") as file:
            self._process = subprocess.Popen(
                [*under, sys.executable, "-m", "flask", "--app", "wsgi", "worker"],
                cwd=ROOT,
                env={**inherited, **environ},
                stdout=file,
                stderr=file,
            )

    @property
    def running(self) -> bool:
        return self._process.poll() is None

    @property
    def log(self) -> str:
        return self._log.read_text()

    def wait_for(self, words: str, timeout: float = START) -> None:
        """Until the log says `words`."""
        until = time.monotonic() + timeout
        while words not in self.log:
            if time.monotonic() > until or not self.running:
                raise AssertionError(f"the worker never said {words!r}: {self.log}")
            time.sleep(0.05)

    def wait(self) -> int:
        """Until it ends by itself, or is ended; its exit code."""
        return self._process.wait(START)

    def end(self, by: signal.Signals = signal.SIGTERM) -> int:
        """Send a signal and give the exit code."""
        if self.running:
            self._process.send_signal(by)
        try:
            return self._process.wait(START)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
            raise
