"""Searching a desk's reports beside the opening of their seals, which cannot be spared."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from reports.db import make_engine, session_factory, upgrade
from reports.triage import search
from reports.triage.search import Wanted
from reports.vault import Opener, make_pair, pad, seal
from tests.bench.measure import Ratio, medians
from tests.support.cast import cheap_vault, founded

REPORTS = 300


def measure(folder: Path) -> Iterator[Ratio]:
    """One row: a batch beside bare openings of as many seals."""
    engine = make_engine(f"sqlite:///{folder / 'wayside.db'}")
    upgrade(engine)
    with session_factory(engine)() as session:
        instance = founded(session, cheap_vault(folder))
        for number in range(REPORTS):
            instance.send(story=f"Nothing to be found in number {number}. " * 20)
        bela = instance.keyring("Bela")
        desk, case = make_pair(), make_pair()
        key = seal(desk.public, case.private, kind="case key", id=b"1")
        body = seal(case.public, pad(b"x" * 900), kind="report body", id=b"1")

        def ours() -> None:
            batch = search.search(session, instance.vault, bela, Wanted("heron"), None, REPORTS)
            session.rollback()
            if batch.searched != REPORTS or batch.found:
                raise AssertionError(batch)

        def bare() -> None:
            opener = Opener(desk.private)
            for _ in range(REPORTS):
                opened = Opener(opener.open(key, kind="case key", id=b"1"))
                opened.open(body, kind="report body", id=b"1")

        mine, reference = medians(ours, bare, rounds=9)
    engine.dispose()
    # Two seals of a quarter of a millisecond, 5,000 times, is 2.5 s: this ratio keeps it below 5 s.
    why = "two seals a report are most of it; the rest is reading rows and comparing words"
    yield Ratio(f"search of {REPORTS}", "opening their seals", mine, reference, 2, 4, why)
