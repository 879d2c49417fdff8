"""Counts, what is overdue, what comes next, and saved views."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from reports.errors import NotAllowed, TextEmpty, TextTooLong
from reports.model import Claim, Report, SavedView
from reports.triage import report_reader
from reports.triage.queue import claim, counts, next_report, overdue, queue, saved_views
from reports.triage.queue.queue import Filters, QueueSlice
from tests.bench.filling import fill
from tests.support.cast import NOW, Instance


def test_the_figures_count_ones_own_desks_alone(instance: Instance) -> None:
    for answers in ({"danger": "yes"}, {}, {"country": "NL"}):
        instance.send(**answers)
    instance.send(trapped=True)
    later = NOW + timedelta(days=1)
    bela, chidi = instance.keyring("Bela"), instance.keyring("Chidi")
    told = counts.count_reports(instance.session, bela, later)
    assert (told.new, told.mine, told.news, told.overdue, told.unverified) == (2, 0, 0, 1, 1)
    assert counts.count_reports(instance.session, chidi, later).new == 1


def test_the_figures_stop_at_their_limit(
    instance: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counts, "MOST", 2)
    for _ in range(4):
        instance.send()
    assert counts.count_reports(instance.session, instance.keyring("Bela"), NOW).new == 3


@pytest.mark.parametrize("urgency", [0, 1, 2, 3])
def test_a_report_is_overdue_on_the_day_after_its_last(instance: Instance, urgency: int) -> None:
    report = instance.report(instance.send())
    report.urgency = urgency
    limit = timedelta(days=overdue.READ_WITHIN[urgency])
    assert not overdue.is_overdue(report, (NOW + limit).date())
    assert overdue.is_overdue(report, (NOW + limit + timedelta(days=1)).date())
    report.status = "in_triage"
    assert not overdue.is_overdue(report, (NOW + limit + timedelta(days=1)).date())
    report.status = "referred"
    assert not overdue.is_overdue(report, (NOW + timedelta(days=900)).date())


def test_overdue_reports_alone_are_found_by_their_filter(instance: Instance) -> None:
    urgent = instance.send(danger="yes").report_id
    instance.send()
    bela, tomorrow = instance.keyring("Bela"), NOW + timedelta(days=1)
    found = queue.list_page(instance.session, bela, QueueSlice(Filters(overdue=True)), tomorrow)
    assert [row.report.id for row in found.rows] == [urgent]
    assert found.rows[0].overdue


def test_next_is_what_is_urgent_and_nobody_has_in_hand(instance: Instance) -> None:
    session, bela, dana = instance.session, instance.keyring("Bela"), instance.keyring("Dana")
    first = instance.send(danger="yes").report_id
    second = instance.send(age="minor").report_id
    instance.send(trapped=True)
    assert next_report.find_next(session, bela, NOW) == first
    claim.take_over(instance.act("Dana"), queue.find(session, dana, first))
    assert next_report.find_next(session, bela, NOW) == second
    report_reader.record_opening(instance.act("Bela"), queue.find(session, bela, second))
    assert next_report.find_next(session, bela, NOW) == second, "one's own comes first"
    claim.take_over(instance.act("Dana"), queue.find(session, dana, second))
    assert next_report.find_next(session, bela, NOW) is None


def test_next_is_found_behind_hundreds_that_others_have_in_hand(instance: Instance) -> None:
    session, bela, dana = instance.session, instance.keyring("Bela"), instance.keyring("Dana")
    fill(session, session.get_bind(), 1_500, bela.staff.id)
    free = select(Report.id).where(Report.status == "received", ~Report.unverified)
    ids = list(
        session.scalars(free.order_by(Report.urgency.desc(), Report.received_day, Report.id))
    )
    assert len(ids) > 201
    until = NOW + timedelta(minutes=1)
    session.add_all(Claim(report_id=id, staff_id=dana.staff.id, until=until) for id in ids[:-1])
    session.execute(update(Report).where(Report.id.not_in(ids)).values(status="closed"))
    session.flush()
    assert next_report.find_next(session, bela, NOW) == ids[-1]


def test_a_view_is_kept_for_its_owner_alone_and_sealed(instance: Instance) -> None:
    session, bela, dana = instance.session, instance.keyring("Bela"), instance.keyring("Dana")
    saved_views.save(session, bela, " Night  shift ", {"urgency": "3"})
    [view] = saved_views.list_own(session, bela)
    assert (view.name, dict(view.query)) == ("Night shift", {"urgency": "3"})
    assert saved_views.list_own(session, dana) == []
    assert b"Night" not in session.scalars(select(SavedView.sealed)).one()
    saved_views.save(session, bela, "Night shift", {"urgency": "2"})
    [view] = saved_views.list_own(session, bela)
    assert view.query == {"urgency": "2"}
    saved_views.remove(session, dana, view.id)
    assert len(saved_views.list_own(session, bela)) == 1
    saved_views.remove(session, bela, view.id)
    assert saved_views.list_own(session, bela) == []


def test_a_view_needs_a_short_name_and_there_are_only_so_many(instance: Instance) -> None:
    session, bela = instance.session, instance.keyring("Bela")
    with pytest.raises(TextEmpty):
        saved_views.save(session, bela, " ", {})
    with pytest.raises(TextTooLong):
        saved_views.save(session, bela, "x" * 41, {})
    for number in range(saved_views.AT_MOST):
        saved_views.save(session, bela, f"View {number}", {})
    with pytest.raises(NotAllowed):
        saved_views.save(session, bela, "One more", {})
