"""The desk when it has grown: the queue of a million, an opened report, twenty people at once.

The million are made by SQL and are narrower than real ones: a page reads fifty rows whole, however
many there are, and finds them in an index that holds the same as in earnest.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from reports.db import begin_write, make_engine, session_factory, upgrade
from reports.roster import sign_in
from reports.triage import queue
from reports.vault import make_pair, open_sealed, seal
from tests.bench.measure import Act, Ratio, medians
from tests.support.cast import NOW, Instance, cheap_vault, founded
from tests.support.desk import Browser
from tests.support.postgres import PostgresServer
from tests.support.served import Served
from tests.support.web import SITE, Clock, build

SIZES = (1_000, 100_000, 1_000_000)
ROUNDS = 60
STAFF, PAGES = 20, 5
OVER = 0.05
"""Seconds that opening a report may cost besides its keys."""

COLUMNS = """id, desk_id, desk_key_id, status, urgency, country, form, form_language, received_day,
  updated_day, has_attachments, unread, unverified, public, private_by_desk, private_by_code,
  case_seal, locator, custody_number, custody_seal"""
SQLITE = f"""WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :count)
  INSERT INTO report ({COLUMNS}) SELECT randomblob(16), d.desk_id, d.id,
  CASE abs(random()) % 5 WHEN 0 THEN 'received' WHEN 1 THEN 'in_triage' WHEN 2 THEN 'ready'
    WHEN 3 THEN 'referred' ELSE 'closed' END,
  abs(random()) % 4, 'BE', 'labour', 'nl', date(:today, '-' || (abs(random()) % 80) || ' days'),
  :today, 0, abs(random()) % 2, 0, x'00', x'00', x'00', x'00', '0000000', 0, x''
  FROM n, (SELECT k.id, k.desk_id FROM desk_key k JOIN desk ON desk.id = k.desk_id
    WHERE desk.country = 'BE' AND k.current = 1) d"""
POSTGRES = f"""INSERT INTO report ({COLUMNS}) SELECT gen_random_uuid(), d.desk_id, d.id,
  (ARRAY['received', 'in_triage', 'ready', 'referred', 'closed'])[1 + floor(random() * 5)],
  floor(random() * 4), 'BE', 'labour', 'nl', CAST(:today AS date) - floor(random() * 80)::int,
  CAST(:today AS date), false, random() < 0.5, false, '', '', '', '', '0000000', 0, ''
  FROM generate_series(1, :count), (SELECT k.id, k.desk_id FROM desk_key k
    JOIN desk ON desk.id = k.desk_id WHERE desk.country = 'BE' AND k.current) d"""


def measure(folder: Path) -> Iterator[Ratio]:
    """The pages of each size on both databases, an opened report, twenty people."""
    yield from growing(folder, "SQLite", lambda size: f"sqlite:///{folder / f'{size}.db'}")
    server = PostgresServer()
    yield from growing(folder, "PostgreSQL", lambda size: server.url(server.create()))
    server.stop()
    yield opening(folder / "opening")
    yield together(folder / "together")


def growing(folder: Path, engine: str, url_of: Callable[[int], str]) -> Iterator[Ratio]:
    """The 95th percentile of the first and of the second page, beside those of a thousand."""
    with ExitStack() as opened:
        asks = {size: pages_of(opened, folder, url_of(size), size) for size in SIZES}
        times = percentiles(asks)
    few = SIZES[0]
    for size in SIZES[1:]:
        for number, name in enumerate(("queue page", "next page")):
            why = f"{engine}, 95th percentile of {ROUNDS}: the index is walked group by group"
            ours, reference = times[size][number], times[few][number]
            yield Ratio(f"{name} of {size:,}", f"of {few:,}", ours, reference, 1.5, 3, why)


def pages_of(opened: ExitStack, folder: Path, url: str, size: int) -> tuple[Act, Act]:
    """An instance with `size` reports: its first page, and the one behind it."""
    data = folder / f"var-{size}-{url.partition(':')[0]}"
    engine = make_engine(url)
    opened.callback(engine.dispose)
    upgrade(engine)
    clock = Clock()
    app = build(data, url, clock, {})
    opened.callback(app.extensions["engine"].dispose)
    with session_factory(engine)() as session:
        instance = founded(session, app.extensions["vault"])
        grow(session, engine, size)
        bela = instance.keyring("Bela")
        behind = queue.page(session, bela, queue.Filters(), NOW).following
        session.rollback()
        client = signed_in(app, instance, clock)
    return asking(client, "/desk/"), asking(client, f"/desk/?after={behind}")


def grow(session: Session, engine: Engine, size: int) -> None:
    """Put `size` reports there, which nobody can open."""
    statement = SQLITE if engine.dialect.name == "sqlite" else POSTGRES
    begin_write(session)
    session.execute(text(statement), {"count": size, "today": NOW.date().isoformat()})
    session.commit()
    session.execute(text("ANALYZE"))
    session.commit()


def signed_in(app: Flask, instance: Instance, clock: Clock) -> FlaskClient:
    cookie = Browser(app, instance, clock).at_desk("Bela").cookie
    app.test_client_class = FlaskClient
    client = app.test_client()
    client.set_cookie("__Host-s", cookie or "", domain="site.test", secure=True)
    return client


def asking(client: FlaskClient, path: str) -> Act:
    def ask() -> None:
        page = client.get(path, base_url=SITE)
        if page.status_code != 200 or page.text.count("data-row") < queue.PAGE:
            raise AssertionError(f"{page.status_code}, {page.text.count('data-row')} rows")

    return ask


def percentiles(asks: dict[int, tuple[Act, Act]]) -> dict[int, list[float]]:
    """The 95th percentile of each act; all are asked in turns, so that the machine is the same."""
    times: dict[tuple[int, int], list[float]] = {}
    for _ in range(ROUNDS):
        for size, acts in asks.items():
            for number, act in enumerate(acts):
                began = time.perf_counter()
                act()
                times.setdefault((size, number), []).append(time.perf_counter() - began)
    return {
        size: [statistics.quantiles(times[size, number], n=20)[-1] for number in range(2)]
        for size in asks
    }


def opening(folder: Path) -> Ratio:
    """A report's page beside the unsealing that it cannot do without, and `OVER`."""
    url = f"sqlite:///{folder / 'wayside.db'}"
    folder.mkdir()
    engine = make_engine(url)
    upgrade(engine)
    clock = Clock()
    app = build(folder, url, clock, {})
    with session_factory(engine)() as session:
        instance = founded(session, app.extensions["vault"])
        report_id = instance.send().report_id
        bela = Browser(app, instance, clock).at_desk("Bela")
        bela.open(report_id)
    pair = make_pair()
    sealed = seal(pair.public, bytes(4_096), kind="bench", id=b"")

    def keys() -> None:
        # The desk's key, the case key, the body, the first answer.
        for _ in range(4):
            open_sealed(pair.private, sealed, kind="bench", id=b"")

    path = f"/desk/reports/{report_id}"
    ours, reference = medians(lambda: bela.client.get(path), keys, rounds=40)
    app.extensions["engine"].dispose()
    engine.dispose()
    why = "reading the rows, the route and the page itself"
    return Ratio("opening a report", "its keys and 50 ms", ours, reference + OVER, 1, 2, why)


