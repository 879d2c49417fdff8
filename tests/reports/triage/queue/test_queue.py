"""The queue's order, its pages, and the walls between desks."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event

from reports.errors import NoSuchReport
from reports.triage import status
from reports.triage.queue import queue
from reports.triage.queue.queue import NOBODY, Cursor, Filters, QueueSlice
from tests.support.cast import NOW, Instance


def ordered(instance: Instance, name: str, filters: Filters | None = None) -> list[object]:
    """All pages of two rows, one after another."""
    keyring, found, after = instance.keyring(name), [], None
    while True:
        page = queue.list_page(
            instance.session, keyring, QueueSlice(filters or Filters(), after, size=2), NOW
        )
        assert len(page.rows) <= 2
        found += [row.report for row in page.rows]
        if page.following is None:
            return [report.id for report in found]
        after = page.following


def test_pages_give_every_report_once_in_order(instance: Instance) -> None:
    sent = [
        instance.report(instance.send(NOW + timedelta(days=day), danger=danger))
        for day in (0, 1)
        for danger in ("yes", "no", "no")
    ]
    right = sorted(
        sent,
        key=lambda each: (each.turn_rank, each.turn_place, each.received_day, each.id.bytes),
    )
    assert [each.urgency for each in right] == [3, 3, 1, 1, 1, 1]
    assert ordered(instance, "Bela") == [each.id for each in right]


def test_a_desk_never_finds_a_report_of_another(instance: Instance) -> None:
    report = instance.report(instance.send(country="BE"))
    assert ordered(instance, "Chidi") == []
    with pytest.raises(NoSuchReport):
        queue.find(instance.session, instance.keyring("Chidi"), report.id)
    with pytest.raises(NoSuchReport):
        queue.find(instance.session, instance.keyring("Bela"), uuid4())
    assert queue.find(instance.session, instance.keyring("Bela"), report.id) is report


def test_closed_reports_show_only_when_asked_for(instance: Instance) -> None:
    report = instance.report(instance.send())
    status.close(instance.act("Bela"), report, "It is over.")
    instance.session.commit()
    assert ordered(instance, "Bela") == []
    assert ordered(instance, "Bela", Filters(status="closed")) == [report.id]


def test_reports_of_no_country_of_ours_have_a_filter(instance: Instance) -> None:
    instance.send(country="BE")
    other = instance.report(instance.send(country="unknown"))
    assert ordered(instance, "Dana", Filters(country=queue.ELSEWHERE)) == [other.id]


@given(st.text())
def test_any_text_is_a_place_or_none(text: str) -> None:
    place = Cursor.parse(text)
    assert place is None or Cursor.parse(str(place)) == place


def test_a_number_that_no_database_takes_is_no_place() -> None:
    for text in (f"0.{10**30}", "9.0", "-1.0"):
        assert Cursor.parse(f"{text}.2027-03-10.{uuid4().hex}") is None


def test_a_place_survives_the_address() -> None:
    place = Cursor(3, 1_900_000, NOW.date(), uuid4())
    assert Cursor.parse(str(place)) == place


@pytest.mark.parametrize(
    ("filters", "index"),
    [
        (Filters(), "queue"),
        (
            Filters(country="BE", form="labour", urgency=1, unverified=False, assignee=NOBODY),
            "queue",
        ),
        (Filters(country="LU", overdue=True), "country"),
        (Filters(form="organs", files=True), "form"),
    ],
    ids=["all", "filtered", "a rare country", "a rare form"],
)
def test_rows_are_chosen_from_an_index_alone(
    app_instance: Instance, filters: Filters, index: str
) -> None:
    """Reports are wide: to sort them whole takes ten times as long once there are thousands.

    On SQLite alone: a planner that goes by the table's size says nothing about an empty one.
    """
    session = app_instance.session
    engine, keyring = session.get_bind(), app_instance.keyring("Bela")
    asked: list[tuple[str, object]] = []

    def note(
        _connection: object, _cursor: object, statement: str, values: object, *_: object
    ) -> None:
        if "ORDER BY" in statement:
            asked.append((statement, values))

    event.listen(engine, "before_cursor_execute", note)
    queue.list_page(session, keyring, QueueSlice(filters), NOW)
    event.remove(engine, "before_cursor_execute", note)
    statement, values = asked[0]
    plan = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
    assert f"USING COVERING INDEX ix_report_{index} " in str(plan.fetchall())
