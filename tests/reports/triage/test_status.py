"""One table of statuses, and what closing needs."""

from __future__ import annotations

from datetime import date
from itertools import product

import pytest

from reports import custody
from reports.errors import ReasonMissing, StatusRefused, TextTooLong
from reports.model import Report
from reports.model.report import STATUSES
from reports.triage import notes, status
from tests.support.cast import NOW, Instance

ALLOWED = {
    ("received", "in_triage"),
    ("in_triage", "ready"),
    ("ready", "ready"),
    ("ready", "referred"),
    ("referred", "referred"),
    ("referred", "in_triage"),
    ("received", "closed"),
    ("in_triage", "closed"),
    ("ready", "closed"),
    ("referred", "closed"),
}


def at(instance: Instance, name: str) -> Report:
    report = instance.report(instance.send())
    report.status = name
    return report


def move(instance: Instance, report: Report, to: str, reason: str = "") -> None:
    if to == "closed":
        status.close(instance.act("Bela"), report, reason)
    else:
        status.move(instance.act("Bela"), report, to)


def test_the_table_is_the_one_that_was_decided(instance: Instance) -> None:
    report = instance.report(instance.send())
    for before, after in product(STATUSES, STATUSES):
        report.status = before
        if (before, after) in ALLOWED:
            move(instance, report, after, "a reason")
            assert report.status == after
        else:
            with pytest.raises(StatusRefused):
                move(instance, report, after, "a reason")
            assert report.status == before


@pytest.mark.parametrize("before", ["received", "in_triage", "ready"])
def test_closing_without_a_referral_needs_a_written_reason(instance: Instance, before: str) -> None:
    report = at(instance, before)
    number = report.custody_number
    for reason, problem in (
        ("", ReasonMissing),
        (" \n\t", ReasonMissing),
        ("x" * 5001, TextTooLong),
    ):
        with pytest.raises(problem):
            move(instance, report, "closed", reason)
    assert (report.status, report.retention_day, report.custody_number) == (before, None, number)
    move(instance, report, "closed", "It was a play.")
    [note] = notes.read(instance.session, instance.vault, instance.keyring("Bela"), report)
    assert (note.text, note.at) == ("It was a play.", NOW)


def test_after_a_referral_no_reason_is_needed(instance: Instance) -> None:
    report = at(instance, "referred")
    move(instance, report, "closed")
    assert report.status == "closed"


def test_retention_runs_from_the_day_of_closing(instance: Instance) -> None:
    report = at(instance, "referred")
    move(instance, report, "closed")
    assert report.retention_day == date(2027, 6, 8)


def test_each_move_is_in_custody_and_staying_is_not(instance: Instance) -> None:
    report = at(instance, "ready")
    number = report.custody_number
    move(instance, report, "ready")
    assert report.custody_number == number
    move(instance, report, "referred")
    line = custody.list_lines(instance.session, report)[-1]
    assert (line.act, line.detail) == ("moved", '{"from": "ready", "to": "referred"}')
    instance.session.commit()
    custody.verify(instance.session, instance.vault)
