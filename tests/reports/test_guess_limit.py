"""Guesses that come at once are counted one after the other, on both engines."""

from __future__ import annotations

import threading

from sqlalchemy import Engine

from reports import guess_limit
from reports.db import begin_write, make_session_factory
from reports.errors import TooManyGuesses
from reports.vault import Vault
from tests.support.cast import NOW


def test_first_guesses_at_the_same_moment_are_all_counted(engine: Engine, vault: Vault) -> None:
    start = threading.Barrier(8)
    told: list[str] = []

    def guess() -> None:
        with make_session_factory(engine)() as session:
            start.wait()
            begin_write(session)
            try:
                guess_limit.count(session, vault, "code", "1234567", NOW)
                session.commit()
            except TooManyGuesses:
                told.append("refused")
            else:
                told.append("counted")

    visitors = [threading.Thread(target=guess) for _ in range(8)]
    for visitor in visitors:
        visitor.start()
    for visitor in visitors:
        visitor.join()
    assert sorted(told) == ["counted"] * guess_limit.A_MINUTE + ["refused"] * 3
