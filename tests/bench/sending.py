"""Sending a report beside the work that cannot be spared."""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

from reports.db import make_engine, make_session_factory, upgrade
from reports.vault import Vault
from reports.vault.vault import RECEIPT_COST
from tests.bench.keys import argon2id
from tests.bench.measure import Ratio, medians
from tests.support.cast import Instance, cheap_vault, founded

BODY = 4_096


def measure(folder: Path) -> Iterator[Ratio]:
    """One row."""
    engine = make_engine(f"sqlite:///{folder / 'wayside.db'}")
    upgrade(engine)
    with make_session_factory(engine)() as session:
        yield from sending(founded(session, cheap_vault(folder)), folder)
    engine.dispose()


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
