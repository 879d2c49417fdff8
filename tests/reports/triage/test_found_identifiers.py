"""What a report's texts name is looked for once, kept sealed, and again when they grow."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from reports import mailbox
from reports.db import begin_write
from reports.errors import Busy, MatchFailed, RosterBroken
from reports.intake.submit import Receipt
from reports.model import Desk, FoundIdentifiers, LinkToken, Report
from reports.triage import found_identifiers, handover, links, match_task, report_reader
from reports.triage.findings import corrections
from reports.triage.findings.corrections import CorrectionDraft
from reports.triage.identifiers import Identifier
from reports.triage.match_task import MatchTask
from tests.support.cast import NOW, Instance
from tests.support.looking import look, read

PLATE = "1-ABC-234"


def fail(code: str) -> found_identifiers.Matcher:
    """A matcher that does not get to the end."""

    def matcher(_task: MatchTask) -> tuple[Identifier, ...]:
        raise MatchFailed(code)

    return matcher


def write(instance: Instance, receipt: Receipt, text: str, minutes: int = 1) -> None:
    """Amina writes in her mailbox, so many minutes after she reported."""
    now = NOW + timedelta(minutes=minutes)
    visit = instance.enter(receipt.code, now)
    begin_write(instance.session)
    mailbox.write(instance.session, instance.vault, visit, text, now)
    instance.session.commit()


def normals(found: tuple[Identifier, ...]) -> list[str]:
    return [each.normal for each in found]


def test_what_was_found_is_kept_and_not_looked_for_again(instance: Instance) -> None:
    receipt = instance.send(story=f"A van, {PLATE}.", phones="0470 12 34 56")
    before = read(instance, receipt).looked
    assert (before.state, before.is_due(), before.identifiers) == ("not_yet", True, ())
    after = look(instance, receipt).looked
    assert (after.state, after.is_due()) == ("found", False)
    assert not after.is_due(again=True)
    assert normals(after.identifiers) == ["1ABC234", "+32470123456"]


def test_another_member_of_the_desk_reads_the_same(instance: Instance) -> None:
    receipt = instance.send(plates=PLATE)
    look(instance, receipt)
    assert normals(read(instance, receipt, "Dana").looked.identifiers) == ["1ABC234"]


def test_the_row_tells_nothing_of_it(instance: Instance) -> None:
    receipts = [instance.send(plates=PLATE), instance.send(plates="2-XYZ-345")]
    for receipt in receipts:
        look(instance, receipt)
    rows = instance.session.scalars(select(FoundIdentifiers)).all()
    assert len({len(row.sealed) for row in rows}) == 1
    for row in rows:
        assert b"ABC" not in row.sealed
        assert {column.name for column in row.__table__.columns} == {"report_id", "sealed", "seal"}


def test_a_new_message_is_looked_through_with_the_rest(instance: Instance) -> None:
    receipt = instance.send(story=f"A van, {PLATE}.")
    look(instance, receipt)
    write(instance, receipt, "His number is 0470 12 34 56.")
    meanwhile = read(instance, receipt).looked
    assert (meanwhile.state, meanwhile.is_due()) == ("not_yet", True)
    assert normals(meanwhile.identifiers) == ["1ABC234"], "what was found stays until then"
    after = look(instance, receipt).looked
    assert (after.state, normals(after.identifiers)) == ("found", ["1ABC234", "+32470123456"])


def test_what_was_written_while_it_was_looked_through_is_due_afterwards(
    instance: Instance,
) -> None:
    receipt = instance.send(plates=PLATE)
    result = found_identifiers.match(match_task.match_here, read(instance, receipt).looked)
    assert result is not None
    write(instance, receipt, "His number is 0470 12 34 56.")
    found_identifiers.store(instance.act("Bela"), instance.report(receipt), result)
    assert read(instance, receipt).looked.is_due()


def test_a_corrected_country_gives_numbers_another_region(instance: Instance) -> None:
    receipt = instance.send(phones="06 12345678")
    assert look(instance, receipt).looked.identifiers == ()
    judged = read(instance, receipt).judgement
    assert judged is not None
    draft = CorrectionDraft({"country": "NL"})
    corrections.correct(instance.act("Bela"), instance.report(receipt), judged, draft)
    assert read(instance, receipt).looked.is_due()
    assert normals(look(instance, receipt).looked.identifiers) == ["+31612345678"]


def test_what_took_too_long_says_so_and_is_tried_only_when_somebody_asks(
    instance: Instance,
) -> None:
    receipt = instance.send(plates=PLATE)
    after = look(instance, receipt, matcher=fail("late")).looked
    assert (after.state, after.identifiers) == ("late", ())
    assert not after.is_due()
    assert after.is_due(again=True)
    assert normals(look(instance, receipt).looked.identifiers) == ["1ABC234"]


def test_what_takes_too_long_loses_nothing_that_was_found_before(instance: Instance) -> None:
    receipt = instance.send(plates=PLATE)
    look(instance, receipt)
    write(instance, receipt, "rue abc" + " " * 1_000 + "x.")
    after = look(instance, receipt, matcher=fail("late"))
    assert (after.looked.state, normals(after.looked.identifiers)) == ("late", ["1ABC234"])
    assert instance.session.scalar(select(func.count()).select_from(LinkToken)) == 1


@pytest.mark.parametrize("problem", [MatchFailed("broken"), Busy("full")])
def test_what_failed_or_found_no_place_is_due_as_before(
    instance: Instance, problem: Exception
) -> None:
    def matcher(_task: MatchTask) -> tuple[Identifier, ...]:
        raise problem

    receipt = instance.send(plates=PLATE)
    with pytest.raises(type(problem)):
        look(instance, receipt, matcher=matcher)
    assert read(instance, receipt).looked.is_due()
    assert instance.session.scalars(select(FoundIdentifiers)).all() == []


def test_of_a_long_exchange_the_newest_is_looked_through_and_it_says_so(
    instance: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    receipt = instance.send(story="They sleep in the kitchen.")
    write(instance, receipt, f"A van, {PLATE}, comes at night.")
    look(instance, receipt)
    monkeypatch.setattr(found_identifiers, "MOST_TEXT", 80)
    write(instance, receipt, "His number is 0470 12 34 56. It was Monday.", minutes=2)
    seen: list[MatchTask] = []

    def matcher(task: MatchTask) -> tuple[Identifier, ...]:
        seen.append(task)
        return match_task.match_here(task)

    after = look(instance, receipt, matcher=matcher).looked
    assert [task.messages for task in seen] == [("His number is 0470 12 34 56. It was Monday.",)]
    assert (after.state, after.is_due(), after.is_due(again=True)) == ("cut", False, False)
    assert normals(after.identifiers) == ["+32470123456", "1ABC234"]


def test_a_report_in_which_nobody_wrote_needs_no_looking(instance: Instance) -> None:
    task = found_identifiers.prepare_task({"country": "BE", "kind": "witness"}, ())
    assert task is None
    assert found_identifiers.match(fail("broken"), found_identifiers.NOTHING) is None
    assert (found_identifiers.NOTHING.state, found_identifiers.NOTHING.is_due()) == ("found", False)


def test_a_row_that_somebody_changed_is_as_none(instance: Instance) -> None:
    receipt = instance.send(plates=PLATE)
    look(instance, receipt)
    row = instance.session.scalars(select(FoundIdentifiers)).one()
    row.sealed = row.sealed[:-1] + bytes([row.sealed[-1] ^ 1])
    instance.session.commit()
    assert (read(instance, receipt).looked.state, read(instance, receipt).looked.identifiers) == (
        "not_yet",
        (),
    )
    assert normals(look(instance, receipt).looked.identifiers) == ["1ABC234"]


def test_nothing_is_sealed_to_a_key_that_somebody_put_in(instance: Instance) -> None:
    receipt, other = instance.send(plates=PLATE), instance.send()
    stranger = instance.report(other).public
    instance.session.execute(
        update(Report).where(Report.id == receipt.report_id).values(public=stranger)
    )
    instance.session.commit()
    with pytest.raises(RosterBroken):
        look(instance, receipt)
    assert instance.session.scalars(select(FoundIdentifiers)).all() == []


def test_the_next_desk_need_not_look_again_and_makes_tokens_of_its_own(instance: Instance) -> None:
    receipt = instance.send(plates=PLATE)
    look(instance, receipt)
    session = instance.session
    report_reader.record_opening(instance.act("Bela"), instance.report(receipt))
    nl = session.scalars(select(Desk).where(Desk.name == "nl")).one()
    handover.hand_over(instance.act("Bela"), instance.report(receipt), nl.id, "It is yours.")
    session.commit()
    assert session.scalars(select(LinkToken)).all() == []
    opened = read(instance, receipt, "Chidi")
    assert normals(opened.looked.identifiers) == ["1ABC234"]
    assert not opened.looked.is_due()
    links.update_tokens(session, instance.keyring("Chidi"), opened)
    session.commit()
    assert session.scalars(select(LinkToken.desk_key_id)).one() == (
        instance.report(receipt).desk_key_id
    )
