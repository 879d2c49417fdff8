"""Twenty of the staff at once, beside one of them alone: the same acts on the same kind of reports.

Each looks at the queue, opens a report, reads it, takes it on and goes back, without a pause: more
than twenty people with eyes and hands can do. The server is a process of its own.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from reports.db import begin_write, make_engine, make_session_factory, upgrade
from reports.roster import sign_in
from tests.bench.filling import fill
from tests.bench.measure import Amount, Ratio
from tests.support.cast import Instance, cheap_vault, founded
from tests.support.desk import token_in
from tests.support.served import Answer, Served

STAFF, EACH = 20, 3
WAITING = 1_000
"""Reports in the queue besides."""


@dataclass
class Person:
    """Somebody at the desk: how long each answer took, and what was refused."""

    site: Served
    cookie: str
    seconds: list[float] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    def work(self, reports: list[UUID]) -> None:
        """One report after another."""
        for report_id in reports:
            place = f"/desk/reports/{report_id}"
            told = {"form_token": token_in(self._ask("GET", "/desk/").text)}
            self._ask("POST", f"{place}/open", told)
            self._ask("GET", place)
            self._ask("POST", f"{place}/take", told)
            self._ask("GET", "/desk/?who=me")

    def _ask(self, method: str, path: str, told: dict[str, str] | None = None) -> Answer:
        cookie = f"__Host-s={self.cookie}"
        began = time.perf_counter()
        if told is None:
            answer = self.site.get(path, Cookie=cookie)
        else:
            answer = self.site.post(path, told, Cookie=cookie)
        self.seconds.append(time.perf_counter() - began)
        if answer.status != (200 if method == "GET" else 303):
            self.refused.append(f"{method} {path}: {answer.status}")
        return answer


def measure(folder: Path) -> Iterator[Ratio | Amount]:
    """The median and the 95th percentile of an answer, and what was refused."""
    site = Served(folder / "site")
    site.data_dir.mkdir()
    cookies, reports = peopled(site.data_dir)
    site.start()
    try:
        alone = Person(site, cookies[0])
        alone.work(reports[:EACH])
        alone.seconds.clear()
        alone.work(reports[EACH : 4 * EACH])
        people = [Person(site, cookie) for cookie in cookies]
        shares = [reports[4 * EACH + number :: STAFF][:EACH] for number in range(STAFF)]
        with ThreadPoolExecutor(STAFF) as pool:
            list(pool.map(Person.work, people, shares))
    finally:
        site.stop()
    seconds = [second for person in people for second in person.seconds]
    why = f"{len(seconds)} answers of one process, no pause; {STAFF} times is one after another"
    for what, figure in (("median", statistics.median), ("95 in 100", p95)):
        name = f"{STAFF} at once, {what}"
        yield Ratio(name, "somebody alone", figure(seconds), figure(alone.seconds), STAFF, 40, why)
    refused = [each for person in (alone, *people) for each in person.refused]
    why = f"of {len(seconds)} answers {', '.join(refused[:3])}"
    yield Amount(f"{STAFF} at once, refused", len(refused), "answers", 0, why)


def p95(seconds: list[float]) -> float:
    """The 95th percentile."""
    return statistics.quantiles(seconds, n=20)[-1]


def peopled(data_dir: Path) -> tuple[list[str], list[UUID]]:
    """An instance with all of them signed in, and reports that they can open."""
    engine = make_engine(f"sqlite:///{data_dir / 'wayside.db'}")
    upgrade(engine)
    with make_session_factory(engine)() as session:
        instance = founded(session, cheap_vault(data_dir))
        fill(session, engine, WAITING, instance.keyring("Bela").staff.id)
        cookies = [a_session(instance, f"Staff {number}") for number in range(STAFF)]
        count = (STAFF + 4) * EACH
        reports = [instance.send(now=datetime.now(UTC)).report_id for _ in range(count)]
    engine.dispose()
    return cookies, reports


def a_session(instance: Instance, name: str) -> str:
    """Somebody of the desk `be`, signed in at the time of this machine."""
    instance.accept(instance.invite(name, "triager", "BE"), name)
    keyring = instance.keyring(name)
    begin_write(instance.session)
    now = datetime.now(UTC)
    cookie = sign_in.begin(instance.session, keyring.staff, keyring.private, now)
    instance.session.commit()
    return cookie
