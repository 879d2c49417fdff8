"""The queue of a thousand, of a hundred thousand and of a million reports, on both databases.

The first page and the next one, the page under each filter, and "next for me". Every page has a
person's saved views beside it. All are asked in turns, so that the machine is the same for all.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient

from reports.db import begin_write, make_engine, make_session_factory, upgrade
from reports.triage.queue import next_report, queue, saved_views
from reports.triage.queue.queue import QueueSlice
from tests.bench.filling import fill
from tests.bench.measure import Act, Ratio
from tests.support.cast import NOW, Instance, founded
from tests.support.desk import Browser
from tests.support.postgres import PostgresServer
from tests.support.web import SITE, Clock, build
from webapp.site.app_services import get_services

SIZES = (1_000, 100_000, 1_000_000)
ROUNDS, ROUNDS_OF_FILTERS = 60, 20
FILTERS = (
    "status=ready",
    "status=closed",
    "urgency=3",
    "country=LU",
    "country=elsewhere",
    "form=organs",
    "who=me",
    "who=nobody",
    "doubt=only",
    "files=1",
    "turn=reporter_wrote",
    "turn=agree",
    "overdue=1",
    "form=organs&files=1&urgency=2",
    "country=NL",
)
"""Common ones, rare ones, several at once, and one that nothing fits."""


def measure(
    folder: Path, sizes: Sequence[int] = SIZES, rounds: int | None = None
) -> Iterator[Ratio]:
    """Each size beside the first, on SQLite and on PostgreSQL."""

    def file(size: int) -> str:
        return f"sqlite:///{folder / f'{size}.db'}"

    yield from growing(folder, "SQLite", file, sizes, rounds)
    server = PostgresServer()
    try:
        yield from growing(
            folder, "PostgreSQL", lambda _size: server.url(server.create()), sizes, rounds
        )
    finally:
        server.stop()


def growing(
    folder: Path,
    engine: str,
    url_of: Callable[[int], str],
    sizes: Sequence[int],
    rounds: int | None,
) -> Iterator[Ratio]:
    """The 95th percentile of every act, beside the same among the fewest reports."""
    with ExitStack() as opened:
        acts = {size: acts_of(opened, folder, url_of(size), size) for size in sizes}
        times = in_turns(acts, ("queue page", "next page", "next for me"), rounds or ROUNDS)
        times |= in_turns(acts, FILTERS, rounds or ROUNDS_OF_FILTERS)
        few, *more = sizes
        full = {name: name not in FILTERS or act() >= queue.PAGE for name, act in acts[few].items()}
    for size in more:
        for name in acts[few]:
            # A page with nothing on it is no measure for one with fifty rows.
            ours, fewest = times[size, name], times[few, name if full[name] else "queue page"]
            beside = f"of {few:,}" if full[name] else f"a full page of {few:,}"
            middle = statistics.median(ours) / statistics.median(fewest)
            least = min(ours) / min(fewest)
            why = f"{engine}, 95 in 100 of {len(ours)}; medians {middle:.2f}, least {least:.2f}"
            yield Ratio(f"{name} of {size:,}", beside, p95(ours), p95(fewest), 1.5, 3, why)


def acts_of(opened: ExitStack, folder: Path, url: str, size: int) -> dict[str, Act]:
    """What is measured, in an instance with `size` reports."""
    data = folder / f"var-{size}-{url.partition(':')[0]}"
    engine = make_engine(url)
    opened.callback(engine.dispose)
    upgrade(engine)
    clock = Clock()
    app = build(data, url, clock, {})
    opened.callback(get_services(app).engine.dispose)
    session = opened.enter_context(make_session_factory(engine)())
    instance = founded(session, get_services(app).vault)
    bela = instance.keyring("Bela")
    fill(session, engine, size, bela.staff.id)
    begin_write(session)
    for number in range(saved_views.AT_MOST):
        saved_views.save(session, bela, f"View {number}", {"form": "labour", "urgency": "3"})
    session.commit()
    behind = queue.list_page(session, bela, QueueSlice(queue.Filters()), NOW).following
    session.rollback()
    client = signed_in(app, instance, clock)

    def following() -> None:
        if next_report.find_next(session, bela, NOW) is None:
            raise AssertionError("nothing is next")
        session.rollback()

    pages = {"queue page": "", "next page": f"after={behind}", **{each: each for each in FILTERS}}
    return {
        **{name: asking(client, f"/desk/?{query}") for name, query in pages.items()},
        "next for me": following,
    }


def signed_in(app: Flask, instance: Instance, clock: Clock) -> FlaskClient:
    """Bela's browser, whose pages nothing looks through on the way."""
    return unwatched(app, Browser(app, instance, clock).at_desk("Bela"))


def unwatched(app: Flask, browser: Browser) -> FlaskClient:
    """A client in the session of `browser`."""
    app.test_client_class = FlaskClient
    client = app.test_client()
    client.set_cookie("__Host-s", browser.cookie or "", domain="site.test", secure=True)
    return client


def asking(client: FlaskClient, path: str) -> Act:
    """Ask for a page of the queue, and count its rows; without filters it is full."""
    full = queue.PAGE if path.endswith("?") or "after=" in path else 0

    def ask() -> int:
        page = client.get(path, base_url=SITE)
        rows = page.text.count("data-row")
        if page.status_code != 200 or rows < full:
            raise AssertionError(f"{page.status_code}, {rows} rows")
        return rows

    return ask


def in_turns(
    acts: Mapping[int, Mapping[str, Act]], names: Sequence[str], rounds: int
) -> dict[tuple[int, str], list[float]]:
    """The seconds of each act at each size."""
    times: dict[tuple[int, str], list[float]] = {}
    for number in range(rounds + 1):
        for name in names:
            for size, every in acts.items():
                began = time.perf_counter()
                every[name]()
                if number:
                    times.setdefault((size, name), []).append(time.perf_counter() - began)
    return times


def p95(times: Sequence[float]) -> float:
    """The 95th percentile."""
    return statistics.quantiles(times, n=20)[-1]
