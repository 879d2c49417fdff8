"""A machine whose clocks a test moves: one that can be set, one that only counts seconds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine, select

from reports.model import ClockRecord, Report
from reports.settings import Settings
from reports.vault import Vault
from reports.worker import Worker, WorkerClocks
from tests.support.cast import NOW, Instance


@dataclass
class Machine:
    """Its workers go by its clocks; `run` is time that passes, `set_clock` time that does not."""

    engine: Engine
    vault: Vault
    data_dir: Path
    wall: datetime = NOW
    steady: float = 1000.0

    def settings(self, **more: str) -> Settings:
        url = self.engine.url.render_as_string(hide_password=False)
        environ = {"WAYSIDE_DATA_DIR": str(self.data_dir), "WAYSIDE_DATABASE_URL": url}
        return Settings.from_environ({**environ, **more})

    def start(self, **more: str) -> Worker:
        """A worker that has done its first turn."""
        clocks = WorkerClocks(lambda _session: self.wall, lambda: self.steady)
        worker = Worker(self.settings(**more), self.vault, self.engine, clocks=clocks)
        worker.purge()
        return worker

    def run(self, worker: Worker, **amount: float) -> None:
        """Time passes, with a turn of this worker every six hours and at the end.

        In weeks a turn comes once a day, which is still less than a gap that a worker notices.
        """
        left = timedelta(**amount)
        longest = timedelta(hours=6) if left < timedelta(days=7) else timedelta(days=1)
        while left:
            step = min(left, longest)
            self.pass_by(step)
            worker.purge()
            left -= step

    def pass_by(self, time: timedelta) -> None:
        """Time passes in which no worker runs."""
        self.wall += time
        self.steady += time.total_seconds()

    def set_clock(self, by: timedelta) -> None:
        """Somebody sets the clock, or it is wrong from now on."""
        self.wall += by


def read_record(instance: Instance) -> ClockRecord:
    """The record as the database has it now."""
    session = instance.session
    session.rollback()
    session.expire_all()
    found = session.get_one(ClockRecord, 1)
    session.expunge(found)
    session.rollback()
    return found


def list_reports(instance: Instance) -> set[object]:
    """The ids of all reports that are there now."""
    found = set(instance.session.scalars(select(Report.id)))
    instance.session.rollback()
    return found
