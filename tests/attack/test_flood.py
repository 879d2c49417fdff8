"""Ten thousand junk reports in an hour, through the real intake, and one of a person among them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from reports.db import begin_write
from reports.intake import token
from reports.intake.submit import submit
from reports.triage import queue
from reports.triage.queue import Filters
from tests.support.cast import NOW, Instance

FLOOD = 10_000


@pytest.mark.at_length
def test_ten_thousand_keep_no_person_from_the_top_and_lock_nobody_out(instance: Instance) -> None:
    """The program waits as long as people do and says that someone is in danger."""
    begin_write(instance.session)
    told = {"country": "BE", "kind": "witness", "danger": "yes", "story": "junk"}
    for number in range(FLOOD):
        issued = token.issue(instance.vault, NOW - timedelta(minutes=1))
        form = token.read(instance.vault, issued, NOW)
        submit(instance.session, instance.vault, form, told, b"k" * 32, NOW, language="nl")
        if number % 1_000 == 0:
            instance.session.commit()
            begin_write(instance.session)
    instance.session.commit()
    person = instance.send(NOW, worked=True, danger="yes")
    plain = instance.send(NOW, danger="no")
    later = instance.send(NOW + timedelta(hours=1), danger="yes")
    found = queue.page(instance.session, instance.keyring("Bela"), Filters(), NOW, size=200)
    first = [row.report.id for row in found.rows]
    assert person.report_id in first
    assert later.report_id in first
    assert instance.enter(plain.code), "taken like any other, and its mailbox opens"
