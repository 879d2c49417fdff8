"""Traces that staff add: sealed to the desk, linked like the reporter's own, erased when taken."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from reports import custody
from reports.errors import CorrectionRefused, TextTooLong
from reports.intake.submit import Receipt
from reports.model import Finding, LinkToken
from reports.triage import links
from reports.triage.findings import added_identifiers
from reports.triage.search import report_search
from reports.triage.search.query import SearchQuery
from tests.support.cast import Instance
from tests.support.looking import look, read


def add(instance: Instance, receipt: Receipt, **wanted: str) -> bool:
    """Bela adds what she has learned of, and the tokens follow."""
    session, report = instance.session, instance.report(receipt)
    before = look(instance, receipt)
    done = added_identifiers.add(
        instance.act("Bela"), report, before.judged or {}, before.added, wanted
    )
    look(instance, receipt)
    session.commit()
    return done


def linked(instance: Instance, receipt: Receipt) -> list[tuple[object, list[str]]]:
    found = links.list_suggestions(
        instance.session, instance.keyring("Bela"), read(instance, receipt)
    )
    return [(each.report.id, [trace.kind for trace in each.shared]) for each in found]


def test_what_staff_add_links_as_what_the_reporter_wrote(instance: Instance) -> None:
    first, second = instance.send(story="He is +32 470/12.34.56."), instance.send()
    assert not add(instance, first), "nothing typed is nothing added"
    assert add(instance, second, phone="0470 12 34 56", name="", plate=" ")
    assert not add(instance, second, phone="0032470123456"), "the same, written otherwise"
    assert linked(instance, first) == [(second.report_id, ["phone"])]
    [kept] = read(instance, second).added
    assert (kept.kind, kept.value) == ("phone", "0470 12 34 56")
    row = instance.session.scalars(select(Finding)).one()
    assert b"0470" not in row.sealed
    last = custody.list_lines(instance.session, instance.report(second))[-1]
    assert (last.act, last.detail) == ("trace_added", '{"fields": "phone"}')
    wanted = SearchQuery("0032 470 12 34 56")
    batch = report_search.search_batch(
        instance.session, instance.vault, instance.keyring("Bela"), wanted
    )
    assert {each.report_id: each.where for each in batch.found} == {
        first.report_id: ("story",),
        second.report_id: ("notes",),
    }


def test_what_is_taken_away_is_erased_with_its_token(instance: Instance) -> None:
    first, second = instance.send(plates="1-ABC-234"), instance.send()
    add(instance, first)
    add(instance, second, plate="1 abc 234")
    session = instance.session
    [kept] = read(instance, second).added
    for receipt, gone in ((first, False), (second, True), (second, False)):
        done = added_identifiers.remove(instance.act("Bela"), instance.report(receipt), kept.id)
        assert done is gone, "only of its own report, and once"
    look(instance, second)
    session.commit()
    assert session.scalars(select(Finding)).all() == []
    assert set(session.scalars(select(LinkToken.report_id))) == {first.report_id}
    assert linked(instance, first) == []
    assert custody.verify(session, instance.vault)


@pytest.mark.parametrize(
    ("kind", "value"),
    [("phone", "12"), ("plate", "white"), ("name", "x"), ("advert", "none"), ("address", "there")],
)
def test_what_can_be_no_such_thing_is_refused(instance: Instance, kind: str, value: str) -> None:
    receipt = instance.send()
    with pytest.raises(CorrectionRefused):
        add(instance, receipt, **{kind: value})
    with pytest.raises(TextTooLong):
        add(instance, receipt, **{kind: value * 200})
    instance.session.rollback()
    assert instance.session.scalars(select(Finding)).all() == []
