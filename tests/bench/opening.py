"""Opening a report at the desk: what its page costs besides the keys.

The report has what a worked one has: numbers that others name too, an answer, notes, a correction.
The keys are timed within each request, wherever a seal is opened, and taken off.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch
from uuid import UUID

from reports.db import make_engine, make_session_factory, upgrade
from reports.vault import Opener
from tests.bench.measure import Ratio
from tests.bench.queue import asking, unwatched
from tests.support.cast import Instance, founded
from tests.support.desk import Browser
from tests.support.web import Clock, build
from webapp.site.app_services import get_services

ROUNDS = 60
OVER = 0.05
"""Seconds that the page may cost besides its keys."""
STORY = "They sleep in the kitchen. The van is 1-ABC-123, the man calls from +32 470 12 34 56. " * 9


def measure(folder: Path) -> Iterator[Ratio]:
    """One row."""
    url = f"sqlite:///{folder / 'wayside.db'}"
    engine = make_engine(url)
    upgrade(engine)
    clock = Clock()
    app = build(folder, url, clock, {})
    with make_session_factory(engine)() as session:
        instance = founded(session, get_services(app).vault)
        bela = Browser(app, instance, clock).at_desk("Bela")
        report_id = worked(instance, bela)
        clock.forward(minutes=1)
        ask = asking(unwatched(app, bela), f"/desk/reports/{report_id}")
    whole, bare = [], []
    for _ in range(ROUNDS):
        with keys() as spent:
            began = time.thread_time()
            ask()
            whole.append(time.thread_time() - began)
        bare.append(sum(spent))
    rest = [page - sealed for page, sealed in zip(whole, bare, strict=True)]
    get_services(app).engine.dispose()
    engine.dispose()
    median, opened = statistics.median(rest), statistics.median(bare)
    why = (
        f"least {min(rest) * 1000:.0f} ms; the {len(spent) // 2} seals {opened * 1000:.1f} ms more"
    )
    yield Ratio("a report but its keys", "at most", median, OVER, 1, 3, why)


def worked(instance: Instance, bela: Browser) -> UUID:
    """A report that staff have read and written about; others name the same."""
    for _ in range(4):
        bela.open(instance.send(story=STORY).report_id)
    report_id = instance.send(story=STORY).report_id
    bela.open(report_id)
    for number in range(3):
        bela.post(f"/desk/reports/{report_id}/note", text=f"Looked at it, {number}. {STORY[:300]}")
        bela.post(
            f"/desk/reports/{report_id}/reply", text=f"Are you safe? {number}", once=f"once{number}"
        )
    return report_id


@contextmanager
def keys() -> Iterator[list[float]]:
    """The seconds spent in opening seals inside the block, one figure each."""
    spent: list[float] = []
    prepare, unseal = Opener.__init__, Opener.open

    def preparing(self: Opener, private: bytes) -> None:
        began = time.thread_time()
        prepare(self, private)
        spent.append(time.thread_time() - began)

    def opening(self: Opener, sealed: bytes, *, kind: str, id: bytes) -> bytes:
        began = time.thread_time()
        try:
            return unseal(self, sealed, kind=kind, id=id)
        finally:
            spent.append(time.thread_time() - began)

    with patch.object(Opener, "__init__", preparing), patch.object(Opener, "open", opening):
        yield spent
