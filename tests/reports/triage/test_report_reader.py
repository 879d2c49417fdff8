"""Opening a report: on record first, each part on its own, nothing for a stranger."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select

from reports import custody, mailbox
from reports.errors import NotAllowed, TextEmpty, TextTooLong
from reports.model import Note, Report
from reports.roster import desks
from reports.roster.desks import OpenDeskKey
from reports.triage import notes, report_reader
from reports.triage.reply import reply
from tests.support.cast import NOW, Instance


@pytest.fixture
def report(instance: Instance) -> Report:
    return instance.report(instance.send(place="Rue Neuve"))


def test_a_member_of_the_desk_reads_all_of_it(instance: Instance, report: Report) -> None:
    opened = report_reader.read(instance.session, instance.vault, report, instance.keyring("Bela"))
    assert opened.answers is not None
    assert opened.answers["place"] == "Rue Neuve"
    assert opened.received_at == NOW
    assert (opened.language, mailbox.filter_written(opened.thread), opened.notes) == ("nl", (), ())
    assert "Rue" not in repr(opened)


def test_a_stranger_reads_nothing(instance: Instance, report: Report) -> None:
    with pytest.raises(NotAllowed):
        report_reader.read(instance.session, instance.vault, report, instance.keyring("Chidi"))


def test_to_look_is_on_record_and_leaves_the_report_to_nobody(
    instance: Instance, report: Report
) -> None:
    session, bela, dana = instance.session, instance.keyring("Bela"), instance.keyring("Dana")
    assert not report_reader.has_opened(session, report, bela.staff.id, "first")
    report_reader.record_opening(replace(instance.act("Bela"), sitting="first"), report)
    report_reader.record_opening(instance.act("Dana"), report)
    session.flush()
    assert report_reader.has_opened(session, report, bela.staff.id, "first")
    assert not report_reader.has_opened(session, report, bela.staff.id, "second")
    assert not report_reader.has_opened(session, report, dana.staff.id, "first")
    assert (report.status, report.assignee_id) == ("in_triage", None)
    told = [(line.act, line.staff_id) for line in custody.list_lines(session, report)]
    assert told == [
        ("received", None),
        ("opened", bela.staff.id),
        ("moved", bela.staff.id),
        ("opened", dana.staff.id),
    ]
    session.commit()
    custody.verify(session, instance.vault)


def test_notes_and_answers_are_sealed_and_read_back(instance: Instance, report: Report) -> None:
    session, bela = instance.session, instance.keyring("Bela")
    notes.add(instance.act("Bela"), report, " A note. ")
    for _ in range(2):
        reply(instance.act("Bela"), report, "Hello", once=b"once")
    session.commit()
    opened = report_reader.read(session, instance.vault, report, instance.keyring("Dana"))
    assert [(note.text, note.staff_id) for note in opened.notes] == [("A note.", bela.staff.id)]
    told = mailbox.filter_written(opened.thread) or ()
    assert [(line.author, line.text) for line in told] == [("desk", "Hello")]
    assert b"A note." not in session.scalars(select(Note.sealed)).one()
    acts = [line.act for line in custody.list_lines(session, report)]
    assert acts == ["received", "noted", "replied"]


@pytest.mark.parametrize(("typed", "problem"), [("\x00 \n", TextEmpty), ("x" * 5001, TextTooLong)])
def test_a_note_has_a_text_of_a_length(
    instance: Instance, report: Report, typed: str, problem: type[Exception]
) -> None:
    with pytest.raises(problem):
        notes.add(instance.act("Bela"), report, typed)


def test_notes_of_an_old_key_are_still_read_by_who_had_it(
    instance: Instance, report: Report
) -> None:
    session, dana = instance.session, instance.keyring("Dana")
    notes.add(instance.act("Dana"), report, "Old.")
    session.commit()
    old = desks.load_current_key(session, instance.vault, report.desk_id)
    private = dana.open_desk_key(session, old.id)
    desks.rotate(instance.act("Dana"), OpenDeskKey(old, private))
    notes.add(instance.act("Dana"), report, "New.")
    session.commit()
    found = report_reader.read(session, instance.vault, report, instance.keyring("Bela")).notes
    assert sorted(note.text or "" for note in found) == ["New.", "Old."]


def test_a_flipped_bit_anywhere_in_a_note_fails_closed(instance: Instance, report: Report) -> None:
    session, bela = instance.session, instance.keyring("Bela")
    notes.add(instance.act("Bela"), report, "A note.")
    session.commit()
    row = session.scalars(select(Note)).one()
    whole = row.sealed
    for at in {0, 1, 40, len(whole) // 2, len(whole) - 1}:
        row.sealed = whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :]
        assert [note.text for note in notes.read(session, instance.vault, bela, report)] == [None]
