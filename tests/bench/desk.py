"""Sending a report beside the work that cannot be spared, and the queue when it has grown."""

from __future__ import annotations

import random
import secrets
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from reports.db import begin_write, make_engine, session_factory, upgrade
from reports.model import Desk, DeskKey, Report
from reports.vault import Vault
from reports.vault.vault import RECEIPT_COST
from tests.bench.keys import argon2id
from tests.bench.measure import Ratio, medians
from tests.support.cast import NOW, Instance, founded
from tests.support.desk import Browser
from tests.support.web import SITE, Clock, build

FEW, MANY = 1_000, 20_000
BODY = 4_096


def measure(folder: Path) -> Iterator[Ratio]:
    """Two rows."""
    url = f"sqlite:///{folder / 'wayside.db'}"
    engine = make_engine(url)
    upgrade(engine)
    clock = Clock()
    app = build(folder, url, clock, {})
    with session_factory(engine)() as session:
        instance = founded(session, app.extensions["vault"])
        yield from sending(instance, folder)
        fill(session, FEW)
        small = smaller(folder, clock, instance)
        few = queue_page(small, instance, clock)
        fill(session, MANY - FEW)
        many = queue_page(app, instance, clock)
        ours, reference = medians(many, few, rounds=25)
        small.extensions["engine"].dispose()
        why = "a page shows fifty rows; an index leads to them, however many there are"
        yield Ratio("the queue of 20,000", "the queue of 1,000", ours, reference, 2, 6, why)
    engine.dispose()
    app.extensions["engine"].dispose()


def sending(instance: Instance, folder: Path) -> Iterator[Ratio]:
    """With the real cost of a receipt code, on the database's own terms for what is durable."""
    real = Vault.load(folder)
    sender = Instance(instance.session, real, "", instance.members)
    raw = sqlite3.connect(folder / "bare.db", isolation_level=None)
    for pragma in ("journal_mode=DELETE", "synchronous=EXTRA"):
        raw.execute(f"PRAGMA {pragma}")
    raw.execute("CREATE TABLE t (id BLOB PRIMARY KEY, body BLOB) WITHOUT ROWID")

    def bare() -> None:
        argon2id(RECEIPT_COST, secrets.token_bytes(16))
        raw.execute("BEGIN IMMEDIATE")
        raw.execute("INSERT INTO t VALUES (?, ?)", (uuid4().bytes, secrets.token_bytes(BODY)))
        raw.execute("COMMIT")

    ours, reference = medians(sender.send, bare, rounds=40)
    raw.close()
    beside = "argon2id and a commit"
    why = "the slow key and one durable commit are most of it; then three seals and four rows"
    yield Ratio("sending a report", beside, ours, reference, 1.7, 4, why)


def fill(session: Session, count: int) -> None:
    """Reports of Bela's desk, put there row by row: nobody can open them."""
    keys = session.scalars(
        select(DeskKey).join(Desk).where(DeskKey.current, Desk.country == "BE")
    ).all()
    chance = random.Random(count)
    made = [a_row(chance, chance.choice(keys)) for _ in range(count)]
    begin_write(session)
    session.execute(insert(Report), made)
    session.commit()


def a_row(chance: random.Random, key: DeskKey) -> dict[str, object]:
    day = NOW.date() - timedelta(days=chance.randrange(80))
    values: dict[str, object] = {
        column.name: None for column in Report.__table__.columns if column.nullable
    }
    return values | {
        "id": uuid4(),
        "desk_id": key.desk_id,
        "desk_key_id": key.id,
        "status": chance.choice(("received", "in_triage", "ready", "referred", "closed")),
        "urgency": chance.randrange(4),
        "country": "BE",
        "form": "labour",
        "form_language": "nl",
        "received_day": day,
        "updated_day": day,
        "has_attachments": False,
        "unread": chance.random() < 0.5,
        "unverified": False,
        "public": secrets.token_bytes(1_217),
        "private_by_desk": secrets.token_bytes(1_170),
        "private_by_code": secrets.token_bytes(61),
        "case_seal": secrets.token_bytes(32),
        "locator": f"{chance.randrange(10**7):07d}",
        "token_hash": None,
        "custody_number": 0,
        "custody_seal": b"",
    }


def smaller(folder: Path, clock: Clock, instance: Instance) -> Flask:
    """The same instance over a copy of its database, which stays as small as it is now."""
    instance.session.rollback()
    small = shutil.copy(folder / "wayside.db", folder / "small.db")
    return build(folder, f"sqlite:///{small}", clock, {})


def queue_page(app: Flask, instance: Instance, clock: Clock) -> Callable[[], None]:
    """Ask for Bela's queue, as her browser does."""
    clock.forward(minutes=1)
    cookie = Browser(app, instance, clock).at_desk("Bela").cookie
    app.test_client_class = FlaskClient
    client = app.test_client()
    client.set_cookie("__Host-s", cookie or "", domain="site.test", secure=True)

    def ask() -> None:
        page = client.get("/desk/", base_url=SITE)
        if page.status_code != 200 or page.text.count("<tr") < 50:
            raise AssertionError(f"{page.status_code}, {page.text.count('<tr')} rows")

    return ask
