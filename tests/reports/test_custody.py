"""Custody: whatever is changed, moved, added or taken away is found."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from reports import custody
from reports.custody import CustodyEntry
from reports.db import begin_write
from reports.errors import CustodyBroken
from reports.model import CustodyLine, Organisation, Report
from tests.support.cast import NOW, Instance

Tamper = Callable[[Session, Report], object]


def with_three_lines(instance: Instance) -> Report:
    report = instance.report(instance.send())
    bela = instance.keyring("Bela").staff
    for act in ("opened", "closed"):
        begin_write(instance.session)
        custody.append(
            instance.session,
            instance.vault,
            report,
            CustodyEntry(act, {"k": "v"}, staff_id=bela.id),
            NOW,
        )
        instance.session.commit()
    return report


def test_an_untouched_record_holds(instance: Instance) -> None:
    report = with_three_lines(instance)
    total = custody.verify(instance.session, instance.vault)
    assert total > 3
    acts = [(line.number, line.act) for line in custody.list_lines(instance.session, report)]
    assert acts == [(1, "received"), (2, "opened"), (3, "closed")]


def line(report: Report, number: int) -> tuple[Any, Any]:
    return CustodyLine.chain == report.id, CustodyLine.number == number


TAMPERINGS: dict[str, Tamper] = {
    "another act": lambda s, r: s.execute(
        update(CustodyLine).where(*line(r, 2)).values(act="closed")
    ),
    "another detail": lambda s, r: s.execute(
        update(CustodyLine).where(*line(r, 2)).values(detail="{}")
    ),
    "another person": lambda s, r: s.execute(
        update(CustodyLine).where(*line(r, 2)).values(staff_id=r.id)
    ),
    "a line taken from the middle": lambda s, r: s.execute(delete(CustodyLine).where(*line(r, 2))),
    "the last line taken away": lambda s, r: s.execute(delete(CustodyLine).where(*line(r, 3))),
    "the last line taken away and the count with it": lambda s, r: (
        s.execute(delete(CustodyLine).where(*line(r, 3))),
        s.execute(update(Report).where(Report.id == r.id).values(custody_number=2)),
    ),
    "the whole chain taken away": lambda s, r: s.execute(
        delete(CustodyLine).where(CustodyLine.chain == r.id)
    ),
    "the instance's chain taken away": lambda s, r: s.execute(
        delete(CustodyLine).where(CustodyLine.chain == custody.INSTANCE)
    ),
    "a chain of no report": lambda s, r: s.execute(
        update(CustodyLine).where(CustodyLine.chain == r.id).values(chain=r.desk_id)
    ),
}


@pytest.mark.parametrize("name", TAMPERINGS)
def test_every_tampering_is_found(instance: Instance, name: str) -> None:
    report = with_three_lines(instance)
    begin_write(instance.session)
    TAMPERINGS[name](instance.session, report)
    instance.session.commit()
    instance.session.expire_all()
    with pytest.raises(CustodyBroken):
        custody.verify(instance.session, instance.vault)


def test_the_first_broken_line_is_named(instance: Instance) -> None:
    report = with_three_lines(instance)
    begin_write(instance.session)
    TAMPERINGS["another act"](instance.session, report)
    instance.session.commit()
    instance.session.expire_all()
    with pytest.raises(CustodyBroken) as told:
        custody.verify(instance.session, instance.vault)
    assert (told.value.chain, told.value.number) == (str(report.id), 2)


def test_no_line_of_a_report_says_more_than_its_day(instance: Instance) -> None:
    report = with_three_lines(instance)
    assert [line.at for line in custody.list_lines(instance.session, report)] == [None] * 3
    begin_write(instance.session)
    instance.act("Dana", NOW + timedelta(minutes=17)).record_here("searched")
    instance.session.commit()
    last = custody.list_lines(instance.session, instance.session.get_one(Organisation, 1))[-1]
    assert last.at == NOW.replace(minute=0)


def with_exact_times(instance: Instance, report: Report, monkeypatch: pytest.MonkeyPatch) -> None:
    """As an earlier version kept what Bela and Dana did."""
    with monkeypatch.context() as before:
        before.setattr(custody, "round_time", lambda _chain, at: at)
        begin_write(instance.session)
        instance.act("Bela", NOW + timedelta(minutes=17)).record_look(report, "opened")
        entry = CustodyEntry("reporter_wrote")
        custody.append(instance.session, instance.vault, report, entry, NOW)
        instance.act("Bela", NOW + timedelta(minutes=19)).record_look(report, "opened")
        instance.act("Dana", NOW + timedelta(minutes=23)).record_here("searched")
        instance.session.commit()


def forget_times(instance: Instance) -> int:
    begin_write(instance.session)
    done = custody.forget_times(instance.session, instance.vault, 10)
    instance.session.commit()
    return done


def list_exact(instance: Instance) -> list[CustodyLine]:
    kept = instance.session.scalars(select(CustodyLine).where(CustodyLine.at.is_not(None)))
    return [line for line in kept if line.chain != custody.INSTANCE or line.at != _hour(line)]


def _hour(line: CustodyLine) -> object:
    assert line.at is not None
    return line.at.replace(minute=0, second=0, microsecond=0)


def test_what_an_earlier_version_kept_of_the_time_goes_and_the_record_holds(
    instance: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = with_three_lines(instance)
    with_exact_times(instance, report, monkeypatch)
    assert len(list_exact(instance)) >= 3
    lines = custody.verify(instance.session, instance.vault)
    assert forget_times(instance) == 2
    assert list_exact(instance) == []
    assert custody.verify(instance.session, instance.vault) == lines
    assert forget_times(instance) == 0


def test_a_chain_that_somebody_changed_is_not_made_whole_by_it(
    instance: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = with_three_lines(instance)
    with_exact_times(instance, report, monkeypatch)
    begin_write(instance.session)
    TAMPERINGS["another act"](instance.session, report)
    instance.session.commit()
    instance.session.expire_all()
    forget_times(instance)
    assert custody.find_broken_line(instance.session, instance.vault, report) == 2
