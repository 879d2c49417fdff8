"""Searching a desk's 5,000 reports beside the opening of their seals, which cannot be spared."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

from reports import codes
from reports.db import begin_write, make_engine, make_session_factory, upgrade
from reports.intake import token
from reports.intake.submit import CompletedForm, submit
from reports.triage.search import report_search
from reports.triage.search.query import SearchQuery
from reports.triage.search.report_search import SearchStep
from reports.vault import Opener, make_pair, pad, seal
from tests.bench.measure import Act, Ratio
from tests.support.cast import NOW, Instance, cheap_vault, founded

REPORTS, ROUNDS = 5_000, 3
LIMIT = 5.0
"""Seconds that a person may wait for all of them, on a machine that does nothing else."""
ANSWERS = {"country": "BE", "form": "labour", "kind": "witness"}


def measure(folder: Path) -> Iterator[Ratio]:
    """Two rows: beside bare openings of as many seals, and beside what a person may wait."""
    engine = make_engine(f"sqlite:///{folder / 'wayside.db'}")
    upgrade(engine)
    with make_session_factory(engine)() as session:
        instance = founded(session, cheap_vault(folder))
        send(instance)
        bela = instance.keyring("Bela")
        desk, case = make_pair(), make_pair()
        key = seal(desk.public, case.private, kind="case key", id=b"1")
        body = seal(case.public, pad(b"x" * 900), kind="report body", id=b"1")

        def ours() -> None:
            searched, after, more = 0, None, True
            while more:
                batch = report_search.search_batch(
                    session, instance.vault, bela, SearchQuery("heron"), SearchStep(after)
                )
                searched, after = searched + batch.searched, batch.following
                more = after is not None
                session.rollback()
            if searched != REPORTS:
                raise AssertionError(searched)

        def bare() -> None:
            opener = Opener(desk.private)
            for _ in range(REPORTS):
                opened = Opener(opener.open(key, kind="case key", id=b"1"))
                opened.open(body, kind="report body", id=b"1")

        times = [(timed(ours), timed(bare)) for _ in range(ROUNDS)]
    engine.dispose()
    mine, reference = min(each[0] for each in times), min(each[1] for each in times)
    what = f"search of {REPORTS:,}"
    why = f"the least of {ROUNDS}: two seals a report, rows to read and words to compare"
    yield Ratio(what, "opening their seals", mine, reference, 2, 4, why)
    yield Ratio(what, "what a person may wait", mine, LIMIT, 1, 3, "processor time, batch by batch")


def send(instance: Instance) -> None:
    """That many reports, five hundred a transaction."""
    for start in range(0, REPORTS, 500):
        begin_write(instance.session)
        for number in range(start, start + 500):
            form = token.read(instance.vault, token.issue(instance.vault, NOW), NOW)
            code = codes.derive_code(form.secret)
            key = instance.vault.derive_receipt_key(code.locator, code.secret)
            told = {**ANSWERS, "story": f"Nothing to be found in number {number}. " * 20}
            submit(instance.session, instance.vault, form, CompletedForm(told, key, "nl"), NOW)
        instance.session.commit()
        instance.session.expunge_all()


def timed(act: Act) -> float:
    """The seconds of the processor in one call."""
    began = time.process_time()
    act()
    return time.process_time() - began
