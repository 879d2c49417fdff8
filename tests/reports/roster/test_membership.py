"""Joining and leaving a desk, and renewing its key: who reads what afterwards, and what is kept."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from reports import custody, outer_layer
from reports.db import begin_write
from reports.errors import DeskLeftAlone, NotAllowed, SealBroken
from reports.model import DeskKey, Organisation, Report, Staff
from reports.roster import desks, membership
from reports.triage import notes, report_reader
from reports.vault import open_sealed
from tests.support.cast import NOW, Instance

LATER = NOW + timedelta(days=1)


def acts(instance: Instance) -> list[str]:
    organisation = instance.session.get_one(Organisation, 1)
    return [line.act for line in custody.list_lines(instance.session, organisation)]


def member(instance: Instance, name: str) -> Staff:
    return instance.session.scalars(select(Staff).where(Staff.name == name)).one()


def join(instance: Instance, name: str, report: Report, by: str = "Dana") -> None:
    begin_write(instance.session)
    membership.join(instance.act(by, LATER), report.desk_id, member(instance, name))
    instance.session.commit()


def leave(instance: Instance, name: str, report: Report, by: str = "Dana") -> None:
    begin_write(instance.session)
    membership.leave(instance.act(by, LATER), report.desk_id, member(instance, name))
    instance.session.commit()


def renew(instance: Instance, report: Report, by: str = "Dana") -> DeskKey:
    begin_write(instance.session)
    made = membership.renew(instance.act(by, LATER), report.desk_id)
    instance.session.commit()
    return made


def note(instance: Instance, report: Report, text: str) -> None:
    begin_write(instance.session)
    notes.add(instance.act("Bela", LATER), report, text)
    instance.session.commit()


def told(instance: Instance, name: str, report: Report) -> tuple[str, list[str | None]]:
    """The story and the notes as `name` reads them."""
    opened = report_reader.read(instance.session, instance.vault, report, instance.keyring(name))
    assert opened.answers is not None
    return opened.answers["story"], [each.text for each in opened.notes]


def test_who_joins_reads_what_was_there_before_even_notes_of_an_earlier_key(
    instance: Instance,
) -> None:
    report = instance.report(instance.send())
    note(instance, report, "Called back.")
    renew(instance, report)
    join(instance, "Chidi", report)
    assert told(instance, "Chidi", report) == ("They sleep in the kitchen.", ["Called back."])
    assert acts(instance)[-2:] == ["desk_key_renewed", "desk_joined"]
    custody.verify(instance.session, instance.vault)


def test_who_leaves_reads_nothing_and_a_kept_key_opens_nothing_new(instance: Instance) -> None:
    report = instance.report(instance.send())
    kept_copy = instance.keyring("Bela").open_desk_key(instance.session, report.desk_key_id)
    leave(instance, "Bela", report)
    instance.session.refresh(report)
    bela = instance.keyring("Bela")
    assert bela.list_desk_ids(instance.session) == set()
    with pytest.raises(NotAllowed):
        bela.open_case_key(instance.session, report)
    sealed = outer_layer.open_by_desk(instance.vault, report)
    with pytest.raises(SealBroken):
        open_sealed(kept_copy, sealed, kind="case key", id=report.id.bytes)
    assert told(instance, "Dana", report)[0] == "They sleep in the kitchen."
    assert acts(instance)[-1] == "desk_left"
    custody.verify(instance.session, instance.vault)


def test_leaving_one_desk_keeps_the_others(instance: Instance) -> None:
    be = instance.report(instance.send())
    nl = instance.report(instance.send(country="NL"))
    join(instance, "Bela", nl)
    leave(instance, "Bela", be)
    assert instance.keyring("Bela").list_desk_ids(instance.session) == {nl.desk_id}
    assert told(instance, "Bela", nl)[0]


def test_a_desk_keeps_an_administrator(instance: Instance) -> None:
    report = instance.report(instance.send())
    with pytest.raises(DeskLeftAlone):
        leave(instance, "Dana", report)
    instance.session.rollback()
    assert report.desk_id in instance.keyring("Dana").list_desk_ids(instance.session)
    instance.accept(instance.invite("Eva", "administrator", "BE"), "Eva")
    leave(instance, "Dana", report)
    instance.session.refresh(report)
    assert told(instance, "Eva", report)[0]
    with pytest.raises(NotAllowed):
        instance.keyring("Dana").open_case_key(instance.session, report)


def test_only_an_administrator_of_the_desk_changes_it(instance: Instance) -> None:
    report = instance.report(instance.send(country="LU"))
    instance.accept(instance.invite("Eva", "administrator", "BE"), "Eva")
    for by in ("Bela", "Eva"):
        for change in (
            lambda by=by: join(instance, "Chidi", report, by),
            lambda by=by: leave(instance, "Dana", report, by),
            lambda by=by: renew(instance, report, by),
        ):
            with pytest.raises(NotAllowed):
                change()
            instance.session.rollback()
    assert desks.load_current_key(instance.session, instance.vault, report.desk_id).epoch == 1


def test_who_has_not_used_the_link_yet_gets_the_key_too(instance: Instance) -> None:
    link, report = instance.invite("Eva", "triager", "NL"), instance.report(instance.send())
    join(instance, "Eva", report)
    instance.accept(link, "Eva")
    assert told(instance, "Eva", report)[0]


def test_a_key_is_due_after_a_year(instance: Instance) -> None:
    report = instance.report(instance.send())
    key = desks.load_current_key(instance.session, instance.vault, report.desk_id)
    assert not desks.is_due(key, (NOW + timedelta(days=365)).date())
    assert desks.is_due(key, (NOW + timedelta(days=366)).date())
    assert (renew(instance, report).epoch, key.current) == (2, False)
