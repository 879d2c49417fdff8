"""Counts, what is overdue, what comes next, and saved views."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import pytest
from sqlalchemy import delete, select

from reports import mailbox
from reports.db import begin_write
from reports.errors import NotAllowed, PutOffRefused, TextEmpty, TextTooLong
from reports.model import Claim, SavedView, StoredTurn
from reports.territory import get_territory
from reports.triage import legal_hold, reply, report_reader, status
from reports.triage.queue import claim, counts, next_report, queue, saved_views
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
    assert {reason: count for reason, count in told.turns.items() if count} == {
        "danger": 1,
        "new": 1,
    }
    assert (told.mine, told.overdue, told.unverified) == (0, 1, 1)
    assert counts.count_reports(instance.session, chidi, later).turns["new"] == 1


def test_the_figures_stop_at_their_limit(
    instance: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counts, "MOST", 2)
    for _ in range(4):
        instance.send()
    assert counts.count_reports(instance.session, instance.keyring("Bela"), NOW).turns["new"] == 3


def test_what_waits_for_a_second_person_is_counted_for_them_alone(instance: Instance) -> None:
    session, bela, dana = instance.session, instance.keyring("Bela"), instance.keyring("Dana")
    report = instance.report(instance.send())
    begin_write(session)
    legal_hold.propose(instance.act("Bela"), report, "A court asks.")
    status.close(instance.act("Bela"), report, "It is over.")
    session.commit()
    assert counts.count_reports(session, bela, NOW).turns["agree"] == 0
    assert counts.count_reports(session, dana, NOW).turns["agree"] == 1
    agree = QueueSlice(Filters(turn="agree"))
    [row] = queue.list_page(session, dana, agree, NOW).rows
    assert (row.report.id, row.reasons) == (report.id, ("agree",))
    assert queue.list_page(session, bela, agree, NOW).rows == ()
    assert next_report.find_next(session, dana, NOW) == report.id
    assert next_report.find_next(session, bela, NOW) is None


@pytest.mark.parametrize(("danger", "age", "days"), [("yes", "", 0), ("", "minor", 2), ("", "", 6)])
def test_a_report_is_overdue_when_the_last_of_its_working_days_is_over(
    instance: Instance, danger: str, age: str, days: int
) -> None:
    """It came on a Wednesday; a look changes nothing."""
    told = {name: value for name, value in (("danger", danger), ("age", age)) if value}
    report = instance.report(instance.send(**told))
    begin_write(instance.session)
    report_reader.record_opening(instance.act("Bela"), report)
    instance.session.commit()
    over = datetime.combine(NOW.date() + timedelta(days=days), time(), get_territory().zone)
    bela, first = instance.keyring("Bela"), QueueSlice(Filters(overdue=True))
    assert not queue.list_page(instance.session, bela, first, over - timedelta(hours=1)).rows
    [row] = queue.list_page(instance.session, bela, first, over).rows
    assert row.overdue


def test_next_is_anybodys_danger_then_what_is_due_then_what_is_urgent(instance: Instance) -> None:
    session, bela = instance.session, instance.keyring("Bela")
    old = instance.send(NOW - timedelta(days=20)).report_id
    urgent = instance.send(age="minor").report_id
    calm = instance.send().report_id
    instance.send(trapped=True)
    danas = instance.send(danger="yes").report_id
    begin_write(session)
    claim.take_over(instance.act("Dana"), queue.find(session, bela, danas))
    session.commit()
    soon = NOW + timedelta(minutes=1)
    assert next_report.find_next(session, bela, soon) == old, "Dana has the danger in hand"
    later = NOW + claim.LEASE
    for expected in (danas, old, urgent, calm):
        assert next_report.find_next(session, bela, later) == expected
        begin_write(session)
        next_report.skip(instance.act("Bela", later), queue.find(session, bela, expected))
        session.commit()
    assert next_report.find_next(session, bela, later) is None


def test_what_waits_for_somebody_else_is_not_next_until_something_happens(
    instance: Instance,
) -> None:
    """However many reports somebody has, the next one is one that asks for an act of theirs."""
    session, bela = instance.session, instance.keyring("Bela")
    mine = [instance.send() for _ in range(5)]
    for number, receipt in enumerate(mine):
        begin_write(session)
        report = instance.report(receipt)
        claim.take_over(instance.act("Bela"), report)
        reply.reply(instance.act("Bela"), report, "We read it.", once=bytes([number]))
        session.commit()
    assert next_report.find_next(session, bela, NOW) is None
    fresh = instance.send().report_id
    assert next_report.find_next(session, bela, NOW) == fresh
    visit = instance.enter(mine[3].code)
    begin_write(session)
    mailbox.write(session, instance.vault, visit, "More.", NOW)
    session.commit()
    assert next_report.find_next(session, bela, NOW) in (fresh, mine[3].report_id)
    assert counts.count_reports(session, bela, NOW).turns["reporter_wrote"] == 1
    assert counts.count_reports(session, bela, NOW + timedelta(days=30)).turns["later"] == 4


def test_what_was_passed_over_comes_back_when_something_happens(instance: Instance) -> None:
    session, bela = instance.session, instance.keyring("Bela")
    receipt = instance.send()
    begin_write(session)
    next_report.skip(instance.act("Bela"), instance.report(receipt))
    session.commit()
    assert next_report.find_next(session, bela, NOW) is None
    assert next_report.find_next(session, instance.keyring("Dana"), NOW) == receipt.report_id
    assert next_report.find_next(session, bela, NOW + next_report.SKIPPED) == receipt.report_id
    visit = instance.enter(receipt.code)
    begin_write(session)
    mailbox.write(session, instance.vault, visit, "More.", NOW)
    session.commit()
    assert next_report.find_next(session, bela, NOW) == receipt.report_id


def test_what_was_put_off_comes_back_on_its_day(instance: Instance) -> None:
    session, bela = instance.session, instance.keyring("Bela")
    receipt, until = instance.send(), NOW.date() + timedelta(days=2)
    begin_write(session)
    next_report.put_off(instance.act("Bela"), instance.report(receipt), until)
    session.commit()
    assert next_report.find_next(session, bela, NOW + timedelta(days=1)) is None
    [row] = queue.list_page(session, bela, QueueSlice(Filters()), NOW).rows
    assert (row.waits, row.reasons, row.overdue) == (True, (), False)
    assert next_report.find_next(session, bela, NOW + timedelta(days=2)) == receipt.report_id


@pytest.mark.parametrize(
    ("reason", "days", "danger"), [("day", 0, "no"), ("day", 400, "no"), ("danger", 2, "yes")]
)
def test_not_everything_can_be_put_off(
    instance: Instance, reason: str, days: int, danger: str
) -> None:
    report, until = instance.report(instance.send(danger=danger)), NOW.date() + timedelta(days=days)
    begin_write(instance.session)
    with pytest.raises(PutOffRefused) as refusal:
        next_report.put_off(instance.act("Bela"), report, until)
    assert refusal.value.reason == reason
    status.close(instance.act("Bela"), report, "It is over.")
    with pytest.raises(PutOffRefused):
        next_report.put_off(instance.act("Bela"), report, NOW.date() + timedelta(days=2))


def test_next_is_found_behind_hundreds_that_others_have_in_hand(instance: Instance) -> None:
    session, bela, dana = instance.session, instance.keyring("Bela"), instance.keyring("Dana")
    fill(session, session.get_bind(), 1_500, bela.staff.id)
    free = select(StoredTurn.report_id).where(
        StoredTurn.rank == 1, StoredTurn.staff_id.is_(None), ~StoredTurn.sleeps
    )
    order = StoredTurn.place, StoredTurn.since, StoredTurn.report_id
    ids = list(session.scalars(free.order_by(*order)))
    assert len(ids) > 201
    until = NOW + timedelta(minutes=1)
    session.add_all(Claim(report_id=id, staff_id=dana.staff.id, until=until) for id in ids[:-1])
    session.execute(delete(StoredTurn).where(StoredTurn.report_id.not_in(ids)))
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
