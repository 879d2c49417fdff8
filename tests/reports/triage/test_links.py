"""Links: suggested from what the desk's own key hides, decided by people, gone with the report."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from reports import custody, retention
from reports.errors import LinkRefused, NoSuchReport
from reports.intake.submit import Receipt
from reports.model import LinkToken, Report, ReportLink
from reports.roster import desks
from reports.roster.desks import OpenDeskKey
from reports.triage import links
from reports.triage.identifiers import Identifier
from tests.support.cast import Instance
from tests.support.looking import look

PLATE = "1-ABC-234"


def read(instance: Instance, receipt: Receipt, who: str = "Bela") -> list[links.LinkSuggestion]:
    """Somebody opens the report: it is looked through, and what its tokens lead to is found."""
    opened = look(instance, receipt, who)
    return links.list_suggestions(instance.session, instance.keyring(who), opened)


def decide(instance: Instance, one: Receipt, other: Receipt, state: str) -> None:
    session = instance.session
    report = instance.report(one)
    links.decide(instance.act("Bela"), report, other.report_id, state)
    session.commit()


def test_what_two_reports_name_is_suggested_once_both_were_read(instance: Instance) -> None:
    first, second = instance.send(plates=PLATE), instance.send(story="A van, 1ABC234, at night.")
    assert instance.session.scalar(select(func.count()).select_from(LinkToken)) == 0, "at intake"
    assert read(instance, first) == []
    [found] = read(instance, second)
    assert found.report.id == first.report_id
    assert [(trace.kind, trace.shown) for trace in found.shared] == [("plate", "1ABC234")]
    assert read(instance, second)[0].state == ""


def test_a_name_is_one_name_on_every_keyboard(instance: Instance) -> None:
    first = instance.send(names="Łukasz Đorđević, فاطمة موسى")
    second = instance.send(names="dordevic lukasz")
    third = instance.send(names="موسي فاطمه")
    read(instance, first)
    for other in (second, third):
        assert [each.report.id for each in read(instance, other)] == [first.report_id]


def test_a_report_that_nobody_opened_since_letters_are_folded_is_found(instance: Instance) -> None:
    """Its token is of the name as it was normalised then: without accents, and nothing else."""
    old, fresh = instance.send(names="Łukasz Đorđević"), instance.send(names="Đorđević Łukasz")
    session, report = instance.session, instance.report(old)
    private = instance.keyring("Bela").open_desk_key(session, report.desk_key_id)
    before = Identifier("name", "đorđevic łukasz", "Łukasz Đorđević")
    [token] = links._tokens(private, [before])
    session.add(LinkToken(report_id=report.id, token=token, desk_key_id=report.desk_key_id))
    session.commit()
    assert [each.report.id for each in read(instance, fresh)] == [old.report_id]
    # Opened, it has today's token, and is found by every spelling.
    read(instance, old)
    assert token not in set(session.scalars(select(LinkToken.token).filter_by(report_id=report.id)))
    typed = instance.send(names="Dordevic Lukasz")
    found = {each.report.id for each in read(instance, typed)}
    assert found == {old.report_id, fresh.report_id}


def test_another_desk_has_other_tokens_and_sees_nothing(instance: Instance) -> None:
    here, there = instance.send(plates=PLATE), instance.send(country="NL", plates=PLATE)
    read(instance, here)
    assert read(instance, there, "Chidi") == []
    tokens = instance.session.scalars(select(LinkToken.token)).all()
    assert len(set(tokens)) == 2
    with pytest.raises(NoSuchReport):
        decide(instance, here, there, "confirmed")


def test_a_new_key_of_the_desk_loses_no_link(instance: Instance) -> None:
    first, second = instance.send(plates=PLATE), instance.send(plates=PLATE)
    read(instance, first)
    session, dana = instance.session, instance.keyring("Dana")
    old = desks.load_current_key(session, instance.vault, instance.report(first).desk_id)
    private = dana.open_desk_key(session, old.id)
    desks.rotate(instance.act("Dana"), OpenDeskKey(old, private))
    session.commit()
    assert [each.report.id for each in read(instance, second)] == [first.report_id]
    read(instance, first)
    assert set(session.scalars(select(LinkToken.desk_key_id))) == {
        instance.report(first).desk_key_id
    }


def test_people_decide_and_both_reports_say_that_they_did(instance: Instance) -> None:
    first, second = instance.send(plates=PLATE), instance.send(plates=PLATE)
    read(instance, first)
    read(instance, second)
    decide(instance, second, first, "dismissed")
    assert [each.state for each in read(instance, first)] == ["dismissed"]
    decide(instance, first, second, "confirmed")
    decide(instance, first, second, "confirmed")
    assert [each.state for each in read(instance, second)] == ["confirmed"]
    for receipt in (first, second):
        told = custody.list_lines(instance.session, instance.report(receipt))
        assert [line.act for line in told] == ["received", "not_linked", "linked"]
        assert {line.detail for line in told} == {"{}"}, "the other one is not named"


@pytest.mark.parametrize("state", ["", "maybe", "confirmed"])
def test_a_report_is_not_linked_to_itself_nor_in_other_words(
    instance: Instance, state: str
) -> None:
    first = instance.send()
    other = first if state == "confirmed" else instance.send()
    with pytest.raises(LinkRefused):
        decide(instance, first, other, state)


def test_what_many_name_is_no_trace(instance: Instance, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(links, "COMMON", 2)
    receipts = [instance.send(phones="0470 12 34 56") for _ in range(3)]
    assert [read(instance, receipt) for receipt in receipts][2] == []


def test_erasing_takes_tokens_and_links_along(instance: Instance) -> None:
    first, second = instance.send(plates=PLATE), instance.send(plates=PLATE)
    read(instance, first)
    read(instance, second)
    decide(instance, first, second, "confirmed")
    retention.erase(instance.session, first.report_id)
    instance.session.commit()
    assert instance.session.scalars(select(ReportLink)).all() == []
    assert set(instance.session.scalars(select(LinkToken.report_id))) == {second.report_id}
    assert read(instance, second) == []


def test_a_row_tells_no_word(instance: Instance) -> None:
    receipt = instance.send(plates=PLATE, names="Mirko Petrovic")
    read(instance, receipt)
    report = instance.session.get_one(Report, receipt.report_id)
    for row in instance.session.scalars(select(LinkToken)):
        assert len(row.token) == 32
        assert row.token != instance.vault.compute_mac("plate", b"1ABC234")
        assert row.desk_key_id == report.desk_key_id
