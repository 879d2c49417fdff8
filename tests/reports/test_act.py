"""An act says who did what when, in custody and in the day of change at once."""

from __future__ import annotations

from datetime import timedelta

from reports import custody
from reports.model import Organisation
from tests.support.cast import NOW, Instance

LATER = NOW + timedelta(days=3)


def test_a_change_is_a_custody_line_and_the_day_of_change(instance: Instance) -> None:
    report, act = instance.report(instance.send()), instance.act("Bela", LATER)
    act.record(report, "assigned", {"staff": str(act.staff_id)})
    line = custody.list_lines(instance.session, report)[-1]
    # A report's lines have days: the minute of an act would stand beside a reporter's visit.
    assert (line.act, line.at, line.day) == ("assigned", None, LATER.date())
    assert line.staff_id == act.staff_id
    assert line.detail == f'{{"staff": "{act.staff_id}"}}'
    assert report.updated_day == LATER.date()
    instance.session.commit()
    assert custody.verify(instance.session, instance.vault)


def test_a_look_is_on_record_and_changes_nothing(instance: Instance) -> None:
    report = instance.report(instance.send())
    instance.act("Bela", LATER).record_look(report, "opened")
    assert custody.list_lines(instance.session, report)[-1].act == "opened"
    assert report.updated_day == NOW.date()


def test_what_concerns_no_report_stands_in_the_chain_of_the_instance(instance: Instance) -> None:
    act = instance.act("Dana", LATER)
    act.record_here("published", {"year": "2026"})
    chain = instance.session.get_one(Organisation, 1)
    line = custody.list_lines(instance.session, chain)[-1]
    assert (line.act, line.detail, line.staff_id) == ("published", '{"year": "2026"}', act.staff_id)
    assert "Dana" not in repr(act)