def together(folder: Path) -> Ratio:
    """Twenty people who look at the queue at once, beside the same pages one after another."""
    folder.mkdir()
    url = f"sqlite:///{folder / 'wayside.db'}"
    engine = make_engine(url)
    upgrade(engine)
    with session_factory(engine)() as session:
        instance = founded(session, cheap_vault(folder))
        grow(session, engine, SIZES[0])
        cookies = [a_session(instance, f"Staff {number}") for number in range(STAFF)]
    engine.dispose()
    served = Served(folder).start()

    def look(cookie: str) -> None:
        for _ in range(PAGES):
            answer = served.get("/desk/", Cookie=f"__Host-s={cookie}")
            if answer.status != 200:
                raise AssertionError(f"{answer.status} for one of {STAFF}")

    def at_once() -> None:
        with ThreadPoolExecutor(STAFF) as people:
            list(people.map(look, cookies))

    def in_turn() -> None:
        for cookie in cookies:
            look(cookie)

    ours, reference = medians(at_once, in_turn, rounds=3)
    served.stop()
    why = f"{STAFF} people, {PAGES} pages each: nobody waits for anything but the processor"
    return Ratio("20 staff at once", "one after another", ours, reference, 1.3, 3, why)


def a_session(instance: Instance, name: str) -> str:
    """Somebody of the desk `be`, signed in at the time of this machine."""
    instance.accept(instance.invite(name, "triager", "BE"), name)
    keyring = instance.keyring(name)
    begin_write(instance.session)
    now = datetime.now(UTC)
    cookie = sign_in.begin(instance.session, keyring.staff, keyring.private, now)
    instance.session.commit()
    return cookie
