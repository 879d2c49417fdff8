"""Kill -9 of the web server, and of PostgreSQL, while people send reports through the real form.

Acknowledged means durable: every code that anybody was shown opens its mailbox, and nothing is
there by halves.
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from reports import codes, custody, outer_layer
from reports.db import make_engine, make_session_factory
from reports.model import CustodyLine, Report, ReportBody
from reports.vault import Vault, open_sealed, unpad, unwrap
from tests.support.forms import fields_in
from tests.support.length import LONG
from tests.support.postgres import PostgresServer
from tests.support.reporters import Reporters, Sent
from tests.support.served import Served
from tests.support.site import START

Serve = Callable[..., Served]
Begin = Callable[[Served], Reporters]
SEED = 20_270_310


@pytest.fixture
def chance() -> random.Random:
    """When to kill; the same moments in every run."""
    return random.Random(SEED)


def test_what_was_acknowledged_outlives_kill_9_of_the_web_server(
    serve: Serve, reporters: Begin, chance: random.Random, rounds: int
) -> None:
    site = serve().start()
    people = reporters(site)
    for _ in range(rounds):
        wait_for_more(people)
        time.sleep(chance.uniform(0, 0.4))
        site.kill()
        site.start()
    people.stop()
    assert people.lost_answers, "no kill came in the midst of anything"
    with opened(site) as session:
        assert session.scalar(text("PRAGMA integrity_check")) == "ok"
    everything_is_there(site, people)


def test_what_was_acknowledged_outlives_kill_9_of_postgresql(
    serve: Serve, reporters: Begin, chance: random.Random, rounds: int
) -> None:
    server = PostgresServer()
    try:
        site = serve(WAYSIDE_DATABASE_URL=server.url(server.create())).start()
        people = reporters(site)
        for number in range(rounds // 2):
            wait_for_more(people)
            time.sleep(chance.uniform(0, 0.4))
            server.crash()
            if LONG and number % 2:
                site.kill()
                site.start()
        people.stop()
        everything_is_there(site, people)
    finally:
        server.stop()


def wait_for_more(people: Reporters, count: int = 3, timeout: float = START) -> None:
    """Until `count` more reports were acknowledged, so that every round has something to lose."""
    goal = len(people.sent) + count
    until = time.monotonic() + timeout
    while len(people.sent) < goal:
        assert time.monotonic() < until, f"{len(people.sent)} of {goal} reports in {timeout} s"
        time.sleep(0.02)


def opened(site: Served) -> Session:
    """A session on the database of `site`."""
    url = site.environ.get("WAYSIDE_DATABASE_URL", f"sqlite:///{site.data_dir / 'wayside.db'}")
    return make_session_factory(make_engine(url))()


def everything_is_there(site: Served, people: Reporters) -> None:
    """Each acknowledged report once and whole, and nothing else."""
    assert people.faults == []
    assert len({sent.code for sent in people.sent}) == len(people.sent)
    vault = Vault.load(site.data_dir)
    with opened(site) as session:
        nothing_is_there_by_halves(session, vault)
        assert session.scalar(select(func.count()).select_from(Report)) == len(people.sent)
        for sent in people.sent:
            assert story_behind(session, vault, sent.code) == sent.story
        session.rollback()
        engine = session.get_bind()
    engine.dispose()  # type: ignore[union-attr]  # an engine, as `opened` made it
    for sent in people.sent:
        opens_its_mailbox(site, sent)


def nothing_is_there_by_halves(session: Session, vault: Vault) -> None:
    reports = set(session.scalars(select(Report.id)))
    assert set(session.scalars(select(ReportBody.report_id))) == reports
    received = select(CustodyLine.chain).where(CustodyLine.act == "received")
    assert sorted(session.scalars(received)) == sorted(reports)
    assert custody.verify(session, vault) >= len(reports)


def story_behind(session: Session, vault: Vault, typed: str) -> str:
    """The story that a receipt code opens."""
    code = codes.parse(typed)
    [report] = session.scalars(select(Report).where(Report.locator == code.locator))
    key = vault.derive_receipt_key(code.locator, code.secret)
    private = unwrap(
        key, outer_layer.open_by_code(vault, report), kind="case key", id=report.id.bytes
    )
    body = session.get_one(ReportBody, report.id)
    sealed = open_sealed(private, body.sealed, kind="report body", id=report.id.bytes)
    story: str = json.loads(unpad(sealed))["answers"]["story"]
    return story


def opens_its_mailbox(site: Served, sent: Sent) -> None:
    """By the page, as its reporter would."""
    page = site.get("/en/6")
    page = site.post("/en/6", {**fields_in(page.text), "c": sent.code, "b": "open"})
    assert "We have your report" in page.text, page.text[:2000]
