"""Custody: whatever is changed, moved, added or taken away is found."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from reports import custody
from reports.custody import CustodyEntry
from reports.db import begin_write
from reports.errors import CustodyBroken
from reports.model import CustodyLine, Report
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
