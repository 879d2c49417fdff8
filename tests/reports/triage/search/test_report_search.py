"""Search: by words, in every part that people wrote, among the own desk's reports alone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from reports import custody, mailbox
from reports.intake.submit import Receipt
from reports.mailbox import NewMessage
from reports.model import Organisation, ReportBody
from reports.triage import notes
from reports.triage.search import report_search
from reports.triage.search.query import SearchQuery
from reports.triage.search.report_search import SearchCursor, SearchStep
from tests.support.cast import NOW, Instance


def found(
    instance: Instance, query: str, who: str = "Bela", **narrowed: object
) -> dict[object, tuple[str, ...]]:
    wanted = SearchQuery(query, **narrowed)  # type: ignore[arg-type]  # one dict for many fields
    batch = report_search.search_batch(
        instance.session, instance.vault, instance.keyring(who), wanted
    )
    return {each.report_id: each.where for each in batch.found}


def test_words_are_found_in_every_part_and_together(instance: Instance) -> None:
    first: Receipt = instance.send(story="Elle dort à la Cuisine", place="Rue Neuve")
    other = instance.send(story="cuisine")
    session, vault = instance.session, instance.vault
    report = instance.report(first)
    visit = instance.enter(first.code)
    notes.add(instance.act("Bela"), report, "See the garage.")
    mailbox.write(session, vault, visit, "A blue bus", NOW)
    mailbox.say(instance.act("Bela"), report, NewMessage.from_text("desk", "Purple answer", b"1"))
    session.commit()
    assert set(found(instance, "CUISINE")) == {first.report_id, other.report_id}
    told = found(instance, "garage cuisine neuve bus")
    assert told == {first.report_id: ("notes", "story", "answers", "messages")}
    assert found(instance, first.report_id.hex[:8]) == {first.report_id: ("name",)}
    for nothing in ("purple", "labour", "cuisine nowhere", "x", "", " \n"):
        assert found(instance, nothing) == {}


def test_a_number_is_found_however_it_was_written(instance: Instance) -> None:
    first = instance.send(story="The van is 1-ABC-234.", phones="+32 470/12.34.56")
    instance.send(story="Nobody called.")
    for query in ("0470 12 34 56", "0032470123456", "1abc234", "1 abc 234 0470123456 van"):
        assert list(found(instance, query)) == [first.report_id], query
    for query in ("0470 12 34 57", "0470123456 nowhere"):
        assert found(instance, query) == {}


def test_a_name_is_found_on_every_keyboard(instance: Instance) -> None:
    first = instance.send(story="Łukasz Ørsted, Đorđe O’Brien, Işık, Þóra. فاطمة موسى")
    instance.send(story="Nobody is named.")
    for query in ("lukasz", "orsted", "dorde", "O'Brien", "isik", "thora", "فاطمه", "موسي"):
        assert list(found(instance, query)) == [first.report_id], query
    for query in ("łukasz", "ØRSTED", "đorđe", "o’brien", "IŞIK", "þóra", "فاطمة", "موسى"):
        assert list(found(instance, query)) == [first.report_id], query


def test_another_desk_finds_nothing(instance: Instance) -> None:
    instance.send(story="Elephant")
    assert len(found(instance, "elephant")) == 1
    assert found(instance, "elephant", "Chidi") == {}
    assert (
        report_search.count_reports(
            instance.session, instance.keyring("Chidi"), SearchQuery("elephant")
        )
        == 0
    )


def test_filters_narrow_before_anything_is_opened(instance: Instance) -> None:
    instance.send(story="Elephant")
    for narrowed in (
        {"country": "NL"},
        {"form": "sexual"},
        {"status": "closed"},
        {"since": NOW.date() + timedelta(days=1)},
    ):
        assert found(instance, "elephant", **narrowed) == {}
        wanted = SearchQuery("elephant", **narrowed)  # type: ignore[arg-type]  # one dict for many
        assert report_search.count_reports(instance.session, instance.keyring("Bela"), wanted) == 0
    here = {"country": "BE", "form": "labour", "status": "received", "since": NOW.date()}
    assert len(found(instance, "elephant", **here)) == 1


def test_batches_follow_one_another_without_gap_or_repeat(instance: Instance) -> None:
    sent = [instance.send(NOW - timedelta(days=at % 3), story="Heron") for at in range(5)]
    seen: list[object] = []
    after: SearchCursor | None = None
    for _ in range(3):
        batch = report_search.search_batch(
            instance.session,
            instance.vault,
            instance.keyring("Bela"),
            SearchQuery("heron"),
            SearchStep(after, 2),
        )
        seen += [each.report_id for each in batch.found]
        after = SearchCursor.parse(str(batch.following)) if batch.following else None
    assert after is None
    assert sorted(map(str, seen)) == sorted(str(receipt.report_id) for receipt in sent)


def test_a_damaged_report_is_counted_and_passed_over(instance: Instance) -> None:
    instance.send(story="Heron")
    broken = instance.send(story="Heron")
    row = instance.session.get_one(ReportBody, broken.report_id)
    row.sealed = row.sealed[:-1] + bytes([row.sealed[-1] ^ 1])
    instance.session.commit()
    batch = report_search.search_batch(
        instance.session, instance.vault, instance.keyring("Bela"), SearchQuery("heron")
    )
    assert (len(batch.found), batch.searched, batch.damaged) == (1, 2, 1)


def test_who_searched_is_on_record_and_the_words_are_not(instance: Instance) -> None:
    report_search.record(instance.act("Bela"), 7)
    instance.session.commit()
    chain = instance.session.scalars(select(Organisation)).one()
    line = custody.list_lines(instance.session, chain)[-1]
    assert (line.act, line.detail) == ("searched", '{"reports": "7"}')
    custody.verify(instance.session, instance.vault)


@pytest.mark.parametrize("text", ["", "x", "2027-03-10", "2027-03-10.x", "9.9.9", "." * 40])
def test_a_place_that_is_none_is_none(text: str) -> None:
    assert SearchCursor.parse(text) is None
