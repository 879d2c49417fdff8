"""Turns that somebody removed or changed by hand come back, and nobody has to act for it."""

from __future__ import annotations

import logging
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import Engine, delete, update

from reports.db import begin_write
from reports.model import Report, StoredTurn
from reports.triage import status
from reports.triage.turns import turn_sweep
from tests.reports.triage.turns.test_turn_beginner import Site, place, site
from tests.reports.triage.turns.test_turn_keeper import compare, reasons
from tests.support.cast import NOW, Instance
from tests.support.working import Workplace

__all__ = ["site"]

NOWHERE = {"turn": None, "turn_rank": 3, "turn_place": 0, "turn_sleeps": False}


def hide(instance: Instance) -> None:
    """As a hand in the database would: no list shows any report after it."""
    begin_write(instance.session)
    instance.session.execute(delete(StoredTurn))
    instance.session.execute(update(Report).values(NOWHERE))
    instance.session.commit()


def walk(instance: Instance, limit: int) -> list[int]:
    """Sweeps all reports once; how many were mended, stretch by stretch."""
    mended: list[int] = []
    last: UUID | None = None
    while last is not None or not mended:
        begin_write(instance.session)
        stretch = turn_sweep.correct_next(instance.session, instance.vault, NOW, last, limit)
        instance.session.commit()
        mended.append(stretch.mended)
        last = stretch.last
    return mended


@pytest.mark.parametrize("limit", [1, 2, 10])
def test_turns_that_are_gone_come_back_and_nothing_else_changes(
    instance: Instance, limit: int
) -> None:
    receipts = [instance.send(danger=danger) for danger in ("yes", "no", "no")]
    instance.session.commit()
    hide(instance)
    assert sum(walk(instance, limit)) == 3
    compare(instance)
    assert [reasons(instance, each) for each in receipts] == [{"danger"}, {"new"}, {"new"}]
    assert sum(walk(instance, limit)) == 0


def test_a_turn_that_was_changed_by_hand_is_right_again(instance: Instance) -> None:
    instance.send(danger="yes")
    begin_write(instance.session)
    instance.session.execute(update(StoredTurn).values(urgency=0, sleeps=True))
    instance.session.commit()
    assert walk(instance, 10) == [1]
    compare(instance)


def test_a_message_to_a_closed_report_whose_turn_is_gone_opens_it_all_the_same(site: Site) -> None:
    receipt = site.desk.send()
    status.close(site.desk.act("Bela"), site.desk.report(receipt), "It is over.")
    site.desk.session.commit()
    assert walk(site.desk, 10) == [0]
    site.write(receipt, "They found me.")
    site.public.session.rollback()
    hide(site.desk)
    assert walk(site.desk, 10) == [1]
    assert place(site, receipt) == ("reporter_wrote", 1, "in_triage")
    compare(site.desk)


def test_the_worker_comes_by_all_reports_and_says_only_how_many_it_mended(
    instance: Instance, engine: Engine, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    office = Workplace.at(instance, engine, tmp_path / "var")
    receipt = instance.send()
    instance.session.commit()
    hide(instance)
    with caplog.at_level(logging.INFO, logger="wayside.worker"):
        office.worker().purge()
    assert reasons(instance, receipt) == {"new"}
    said = [record.getMessage() for record in caplog.records]
    assert [line for line in said if "turns" in line] == ["event=turns count=1"]
